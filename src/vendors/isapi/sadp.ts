import { AlarmError } from '../../errors.js';
import type { Limits } from '../../limits.js';
import { decodeText } from '../../wire/charset.js';
import { readDeviceAddress } from '../../wire/device-address.js';
import { type Fields, number, put, text } from '../../wire/fields.js';
import { label } from '../../wire/label.js';
import { readMac } from '../../wire/mac.js';
import { parseXml } from '../../wire/xml.js';

/** What a device says of itself when it is looked for. Anyone on the network can say anything: nothing here is proven. */
export interface SadpDevice {
  /** Lower case, with colons. */
  mac: string;
  /** IPv4; absent while the device has none, or says one that no device can have. */
  address?: string;
  model?: string;
  serial?: string;
  firmware?: string;
  /** False for a device as it left the factory: nobody can log in before it has got a password. */
  activated?: boolean;
  httpPort?: number;
}

/** Answers to an inquiry of anyone, and what devices send when they start. Probes and all else have other roots. */
const ROOTS = ['ProbeMatch', 'Hello'];
const FIELDS = [
  'MAC',
  'IPv4Address',
  'DeviceDescription',
  'DeviceSN',
  'SoftwareVersion',
  'Activated',
  'HttpPort',
];

/** The protocol by which Hikvision devices are found (isapi.md §12), for `discover`. */
export const sadp = {
  group: '239.255.255.250',
  port: 37_020,
  /** The inquiry and nothing else: other types change the settings of devices, and count as wrong logins. */
  probe: (uuid: string): string =>
    `<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>${uuid.toUpperCase()}</Uuid><Types>inquiry</Types></Probe>`,
  read: readSadp,
};

/** Reads what a device answered or sent when it started; undefined for anything else. Never throws. */
export function readSadp(datagram: Buffer, limits: Limits): SadpDevice | undefined {
  const fields = fieldsOf(datagram, limits);
  const mac = readMac(text(fields, 'MAC'));
  if (fields === undefined || mac === undefined) return undefined;
  const device: SadpDevice = { mac };
  put(device, 'address', readDeviceAddress(text(fields, 'IPv4Address')));
  put(device, 'model', label(text(fields, 'DeviceDescription')));
  put(device, 'serial', label(text(fields, 'DeviceSN')));
  put(device, 'firmware', label(text(fields, 'SoftwareVersion')));
  put(device, 'activated', readFlag(text(fields, 'Activated')));
  const port = number(fields, 'HttpPort') ?? 0;
  if (Number.isInteger(port) && port > 0 && port < 65_536) device.httpPort = port;
  return device;
}

function fieldsOf(datagram: Buffer, limits: Limits): Fields | undefined {
  try {
    const { root, content } = parseXml(datagram, limits);
    return ROOTS.includes(root) ? content : undefined;
  } catch (error) {
    // What is too large or declares a DOCTYPE is no mistake of a firmware.
    const mistake = error instanceof AlarmError && error.code === 'XML_INVALID';
    return mistake ? scan(decodeText(datagram).text) : undefined;
  }
}

/**
 * The fields of an answer that is no proper XML, as some firmwares send: each by itself, and only with an end, as half
 * an address is the address of another device.
 */
function scan(document: string): Fields | undefined {
  const root = /^[^<]*(?:<\?[^<>]*>[^<]*)?<(\w+)[\s>]/.exec(document)?.[1];
  if (root === undefined || !ROOTS.includes(root)) return undefined;
  const fields: Record<string, string> = {};
  for (const name of FIELDS) {
    const value = new RegExp(`<${name}>([^<>\\r\\n]{1,200})[<\\r\\n]`).exec(document)?.[1];
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

/** `flase` is what some firmwares send. */
function readFlag(raw: string | undefined): boolean | undefined {
  if (raw === undefined) return undefined;
  if (/^true$/i.test(raw)) return true;
  return /^(?:false|flase)$/i.test(raw) ? false : undefined;
}
