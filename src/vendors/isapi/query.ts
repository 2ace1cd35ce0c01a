import { LIMITS } from '../../limits.js';
import type { Fields } from '../../wire/fields.js';
import { fieldsOfPairs, timeOfQuery } from '../../wire/query.js';

/**
 * An event that came as a query string (`parameterFormatType` querystring, isapi.md §3.9): the fields of the alert,
 * those of a number plate beside them. Undefined when the query is none.
 */
export function readQuery(query: string | undefined): Fields | undefined {
  if (query === undefined || query === '' || query.length > LIMITS.queryBytes) return undefined;
  const fields = fieldsOfPairs(new URLSearchParams(query));
  const time = fields.get('dateTime');
  if (time !== undefined) fields.set('dateTime', timeOfQuery(time));
  return fields.has('eventType') ? Object.fromEntries(fields) : undefined;
}
