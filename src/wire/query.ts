import type { Limits } from '../limits.js';
import { FORBIDDEN_KEYS } from './json.js';

/** A plus sign that was not encoded became a blank: that of a time zone. */
const ZONE_BLANK = /(Z|:\d\d(?:\.\d+)?) (?=\d{1,2}:?\d\d$)/i;

/**
 * Fields that came as pairs of name and value, as of a query string: the first of a name counts, forbidden and odd names
 * are left out, and there are no more than `queryFields`.
 */
export function fieldsOfPairs(
  pairs: Iterable<readonly [string, string]>,
  limits: Limits,
): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [raw, value] of pairs) {
    if (fields.size >= limits.queryFields) break;
    const name = raw.trim();
    if (!fields.has(name) && /^\w{1,64}$/.test(name) && !FORBIDDEN_KEYS.has(name)) fields.set(name, value);
  }
  return fields;
}

/** A time from a query, with the sign of its zone. */
export const timeOfQuery = (value: string) => value.replace(ZONE_BLANK, '$1+');
