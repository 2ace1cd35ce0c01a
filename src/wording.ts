import { offsetText } from './clock.js';
import type { AlarmEvent, Device } from './event.js';
import type { DeviceSign } from './notification.js';
import { detailLines } from './wording/details.js';
import { plain } from './wording/plain.js';
import { wordsOf } from './wording/words-of.js';

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

/**
 * Says what is known of a device, and since when, in one of `LANGUAGES`; any other language is answered in English.
 * @param language such as `en-US`, `fr` or `pl-PL`
 */
export function describeSign(sign: Omit<DeviceSign, 'vendor'>, language: string): Wording {
  const words = wordsOf(language);
  const { event, device, channel, channelName, state, since, reason } = sign;
  const name = plain(channelName ?? deviceName(device));
  const place = channel === undefined ? name : `${name} (${words.channel} ${channel})`;
  const is = words.signs[event].replace('{device}', () => place);
  const title = state === 'inactive' ? `${is} (${words.states.inactive})` : is;
  const line = LASTING.has(event) ? words.since : words.at;
  const time = plain(readable(byOurClock(since)));
  const text = line.replace(/\{(?:what|time)\}/g, (name) => (name === '{what}' ? title : time));
  return { title, text: reason === undefined ? text : `${text}\n${plain(reason, LONGEST_REASON)}` };
}

/** The others happen at one moment. */
const LASTING: ReadonlySet<DeviceSign['event']> = new Set([
  'online',
  'stale',
  'offline',
  'auth-failed',
  'disk',
  'video-loss',
]);

/** Our own texts with what a device said behind them. */
const LONGEST_REASON = 300;

/** A name somebody gave, else what the maker calls it where that is no MAC address, else where it is. */
export const deviceName = ({ name, id, serial, address }: Device) =>
  name ?? (id === serial ? id : (address ?? id));

/** The plate that was read belongs into the subject line. */
const named = ({ kind, plate }: AlarmEvent) =>
  kind === 'plate' && plate?.number !== undefined ? ` ${plain(plate.number)}` : '';

/** A moment that we noted, as the clock of this machine shows it; what is no moment stays what it is. */
function byOurClock(time: string): string {
  const moment = new Date(time);
  const ahead = -moment.getTimezoneOffset();
  if (Number.isNaN(ahead) || ahead === 0) return time;
  const shown = new Date(moment.getTime() + ahead * MINUTE_MS).toISOString();
  return shown.replace('Z', offsetText(ahead));
}

/** `2026-11-22T08:15:30.123+01:00` → `2026-11-22 08:15:30 +01:00`: the device's own clock, as people read it. */
export function readable(time: string): string {
  const zone = time.endsWith('Z') ? ' UTC' : /[+-]\d\d:\d\d$/.test(time) ? ` ${time.slice(-6)}` : '';
  return `${time.slice(0, 10)} ${time.slice(11, 19)}${zone}`;
}
