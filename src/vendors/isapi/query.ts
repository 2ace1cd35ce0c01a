import { LIMITS } from '../../limits.js';
import type { Fields } from '../../wire/fields.js';
import { FORBIDDEN_KEYS } from '../../wire/json.js';

/** A plus sign that was not encoded became a blank: that of a time zone. */
const ZONE_BLANK = /(:\d\d(?:\.\d+)?) (?=\d{1,2}:?\d\d$)/;

/**
 * An event that came as a query string (`parameterFormatType` querystring, isapi.md §3.9): the fields of the alert,
 * those of a number plate beside them. Undefined when the query is none.
 */
export function readQuery(query: string | undefined): Fields | undefined {
  if (query === undefined || query === '' || query.length > LIMITS.queryBytes) return undefined;
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (fields.size >= LIMITS.queryFields) break;
    if (!fields.has(name) && /^\w{1,64}$/.test(name) && !FORBIDDEN_KEYS.has(name))
      fields.set(name, name === 'dateTime' ? value.replace(ZONE_BLANK, '$1+') : value);
  }
  return fields.has('eventType') ? Object.fromEntries(fields) : undefined;
}
