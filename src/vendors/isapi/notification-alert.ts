import type { AlarmEvent, AlarmKind, AlarmState, Device, Draft, Region } from '../../event.js';
import type { Notification } from '../../notification.js';
import { readDeviceTime } from './device-time.js';
import { CONTACT_ID_KINDS, EVENT_TYPES, type EventType } from './event-types.js';
import { child, children, type Fields, number, text } from './fields.js';

/** Positions are given as 0..1000 of the picture (isapi.md §4). */
const POSITION_SCALE = 1000;

/**
 * One EventNotificationAlert to an alarm event: what is in isapi.md §4-§6. Every field may be missing. One object is
 * made here and filled in on its way to the flow; copying it at each step would cost as much as reading it.
 * @param alert what is inside the EventNotificationAlert, from XML or JSON
 */
export function readAlert(alert: Fields, notification: Notification): Draft<AlarmEvent> {
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
    kind: readContactId(alert) ?? known.kind,
    state: readState(alert, known),
    time: receivedAt,
    receivedAt,
    targets: readTargets(alert, entries),
    regions: readRegions(entries),
    title: '',
    text: '',
    document: alert,
  };
  readTime(alert, notification.receivedAt, event);
  readChannel(alert, event);
  return event;
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
  // Alarm panels say active for the end as well: the code tells (isapi.md §7).
  if (contactIdCode(alert)?.startsWith('3')) return 'inactive';
  switch (text(alert, 'eventState')?.toLowerCase()) {
    case 'active':
      return 'active';
    case 'inactive':
      return 'inactive';
    default:
      return 'pulse';
  }
}

/** 1xxx begins, 3xxx ends; the other three digits say what. */
const contactIdCode = (alert: Fields) => text(child(alert, 'CIDEvent'), 'code');

function readContactId(alert: Fields): AlarmKind | undefined {
  const code = contactIdCode(alert);
  return code === undefined ? undefined : CONTACT_ID_KINDS.get(code.slice(1));
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

/** As most devices write it, and as we do: not beginning with zeros or ones only. */
const USUAL_MAC = /^(?!00:00:00|ff:ff:ff)[\da-f]{2}(?::[\da-f]{2}){5}$/;

/** Twelve hexadecimal digits with or without separators; all zeros and all ones are no address (isapi.md §4). */
function readMac(raw: string | undefined): string | undefined {
  if (raw === undefined) return undefined;
  if (USUAL_MAC.test(raw)) return raw;
  const digits = raw.replace(/[:.-]/g, '').toLowerCase();
  if (!/^[\da-f]{12}$/.test(digits) || digits === '000000000000' || digits === 'ffffffffffff')
    return undefined;
  return digits.replace(/..(?!$)/g, '$&:');
}

/** Version 1.0 events of recorders carry only dynChannelID; 0 is the device itself (isapi.md §4). */
function readChannel(alert: Fields, event: Draft<AlarmEvent>): void {
  const raw = text(alert, 'channelID', 'dynChannelID');
  const channel = raw !== undefined && /^\d{1,5}$/.test(raw) ? Number(raw) : 0;
  if (channel > 0) event.channel = channel;
  const name = text(alert, 'channelName');
  if (name !== undefined) event.channelName = name;
  if (raw !== undefined) event.channelRaw = raw;
}

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

const regionEntries = (alert: Fields): Fields[] =>
  children(alert, 'DetectionRegionList').flatMap((regions) => children(regions, 'DetectionRegionEntry'));

/** Cameras name the target with the region, recorders at the top, several separated by commas (isapi.md §4). */
function readTargets(alert: Fields, entries: readonly Fields[]): string[] {
  const targets: string[] = [];
  for (const fields of [...entries, alert]) {
    for (const word of (text(fields, 'detectionTarget', 'targetType') ?? '').split(',')) {
      const target = word.trim().toLowerCase();
      if (target !== '' && !targets.includes(target)) targets.push(target);
    }
  }
  return targets;
}

function readRegions(entries: readonly Fields[]): Region[] {
  return entries.flatMap((entry) => {
    const id = text(entry, 'regionID');
    const name = text(entry, 'regionName', 'ruleName');
    const polygon = readPolygon(entry);
    if (id === undefined && polygon.length === 0) return [];
    return [{ id: id ?? '', ...(name !== undefined && { name }), ...(polygon.length > 0 && { polygon }) }];
  });
}

function readPolygon(entry: Fields): [number, number][] {
  const corners = children(entry, 'RegionCoordinatesList').flatMap((all) =>
    children(all, 'RegionCoordinates'),
  );
  return corners.flatMap((corner): [number, number][] => {
    const x = number(corner, 'positionX');
    const y = number(corner, 'positionY');
    return isPlace(x) && isPlace(y) ? [[x / POSITION_SCALE, y / POSITION_SCALE]] : [];
  });
}

function isPlace(position: number | undefined): position is number {
  return position !== undefined && position >= 0 && position <= POSITION_SCALE;
}
