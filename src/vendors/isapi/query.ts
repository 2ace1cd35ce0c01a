import type { Limits } from '../../limits.js';
import type { Fields } from '../../wire/fields.js';
import { fieldsOfPairs, timeOfQuery } from '../../wire/query.js';

/**
 * An event that came as a query string (`parameterFormatType` querystring, isapi.md §3.9): the fields of the alert,
 * those of a number plate beside them. Undefined when the query is none.
 */
export function readQuery(query: string | undefined, limits: Limits): Fields | undefined {
  if (query === undefined || query === '' || query.length > limits.queryBytes) return undefined;
  const fields = fieldsOfPairs(new URLSearchParams(query), limits);
  const time = fields.get('dateTime');
  if (time !== undefined) fields.set('dateTime', timeOfQuery(time));
  return fields.has('eventType') ? Object.fromEntries(fields) : undefined;
}
