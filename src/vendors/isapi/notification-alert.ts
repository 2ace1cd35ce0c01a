import type { AlarmEvent, AlarmState, Device, Region } from '../../event.js';
import type { Notification } from '../../notification.js';
import { readDeviceTime } from './device-time.js';
import { EVENT_TYPES, type EventType } from './event-types.js';
import { child, children, type Fields, number, text } from './fields.js';

/** Positions are given as 0..1000 of the picture (isapi.md §4). */
const POSITION_SCALE = 1000;

/**
 * One EventNotificationAlert to an alarm event: what is in isapi.md §4-§6. Every field may be missing.
 * @param alert what is inside the EventNotificationAlert, from XML or JSON
 */
export function readAlert(alert: Fields, notification: Notification): Omit<AlarmEvent, 'id' | 'schema'> {
  const type = readType(alert);
  const known: EventType = isHeartbeat(alert)
    ? { kind: 'heartbeat', course: 'momentary' }
    : (EVENT_TYPES.get(type.toLowerCase()) ?? { kind: 'unknown', course: 'lasting' });
  const channelName = text(alert, 'channelName');
  return {
    vendor: 'isapi',
    transport: notification.transport,
    device: readDevice(alert, notification.address),
    ...readChannel(alert),
    ...(channelName !== undefined && { channelName }),
    type,
    kind: known.kind,
    state: readState(alert, known),
    ...readTime(alert, notification.receivedAt),
    targets: readTargets(alert),
    regions: readRegions(alert),
    document: alert,
  };
}

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
  const serial = text(child(alert, 'Extensions'), 'serialNumber');
  return {
    id: mac ?? address,
    ...(mac !== undefined && { mac }),
    ...(serial !== undefined && { serial }),
    address,
  };
}

/** Twelve hexadecimal digits with or without separators; all zeros and all ones are no address (isapi.md §4). */
function readMac(raw: string | undefined): string | undefined {
  const digits = (raw ?? '').replace(/[:.-]/g, '').toLowerCase();
  if (!/^[\da-f]{12}$/.test(digits) || /^(0+|f+)$/.test(digits)) return undefined;
  return digits.match(/../g)?.join(':');
}

/** Version 1.0 events of recorders carry only dynChannelID; 0 is the device itself (isapi.md §4). */
function readChannel(alert: Fields): Pick<AlarmEvent, 'channel' | 'channelRaw'> {
  const raw = text(alert, 'channelID', 'dynChannelID');
  if (raw === undefined) return {};
  const channel = /^\d{1,5}$/.test(raw) ? Number(raw) : 0;
  return { ...(channel > 0 && { channel }), channelRaw: raw };
}

function readTime(
  alert: Fields,
  receivedAt: Date,
): Pick<AlarmEvent, 'time' | 'timeRaw' | 'receivedAt' | 'clockSkew'> {
  const raw = text(alert, 'dateTime');
  const time = raw === undefined ? undefined : readDeviceTime(raw);
  const received = receivedAt.toISOString();
  return {
    time: time?.iso ?? received,
    ...(raw !== undefined && { timeRaw: raw }),
    receivedAt: received,
    ...(time?.epoch !== undefined && { clockSkew: Math.round((time.epoch - receivedAt.getTime()) / 1000) }),
  };
}

const regionEntries = (alert: Fields): Fields[] =>
  children(alert, 'DetectionRegionList').flatMap((regions) => children(regions, 'DetectionRegionEntry'));

/** Cameras name the target with the region, recorders at the top, several separated by commas (isapi.md §4). */
function readTargets(alert: Fields): string[] {
  const words = [...regionEntries(alert), alert].flatMap((fields) =>
    (text(fields, 'detectionTarget', 'targetType') ?? '').split(','),
  );
  return [...new Set(words.map((word) => word.trim().toLowerCase()).filter((word) => word !== ''))];
}

function readRegions(alert: Fields): Region[] {
  return regionEntries(alert).flatMap((entry) => {
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
    return x === undefined || y === undefined ? [] : [[x / POSITION_SCALE, y / POSITION_SCALE]];
  });
}
