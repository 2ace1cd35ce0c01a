import type { Access, AlarmEvent, Temperature } from '../event.js';
import type { Words } from './index.js';
import { plain } from './plain.js';

const UNITS: Readonly<Record<string, string>> = { celsius: '°C', fahrenheit: '°F', kelvin: 'K' };

/** What an event says beyond what all events say, a line for each. */
export function detailLines(event: AlarmEvent, words: Words): string[] {
  const { plate, face, access, panel, temperature, counting, input, history, duration } = event;
  const lines: string[] = [];
  if (plate?.number !== undefined) lines.push(`${words.plate}: ${plain(plate.number)}`);
  const people = face?.flatMap(({ person }) => (person === undefined ? [] : [plain(person)])) ?? [];
  if (people.length > 0) lines.push(`${words.person}: ${people.join(', ')}`);
  if (access !== undefined) lines.push(...accessLines(access, words));
  if (panel?.event !== undefined) lines.push(spoken(panel.event));
  const zone = panel?.zoneName ?? panel?.zone;
  if (zone !== undefined) lines.push(`${words.zone}: ${plain(zone)}`);
  if (temperature?.current !== undefined) lines.push(`${words.temperature}: ${degrees(temperature)}`);
  if (counting?.enter !== undefined || counting?.exit !== undefined)
    lines.push(`${words.counted}: ${counting.enter ?? '–'} / ${counting.exit ?? '–'}`);
  if (input !== undefined) lines.push(`${words.input}: ${plain(input)}`);
  if (duration !== undefined) lines.push(`${words.lasted}: ${duration} ${words.seconds}`);
  if (history === true) lines.push(words.history);
  return lines;
}

function accessLines({ event, person, outcome }: Access, words: Words): string[] {
  const lines = event === undefined ? [] : [spoken(event)];
  const verdict = outcome === undefined ? '' : words.outcomes[outcome];
  if (person !== undefined) lines.push(`${words.person}: ${plain(person)}${verdict && ` (${verdict})`}`);
  else if (verdict !== '') lines.push(verdict);
  return lines;
}

/** Our short English names of events, as words. */
function spoken(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function degrees({ current, threshold, unit = '' }: Temperature): string {
  const sign = UNITS[unit.toLowerCase()] ?? plain(unit);
  return threshold === undefined ? `${current} ${sign}` : `${current} ${sign} (${threshold} ${sign})`;
}
