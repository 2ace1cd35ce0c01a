import type { Fields } from './fields.js';

/** More than any event has. */
const MOST_FIELDS = 100;
const LONGEST = 8_192;

/**
 * An event that came as a query string (`parameterFormatType` querystring, isapi.md §3.9): the fields of the alert,
 * those of a number plate beside them. Undefined when the query is none.
 */
export function readQuery(query: string | undefined): Fields | undefined {
  if (query === undefined || query === '' || query.length > LONGEST) return undefined;
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (fields.size >= MOST_FIELDS) break;
    if (!fields.has(name) && /^\w{1,64}$/.test(name) && name !== '__proto__') fields.set(name, value);
  }
  return fields.has('eventType') ? Object.fromEntries(fields) : undefined;
}
