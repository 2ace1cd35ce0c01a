import type { AlarmEvent, AlarmKind, AlarmState, Device, Draft } from '../../event.js';
import type { Limits } from '../../limits.js';
import type { Notification } from '../../notification.js';
import { child, type Fields, text } from '../../wire/fields.js';
import { readMac } from '../../wire/mac.js';
import { readDetails } from './details/index.js';
import { readDeviceTime } from './device-time.js';
import { EVENT_TYPES, type EventType } from './event-types.js';
import { pictureUrls } from './links.js';
import { readRegions, regionEntries } from './regions.js';
import { readTargets } from './targets.js';

/**
 * One EventNotificationAlert to an alarm event: what is in isapi.md §4-§6. Every field may be missing. One object is
 * made here and filled in on its way to the flow; copying it at each step would cost as much as reading it.
 * @param alert what is inside the EventNotificationAlert, from XML or JSON
 */
export function readAlert(alert: Fields, notification: Notification, limits: Limits): Draft<AlarmEvent> {
  const type = readType(alert);
  const known = isHeartbeat(alert) ? HEARTBEAT : (EVENT_TYPES.get(type.toLowerCase()) ?? UNKNOWN);
  const entries = regionEntries(alert);
  const receivedAt = notification.receivedAt.toISOString();
  const event: Draft<AlarmEvent> = {
    schema: 1,
    id: '',
    vendor: 'isapi',
    transport: notification.transport,
    device: readDevice(alert, notification.address),
    type,
    kind: known.kind,
    state: readState(alert, known),
    severity: 'low',
    time: receivedAt,
    receivedAt,
    targets: readTargets(alert, entries, limits.targetsPerEvent),
    regions: readRegions(alert, entries),
    title: '',
    text: '',
    document: alert,
  };
  readTime(alert, notification.receivedAt, event);
  readChannel(alert, event);
  readDetails(alert, entries, event);
  if (known.kind === 'person' && event.targets.length > 0) event.kind = capturedKind(event.targets);
  const urls = pictureUrls(alert, limits.depth);
  if (urls.length > 0) event.pictureUrls = urls;
  return event;
}

/** Captures of several kinds of target are about people, unless there is none. */
function capturedKind(targets: readonly string[]): AlarmKind {
  if (targets.includes('human')) return 'person';
  return targets.includes('face') ? 'face' : 'vehicle';
}

const HEARTBEAT: EventType = { kind: 'heartbeat', course: 'momentary' };
const UNKNOWN: EventType = { kind: 'unknown', course: 'lasting' };

/** `duration` means that the event it names goes on (isapi.md §4). */
function readType(alert: Fields): string {
  const type = text(alert, 'eventType');
  if (type !== undefined && type.toLowerCase() !== 'duration') return type;
  const related = text(child(child(alert, 'DurationList'), 'Duration'), 'relationEvent');
  return related ?? type ?? 'unknown';
}

/** Every form of heartbeat, whatever its count (isapi.md §2). Real video loss is `active`. */
function isHeartbeat(alert: Fields): boolean {
  const type = text(alert, 'eventType')?.toLowerCase();
  const inactive = text(alert, 'eventState')?.toLowerCase() === 'inactive';
  if (type === 'heartbeat') return true;
  if (type === 'videoloss') return inactive;
  return type === 'other' && inactive && text(alert, 'eventDescription')?.toLowerCase() === 'heartbeat';
}

function readState(alert: Fields, known: EventType): AlarmState {
  if (known.course === 'momentary') return 'pulse';
  switch (text(alert, 'eventState')?.toLowerCase()) {
    case 'active':
      return 'active';
    case 'inactive':
      return 'inactive';
    default:
      return 'pulse';
  }
}

function readDevice(alert: Fields, address: string): Device {
  const mac = readMac(text(alert, 'macAddress'));
  const device: Draft<Device> = { id: mac ?? address };
  if (mac !== undefined) device.mac = mac;
  const serial = text(child(alert, 'Extensions'), 'serialNumber');
  if (serial !== undefined) device.serial = serial;
  device.address = address;
  return device;
}

/** Version 1.0 events of recorders carry only dynChannelID; 0 is the device itself (isapi.md §4), or says nothing. */
function readChannel(alert: Fields, event: Draft<AlarmEvent>): void {
  const [first, second] = [text(alert, 'channelID'), text(alert, 'dynChannelID')];
  const raw = channelOf(second) > 0 && channelOf(first) === 0 ? second : (first ?? second);
  const channel = channelOf(raw);
  if (channel > 0) event.channel = channel;
  const name = text(alert, 'channelName');
  if (name !== undefined) event.channelName = name;
  if (raw !== undefined) event.channelRaw = raw;
}

const channelOf = (raw: string | undefined) => (raw !== undefined && /^\d{1,5}$/.test(raw) ? Number(raw) : 0);

function readTime(alert: Fields, receivedAt: Date, event: Draft<AlarmEvent>): void {
  const raw = text(alert, 'dateTime');
  if (raw === undefined) return;
  event.timeRaw = raw;
  const time = readDeviceTime(raw);
  if (time === undefined) return;
  event.time = time.iso;
  // `|| 0` for the minus zero that rounding gives, which JSON does not know.
  if (time.epoch !== undefined) event.clockSkew = Math.round((time.epoch - receivedAt.getTime()) / 1000) || 0;
}
