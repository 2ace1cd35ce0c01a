import { AlarmError } from '../errors.js';
import {
  ALARM_KINDS,
  type Alarm,
  type AlarmEvent,
  type Attachment,
  type AttachmentRole,
  type VendorId,
} from '../event.js';
import type { DeviceSign } from '../notification.js';

/** What a source node told of a device: its second output. */
export interface State {
  readonly vendor: VendorId;
  readonly sign: Omit<DeviceSign, 'vendor' | 'alarm'>;
  /** What nobody confirmed. */
  readonly alarm?: AlarmEvent;
  readonly attachments: readonly Attachment[];
}

/** An alarm or a state, as a message brought it. */
export type Incoming =
  | { readonly alarm: Pick<Alarm, 'event' | 'attachments' | 'raw'> }
  | { readonly state: State };

/** What is looked at of a message. */
export interface Message {
  readonly topic?: unknown;
  readonly payload?: unknown;
  readonly attachments?: unknown;
  readonly raw?: unknown;
}

const VENDORS: ReadonlySet<unknown> = new Set<VendorId>(['isapi', 'vstarcam', 'raysharp', 'unknown']);
const KINDS: ReadonlySet<unknown> = new Set(ALARM_KINDS);
const STATES: ReadonlySet<unknown> = new Set(['active', 'inactive', 'pulse']);
const ROLES: ReadonlySet<unknown> = new Set<AttachmentRole>(['scene', 'target', 'plate', 'face', 'video']);
const SIGNS: ReadonlySet<unknown> = new Set<DeviceSign['event']>([
  'online',
  'stale',
  'offline',
  'auth-failed',
  'heartbeat',
  'undecodable',
  'denied',
  'overload',
  'undelivered',
  'disk',
  'video-loss',
]);

/**
 * Reads what a source node sent; flows may have changed it since.
 * @throws AlarmError `NOT_AN_ALARM`
 */
export function readIncoming({ topic, payload, attachments, raw }: Message): Incoming {
  const pictures = Array.isArray(attachments) ? attachments.filter(isAttachment) : [];
  if (isEvent(payload)) {
    const alarm = { event: payload, attachments: pictures };
    return { alarm: Buffer.isBuffer(raw) ? { ...alarm, raw } : alarm };
  }
  if (!isSign(payload)) throw new AlarmError('NOT_AN_ALARM');
  const [first] = String(topic).split('/');
  const vendor = VENDORS.has(first) ? (first as VendorId) : 'unknown';
  const { alarm, ...sign } = payload;
  return {
    state: { vendor, sign, attachments: pictures, ...(isEvent(alarm) && { alarm }) },
  };
}

/** Whether something has all that is told of every alarm. */
export function isEvent(value: unknown): value is AlarmEvent {
  return (
    isObject(value) &&
    value['schema'] === 1 &&
    VENDORS.has(value['vendor']) &&
    KINDS.has(value['kind']) &&
    STATES.has(value['state']) &&
    ['id', 'transport', 'type', 'time', 'receivedAt', 'title', 'text'].every((name) => isText(value[name])) &&
    isDevice(value['device']) &&
    isPlace(value) &&
    ['channelRaw', 'input', 'correlationId'].every((name) => isMaybe(value[name])) &&
    isPanel(value['panel']) &&
    Array.isArray(value['targets']) &&
    value['targets'].every(isText) &&
    Array.isArray(value['regions']) &&
    value['regions'].every((region) => isObject(region) && isText(region['id']) && isMaybe(region['name'])) &&
    isObject(value['document'] ?? {})
  );
}

/** Whether something is a picture or film as alarms bring them. */
export function isAttachment(value: unknown): value is Attachment {
  return (
    isObject(value) &&
    Buffer.isBuffer(value['content']) &&
    ROLES.has(value['role']) &&
    ['filename', 'contentType', 'cid'].every((name) => isText(value[name]))
  );
}

const isSign = (value: unknown): value is State['sign'] & { readonly alarm?: unknown } =>
  isObject(value) &&
  SIGNS.has(value['event']) &&
  isDevice(value['device']) &&
  isText(value['since']) &&
  isMaybe(value['reason']) &&
  isPlace(value);

const isDevice = (value: unknown) =>
  isObject(value) &&
  isText(value['id']) &&
  ['name', 'mac', 'serial', 'address'].every((name) => isMaybe(value[name]));

const isPlace = ({ channel, channelName }: Readonly<Record<string, unknown>>) =>
  (channel === undefined || Number.isSafeInteger(channel)) && isMaybe(channelName);

const isPanel = (value: unknown) =>
  value === undefined || (isObject(value) && isText(value['code']) && isMaybe(value['zone']));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === 'string';
const isMaybe = (value: unknown) => value === undefined || isText(value);
