import { crc32 } from 'node:zlib';
import type { Alarm } from '../../../src/event.js';
import { GATE_SCENES } from '../../../src/simulator/hikvision.js';
import { MULTIPART, multipartBody, type PushPart, pushRequest } from '../../../src/simulator/http-push.js';
import { alertXml } from '../../../src/simulator/isapi-documents.js';
import { enlarged, picture } from '../../../src/simulator/picture.js';
import { PATH } from '../../support/listener.js';

/** Stands where the number of an alarm goes. */
const MARK = 900_000_000;
const DIGITS = String(MARK).length;
const PICTURE = enlarged(picture('gate-scene'), 100 * 1024);
/** Checksums of the pictures of an alarm without any and with one. */
export const WHOLE = new Set([0, crc32(PICTURE)]);

/** Requests of one camera that differ in their number only. */
export type Pushes = (number: number) => Buffer;

/**
 * Alarms that are told apart by their number: the running number of the device.
 * @param camera which of them, 0 to 255
 * @param withPicture of 100 KB
 */
export function numberedPushes(camera: number, withPicture: boolean, path = PATH): Pushes {
  const mac = `00:00:5e:00:53:${camera.toString(16).padStart(2, '0')}`;
  const [, motion] = GATE_SCENES;
  if (motion === undefined) throw new Error('a scene is missing');
  const alert = { ...motion, eventState: 'active', count: MARK, time: new Date(), zone: 60 } as const;
  const xml = alertXml(alert, { mac, address: '192.0.2.7', serial: `SIM-CAMERA-${camera}` }, '\r\n');
  const target = { host: '127.0.0.1', port: 80, path };
  const parts: PushPart[] = [
    { name: 'VMD.xml', filename: 'VMD.xml', contentType: 'application/xml', bytes: xml },
    { name: 'VMD.jpg', filename: 'VMD.jpg', contentType: 'image/jpeg', bytes: PICTURE },
  ];
  const template = withPicture
    ? pushRequest(target, MULTIPART, multipartBody(parts))
    : pushRequest(target, 'application/xml; charset="UTF-8"', Buffer.from(xml));
  const at = template.indexOf(String(MARK));
  return (number) => {
    const bytes = Buffer.from(template);
    bytes.write(String(number).padStart(DIGITS, '0'), at, 'latin1');
    return bytes;
  };
}

/** The number of such an alarm. */
export const numberOf = ({ event }: Alarm) => Number(event.document['activePostCount']);

/** Of all its pictures in one; 0 for none. */
export const checksumOf = ({ attachments }: Alarm) =>
  attachments.reduce((sum, { content }) => crc32(content, sum), 0);
