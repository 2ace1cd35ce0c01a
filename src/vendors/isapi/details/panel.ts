import type { Draft, Panel } from '../../../event.js';
import { type Fields, put, text } from '../../../wire/fields.js';
import { contactIdEvent } from '../contact-id.js';

/**
 * What an alarm panel said (isapi.md §7 cidEvent; `CIDAlarm` of older panels). The device's own `code` counts before
 * `standardCIDcode`: its meanings are the ones that were seen. Undefined without a code.
 */
export function readPanel(fields: Fields): Panel | undefined {
  const code = text(fields, 'code', 'CIDCode', 'standardCIDcode');
  if (code === undefined) return undefined;
  const panel: Draft<Panel> = { code };
  const known = contactIdEvent(code);
  put(panel, 'event', known?.event);
  put(panel, 'zone', text(fields, 'zone'));
  // Of an arming it is the name of who did it.
  if (panel.zone !== undefined) put(panel, 'zoneName', text(fields, 'name', 'zoneName'));
  put(panel, 'area', text(fields, 'subSystemName', 'system'));
  return panel;
}
