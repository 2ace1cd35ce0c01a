import assert from 'node:assert/strict';
import { LIMITS } from '../../src/limits.js';
import { readSadp, type SadpDevice } from '../../src/vendors/isapi/sadp.js';
import { type FoundCamera, readDh } from '../../src/vendors/vstarcam/dh.js';
import { type Reader, type Sample, trial } from './engine.js';
import { volume } from './outcome.js';
import { asText, changesOf, json } from './samples.js';

const FIELDS =
  '<Uuid>8282F1DB-2FA6-4709-B261-3C6B6A48CA17</Uuid><Types>inquiry</Types><DeviceDescription>DS-7804</DeviceDescription>' +
  '<DeviceSN>DS-7804TEST1</DeviceSN><HttpPort>80</HttpPort><MAC>00-00-5e-00-53-01</MAC>' +
  '<IPv4Address>192.0.2.227</IPv4Address><SoftwareVersion>V3.5.38build 191215</SoftwareVersion><Activated>true</Activated>';
const ANSWERS = [
  `<?xml version="1.0" encoding="UTF-8" ?>\r\n<ProbeMatch>${FIELDS}</ProbeMatch>`,
  `<Hello xmlns="http://www.hikvision.com/ver20/XMLSchema">${FIELDS}</Hello>`,
  // No proper XML, as some firmwares send.
  `<?xml version="1.0"?>\n<ProbeMatch>${FIELDS}<Broken></ProbeMatch>`,
  `<ProbeMatch>${FIELDS.replaceAll('><', '>\r\n<').replaceAll(/<\/\w+>/g, '')}`,
  `<ProbeMatch>${FIELDS.replace('true', 'flase')}</ProbeMatch>`,
].map(asText);

const sadp: Reader<SadpDevice | undefined> = {
  name: 'sadp',
  make: changesOf(ANSWERS),
  call: ({ bytes }) => readSadp(bytes, LIMITS),
  judge: found,
  intact: () => json(ANSWERS.map(({ bytes }) => readSadp(bytes, LIMITS))),
};

/** An answer of a camera: text and numbers at fixed places. */
const CAMERA = Buffer.alloc(0x230);
CAMERA.write('DH\x01\x08', 0, 'latin1');
CAMERA.write('192.0.2.30', 0x04, 'latin1');
CAMERA.write('00005e005330', 0x54, 'hex');
CAMERA.writeUInt16LE(81, 0x5a);
CAMERA.write('VC0000000ABCD', 0x5c, 'latin1');
CAMERA.write('K\u00fcche', 0x7c, 'utf8');

const dh: Reader<FoundCamera | undefined> = {
  name: 'dh',
  make: changesOf(Array<Sample>(5).fill({ bytes: CAMERA })),
  call: ({ bytes }) => readDh(bytes),
  judge: found,
  intact: () => json(readDh(CAMERA)),
};

function found(read: SadpDevice | FoundCamera | undefined, { bytes }: Sample): boolean {
  if (read === undefined) return false;
  assert.match(read.mac, /^([\da-f]{2}:){5}[\da-f]{2}$/);
  assert.ok(volume({ ...read }) <= 2 * bytes.length + 200, 'more came out than went in');
  assert.doesNotMatch(Object.values(read).join(''), /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u, 'what hides');
  return true;
}

/** What reads answers of devices that are looked for. */
export const SEARCH_TRIALS = [trial(sadp), trial(dh)];
