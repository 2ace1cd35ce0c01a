import { AlarmError } from '../../errors.js';
import type { Limits } from '../../limits.js';
import type { Fields } from '../../wire/fields.js';
import { fieldsOfPairs, timeOfQuery } from '../../wire/query.js';

/** Fields as a query string, percent-encoded or not; also one that stands behind a path. */
export function readQuery(query: string, limits: Limits): Fields | undefined {
  const bare = query.replace(/^[^=]*\?/, '').replace(/ HTTP\/1\.[01]$/, '');
  return eventOf(
    [...new URLSearchParams(bare)].map(([name, value]) => [name, timeOfQuery(value)]),
    limits,
  );
}

/** Fields as lines `name=value`. */
export function readLines(lines: string, limits: Limits): Fields | undefined {
  const pairs = lines.split(/[\r\n]+/, limits.queryFields * 2).map((line) => {
    const at = line.indexOf('=');
    return [line.slice(0, Math.max(0, at)), line.slice(at + 1)] as const;
  });
  return eventOf(pairs, limits);
}

/** @returns undefined when there is no field of an event among them */
function eventOf(pairs: readonly (readonly [string, string])[], limits: Limits): Fields | undefined {
  const fields = fieldsOfPairs(pairs, limits);
  const isEvent = [...fields.keys()].some((name) => name.toLowerCase() === 'eventtype');
  return isEvent ? Object.fromEntries(fields) : undefined;
}

/** Lines or a query, whichever it is. @throws AlarmError `DOCUMENT_MISSING` when it holds no event */
export function readText(text: string, limits: Limits): Fields {
  if (text.length > limits.queryBytes) throw new AlarmError('DOCUMENT_TOO_LARGE');
  const fields = /[\r\n]/.test(text) ? readLines(text, limits) : readQuery(text, limits);
  if (fields === undefined) throw new AlarmError('DOCUMENT_MISSING');
  return fields;
}
