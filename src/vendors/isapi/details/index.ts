import type { AlarmEvent, Draft } from '../../../event.js';
import { child, children, type Fields, number, put, text } from '../../../wire/fields.js';
import { accessEvent } from '../access-events.js';
import { contactIdEvent } from '../contact-id.js';
import { readAccess } from './access.js';
import { readCounting } from './counting.js';
import { readFaces } from './face.js';
import { readPanel } from './panel.js';
import { readPlate } from './plate.js';
import { readTemperature } from './temperature.js';

/**
 * What an event says beyond what all events say, under a name of its own for each kind; and the kind itself where
 * only these details tell it. Only what is there is looked at.
 * @param entries the regions of the alert
 */
export function readDetails(alert: Fields, entries: readonly Fields[], event: Draft<AlarmEvent>): void {
  const anpr = child(alert, 'ANPR') ?? ('licensePlate' in alert ? alert : undefined);
  if (anpr !== undefined) event.plate = readPlate(anpr);
  readFaceDetails(alert, event);
  readAccessDetails(alert, event);
  readPanelDetails(alert, event);
  if (entries.length > 0) put(event, 'temperature', readTemperature(entries));
  const people = child(alert, 'peopleCounting') ?? child(alert, 'PeopleCounting');
  if (people !== undefined) event.counting = readCounting(people, alert);
  put(event, 'input', text(alert, 'inputIOPortID', 'dynInputIOPortID'));
  put(event, 'decibel', number(child(alert, 'AudioExceptionDetection'), 'audioDecibel'));
  if (isHistory(alert)) event.history = true;
}

function readFaceDetails(alert: Fields, event: Draft<AlarmEvent>): void {
  const targets = [...children(alert, 'faceCapture'), ...children(alert, 'alarmResult')];
  if (targets.length === 0) return;
  const faces = readFaces(targets);
  if (faces.length > 0) event.face = faces;
}

const accessFields = (alert: Fields) =>
  child(alert, 'AccessControllerEvent') ?? child(alert, 'AccessControlEvent');

function readAccessDetails(alert: Fields, event: Draft<AlarmEvent>): void {
  const fields = accessFields(alert);
  const access = fields === undefined ? undefined : readAccess(fields);
  if (access === undefined) return;
  event.access = access;
  put(event, 'kind', accessEvent(access.major, access.minor)?.kind);
}

function readPanelDetails(alert: Fields, event: Draft<AlarmEvent>): void {
  const fields = child(alert, 'CIDEvent') ?? child(alert, 'CIDAlarm');
  const panel = fields === undefined ? undefined : readPanel(fields);
  if (panel === undefined) return;
  event.panel = panel;
  put(event, 'kind', contactIdEvent(panel.code)?.kind);
  // Panels say active for the end as well: the first digit tells (isapi.md §7).
  event.state = panel.code.length === 4 && panel.code.startsWith('3') ? 'inactive' : event.state;
}

/** Sent again because it could not be sent before, or read from the device's log (isapi.md §3.5). */
function isHistory(alert: Fields): boolean {
  if (text(alert, 'isDataRetransmission')?.toLowerCase() === 'true') return true;
  const current = text(accessFields(alert), 'currentEvent') ?? text(alert, 'currentEvent');
  return current?.toLowerCase() === 'false';
}
