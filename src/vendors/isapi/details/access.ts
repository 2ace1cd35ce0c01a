import type { Access, Draft } from '../../../event.js';
import { type Fields, number, put, text } from '../../../wire/fields.js';
import { accessEvent } from '../access-events.js';

/**
 * What happened at a door (isapi.md §7 AccessControllerEvent). Undefined when the pair of numbers that says what is
 * missing. `serialNo` counts events; it is not the serial number of the device.
 */
export function readAccess(fields: Fields): Access | undefined {
  const major = number(fields, 'majorEventType', 'major');
  const minor = number(fields, 'subEventType', 'minorEventType', 'minor');
  if (major === undefined || minor === undefined) return undefined;
  const access: Draft<Access> = { major, minor };
  const known = accessEvent(major, minor);
  put(access, 'event', known?.event);
  put(access, 'outcome', known?.outcome);
  put(access, 'person', text(fields, 'name'));
  put(access, 'employee', text(fields, 'employeeNoString', 'employeeNo'));
  put(access, 'card', text(fields, 'cardNo'));
  put(access, 'door', text(fields, 'doorNo'));
  put(access, 'reader', text(fields, 'cardReaderNo'));
  put(access, 'serial', text(fields, 'serialNo'));
  return access;
}
