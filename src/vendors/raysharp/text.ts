import { AlarmError } from '../../errors.js';
import { LIMITS } from '../../limits.js';
import type { Fields } from '../../wire/fields.js';
import { FORBIDDEN_KEYS } from '../../wire/json.js';

/** A plus sign that was not encoded became a blank: that of a time zone. */
const ZONE_BLANK = /(Z|:\d\d) (?=\d{1,2}:?\d\d$)/i;

/** Fields as a query string, percent-encoded or not; also one that stands behind a path. */
export function readQuery(query: string): Fields | undefined {
  const bare = query.replace(/^[^=]*\?/, '').replace(/ HTTP\/1\.[01]$/, '');
  return collect(
    [...new URLSearchParams(bare)].map(([name, value]) => [name, value.replace(ZONE_BLANK, '$1+')]),
  );
}

/** Fields as lines `name=value`. */
export function readLines(lines: string): Fields | undefined {
  const pairs = lines.split(/[\r\n]+/, LIMITS.queryFields * 2).map((line) => {
    const at = line.indexOf('=');
    return [line.slice(0, Math.max(0, at)), line.slice(at + 1)] as const;
  });
  return collect(pairs);
}

/** @returns undefined when there is no field of an event among them */
function collect(pairs: readonly (readonly [string, string])[]): Fields | undefined {
  const fields = new Map<string, string>();
  for (const [raw, value] of pairs) {
    const name = raw.trim();
    if (fields.size >= LIMITS.queryFields || fields.has(name)) continue;
    if (/^\w{1,64}$/.test(name) && !FORBIDDEN_KEYS.has(name)) fields.set(name, value);
  }
  const isEvent = [...fields.keys()].some((name) => name.toLowerCase() === 'eventtype');
  return isEvent ? Object.fromEntries(fields) : undefined;
}

/** Lines or a query, whichever it is. @throws AlarmError `DOCUMENT_MISSING` when it holds no event */
export function readText(text: string): Fields {
  if (text.length > LIMITS.queryBytes) throw new AlarmError('DOCUMENT_TOO_LARGE');
  const fields = /[\r\n]/.test(text) ? readLines(text) : readQuery(text);
  if (fields === undefined) throw new AlarmError('DOCUMENT_MISSING');
  return fields;
}
