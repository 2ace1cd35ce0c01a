import { readDeviceAddress } from '../../wire/device-address.js';
import { put } from '../../wire/fields.js';
import { label } from '../../wire/label.js';
import { readMac } from '../../wire/mac.js';

/** What a camera says of itself when it is looked for. Anyone on the network can say anything: nothing is proven. */
export interface FoundCamera {
  /** Lower case, with colons. */
  mac: string;
  /** IPv4; absent while the camera has none. */
  address?: string;
  httpPort?: number;
  /** What it calls itself in what it pushes. */
  vuid?: string;
  name?: string;
}

const QUESTION = Buffer.from([0x44, 0x48, 0x01, 0x01]);
const ANSWER = Buffer.from([0x44, 0x48, 0x01, 0x08]);
const ADDRESS = 0x04;
const MASK = 0x14;
const MAC = 0x54;
const HTTP_PORT = 0x5a;
const ID = 0x5c;
const NAME = 0x7c;
const FIRMWARE = 0xcc;

/** The protocol by which these cameras are found (raysharp-vstarcam-others.md §2.4), for `discover`. */
export const dh = {
  group: '255.255.255.255',
  port: 8600,
  answerPort: 8601,
  broadcast: true as const,
  probe: (): Buffer => QUESTION,
  read: readDh,
};

/**
 * Reads an answer; undefined for anything else. What follows the name holds passwords in clear, and is not looked at.
 * Never throws.
 */
export function readDh(datagram: Buffer): FoundCamera | undefined {
  if (datagram.length < FIRMWARE || !datagram.subarray(0, ANSWER.length).equals(ANSWER)) return undefined;
  const mac = readMac(datagram.toString('hex', MAC, HTTP_PORT));
  if (mac === undefined) return undefined;
  const camera: FoundCamera = { mac };
  put(camera, 'address', readDeviceAddress(textIn(datagram, ADDRESS, MASK)));
  const port = datagram.readUInt16LE(HTTP_PORT);
  if (port > 0) camera.httpPort = port;
  const id = textIn(datagram, ID, NAME);
  if (/^[\w-]+$/.test(id)) camera.vuid = id;
  put(camera, 'name', label(textIn(datagram, NAME, FIRMWARE)));
  return camera;
}

/** What stands in a field up to its first zero. */
function textIn(datagram: Buffer, from: number, to: number): string {
  const field = datagram.subarray(from, to);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}
