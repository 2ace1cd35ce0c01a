import { createHash } from 'node:crypto';
import type { AlarmKind, Device, VendorId } from '../event.js';
import { deviceTopic } from '../topic.js';
import { plain } from '../wording/plain.js';
import { wordsOf } from '../wording/words-of.js';
import { deviceName } from '../wording.js';

/** Where something happens: a device, or one channel of it. */
export interface Place {
  readonly vendor: VendorId;
  readonly device: Device;
  readonly channel?: number;
  readonly channelName?: string;
}

/** Something Home Assistant is told of, and the topics it lives on. */
export interface Entity {
  /** Unique, and fit for a topic of discovery: letters, digits, `_` and `-`. */
  readonly id: string;
  /** Where its description is published. */
  readonly topic: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** The classes of https://www.home-assistant.io/integrations/binary_sensor/#device-class; none for what is in none. */
const CLASSES: Partial<Readonly<Record<AlarmKind, string>>> = {
  motion: 'motion',
  pir: 'motion',
  'line-crossing': 'motion',
  'region-exit': 'motion',
  vehicle: 'motion',
  intrusion: 'occupancy',
  'region-entrance': 'occupancy',
  loitering: 'occupancy',
  person: 'occupancy',
  face: 'occupancy',
  tamper: 'tamper',
  'scene-change': 'tamper',
  audio: 'sound',
  'baby-cry': 'sound',
  smoke: 'smoke',
  fire: 'safety',
  temperature: 'heat',
  online: 'connectivity',
  'video-loss': 'problem',
  absence: 'problem',
  disk: 'problem',
  network: 'problem',
  offline: 'problem',
};

const MAKERS: Readonly<Record<VendorId, string | undefined>> = {
  isapi: 'Hikvision (ISAPI)',
  vstarcam: 'VStarcam',
  raysharp: 'RaySharp',
  unknown: undefined,
};

/** @see https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery: `homeassistant` unless it was told otherwise. */
const DISCOVERY = 'homeassistant';

/** Where Home Assistant sees whether a device is there. */
export const availabilityTopic = (prefix: string, { vendor, device }: Place) =>
  `${prefix}/${deviceTopic(vendor, device, 'availability')}`;

/** Where Home Assistant sees whether Node-RED is there: the last will of its connection belongs there too. */
export const statusTopic = (prefix: string) => `${prefix}/status`;

/** Below it everything about one place. */
export const placeTopic = (prefix: string, { vendor, device, channel }: Place) =>
  `${prefix}/${deviceTopic(vendor, device, String(channel ?? 0))}`;

/**
 * A kind of alarm at one place.
 * @see https://www.home-assistant.io/integrations/binary_sensor.mqtt/
 * @param offDelay seconds after which Home Assistant itself takes it for over; undefined where the device says so
 */
export function alarmEntity(
  place: Place,
  kind: AlarmKind,
  prefix: string,
  language: string,
  offDelay: number | undefined,
): Entity {
  const topic = `${placeTopic(prefix, place)}/${kind}`;
  return entity('binary_sensor', place, kind, prefix, {
    name: named(place, wordsOf(language).kinds[kind], language),
    state_topic: `${topic}/state`,
    json_attributes_topic: `${topic}/attributes`,
    device_class: CLASSES[kind],
    off_delay: offDelay,
    qos: 1,
  });
}

/**
 * The latest picture of one place.
 * @see https://www.home-assistant.io/integrations/image.mqtt/
 */
export function pictureEntity(place: Place, contentType: string, prefix: string, language: string): Entity {
  const name = wordsOf(language).picture;
  return entity('image', place, 'picture', prefix, {
    name: named(place, name, language),
    image_topic: `${placeTopic(prefix, place)}/picture`,
    content_type: contentType,
  });
}

function entity(component: string, place: Place, what: string, prefix: string, config: object): Entity {
  const { device, vendor, channel } = place;
  const deviceId = `camera-alarms_${vendor}_${slug(device.id)}`;
  const id = `${deviceId}_${channel ?? 0}_${what}`;
  return {
    id,
    topic: `${DISCOVERY}/${component}/${id}/config`,
    config: {
      ...config,
      unique_id: id,
      availability: [{ topic: statusTopic(prefix) }, { topic: availabilityTopic(prefix, place) }],
      availability_mode: 'all',
      device: {
        identifiers: [deviceId],
        name: plain(deviceName(device)),
        manufacturer: MAKERS[vendor],
        serial_number: device.serial && plain(device.serial),
        ...(device.mac !== undefined && { connections: [['mac', plain(device.mac)]] }),
      },
      // Who describes it: asked of everyone whose entities come by discovery.
      origin: { name: 'node-red-camera-alarms' },
    },
  };
}

/** Home Assistant puts the name of the device in front; that of the channel is ours to give where it says more. */
function named({ device, channel, channelName }: Place, what: string, language: string): string {
  const own = channelName === undefined ? '' : plain(channelName);
  if (own !== '') return own === plain(deviceName(device)) ? what : `${own}: ${what}`;
  return channel === undefined || channel <= 1 ? what : `${wordsOf(language).channel} ${channel}: ${what}`;
}

/** For ids; two devices keep two ids, whatever letters are in theirs. */
function slug(id: string): string {
  const clean = id.toLowerCase().replace(/[:.]/g, '-');
  if (/^[\w-]{1,64}$/.test(clean)) return clean;
  return createHash('sha256').update(id).digest('hex').slice(0, 16);
}
