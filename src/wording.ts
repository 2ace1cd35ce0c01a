import type { AlarmEvent, Device } from './event.js';
import { detailLines } from './wording/details.js';
import { WORDS, type Words } from './wording/index.js';
import { plain } from './wording/plain.js';

/** An event in words for people: a subject line and a few lines of text. */
export interface Wording {
  readonly title: string;
  readonly text: string;
}

/**
 * Says what happened, where and when, in one of `LANGUAGES`; any other language is answered in English.
 * @param language such as `en-US`, `fr` or `pl-PL`
 */
export function describe(event: AlarmEvent, language: string): Wording {
  const words = wordsOf(language);
  const kind = words.kinds[event.kind];
  const what = event.kind === 'unknown' ? `${kind} (${plain(event.type)})` : kind + named(event);
  const { device } = event;
  const place = plain(event.channelName ?? deviceName(device));
  let text = `${what} – ${words.states[event.state]}\n${place}`;
  if (event.channel !== undefined) text += `, ${words.channel} ${event.channel}`;
  text += `\n${plain(readable(event.time))}`;
  if (event.targets.length > 0) {
    const targets = event.targets.map((target) => words.targets.get(target) ?? plain(target));
    text += `\n${words.target}: ${targets.join(', ')}`;
  }
  const regions = event.regions.map(({ id, name }) => plain(name ?? id)).filter((name) => name !== '');
  if (regions.length > 0) text += `\n${words.region}: ${regions.join(', ')}`;
  for (const line of detailLines(event, words)) text += `\n${line}`;
  if (event.truncated === true) text += `\n${words.truncated}`;
  const ended = event.state === 'inactive' ? ` (${words.states.inactive})` : '';
  return { title: `${what}: ${place}${ended}`, text };
}

/** Says how many alarms like one were held back, and in how many minutes. @param language as for {@link describe} */
export function describeStorm(
  event: AlarmEvent,
  { count, from, to }: NonNullable<AlarmEvent['summary']>,
  language: string,
): Wording {
  const minutes = Math.max(1, Math.ceil((Date.parse(to) - Date.parse(from)) / MINUTE_MS));
  const more = wordsOf(language).more.replace('{count}', String(count)).replace('{minutes}', String(minutes));
  const { title, text } = describe({ ...event, state: 'pulse' }, language);
  return { title: `${more}: ${title}`, text: `${more}\n${text}` };
}

const MINUTE_MS = 60_000;

/** A name somebody gave, else what the maker calls it where that is no MAC address, else where it is. */
export const deviceName = ({ name, id, serial, address }: Device) =>
  name ?? (id === serial ? id : (address ?? id));

/** The plate that was read belongs into the subject line. */
const named = ({ kind, plate }: AlarmEvent) =>
  kind === 'plate' && plate?.number !== undefined ? ` ${plain(plate.number)}` : '';

const known = new Map<string, Words>();

function wordsOf(language: string): Words {
  let words = known.get(language);
  if (words === undefined) {
    words = WORDS[nearest(language)] as Words;
    if (known.size < MOST_LANGUAGES) known.set(language, words);
  }
  return words;
}

/** More tags than there are languages would be nonsense from a setting. */
const MOST_LANGUAGES = 100;

function nearest(language: string): string {
  const names = Object.keys(WORDS);
  const wanted = language.toLowerCase();
  const family = wanted.split('-')[0];
  const exact = names.find((name) => name.toLowerCase() === wanted);
  return exact ?? names.find((name) => name.split('-')[0] === family) ?? 'en-US';
}

/** `2026-11-22T08:15:30.123+01:00` → `2026-11-22 08:15:30 +01:00`: the device's own clock, as people read it. */
function readable(time: string): string {
  const zone = time.endsWith('Z') ? ' UTC' : /[+-]\d\d:\d\d$/.test(time) ? ` ${time.slice(-6)}` : '';
  return `${time.slice(0, 10)} ${time.slice(11, 19)}${zone}`;
}
