import type { AlarmEvent } from './event.js';
import { WORDS, type Words } from './wording/index.js';

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
  const what = event.kind === 'unknown' ? `${kind} (${event.type})` : kind;
  const place = event.channelName ?? event.device.name ?? event.device.address ?? event.device.id;
  const regions = event.regions.map((region) => region.name ?? region.id).filter((name) => name !== '');
  const lines = [
    `${what} – ${words.states[event.state]}`,
    [place, event.channel === undefined ? undefined : `${words.channel} ${event.channel}`]
      .filter(Boolean)
      .join(', '),
    readable(event.time),
    event.targets.length > 0
      ? `${words.target}: ${event.targets.map((t) => words.targets[t] ?? t).join(', ')}`
      : '',
    regions.length > 0 ? `${words.region}: ${regions.join(', ')}` : '',
    event.truncated === true ? words.truncated : '',
  ];
  const ended = event.state === 'inactive' ? ` (${words.states.inactive})` : '';
  return {
    title: plain(`${what}: ${place}${ended}`),
    text: lines
      .filter((line) => line !== '')
      .map(plain)
      .join('\n'),
  };
}

function wordsOf(language: string): Words {
  const wanted = language.toLowerCase();
  const exact = Object.keys(WORDS).find((name) => name.toLowerCase() === wanted);
  const near = Object.keys(WORDS).find((name) => name.split('-')[0] === wanted.split('-')[0]);
  return WORDS[exact ?? near ?? 'en-US'] as Words;
}

/** `2026-11-22T08:15:30.123+01:00` → `2026-11-22 08:15:30 +01:00`: the device's own clock, as people read it. */
function readable(time: string): string {
  return time
    .replace('T', ' ')
    .replace(/\.\d+/, '')
    .replace(/(Z|[+-]\d\d:\d\d)$/, (zone) => (zone === 'Z' ? ' UTC' : ` ${zone}`));
}

/** The e-mail node takes text with a tag in it for HTML: a camera's name must not become one. */
function plain(line: string): string {
  return line
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replace(/[\0-\x1f]/g, ' ');
}
