import type { Alarm } from '../../src/event.js';
import { MULTIPART, multipartBody, type PushPart } from '../../src/simulator/http-push.js';
import { alertJson, alertXml, type SimulatedAlert } from '../../src/simulator/isapi-documents.js';
import { picture } from '../../src/simulator/picture.js';
import { PATH } from '../support/listener.js';
import { jpeg } from '../support/multipart-samples.js';

export const MAC = '00:00:5e:00:53:11';
export const XML_TYPE = 'application/xml; charset="UTF-8"';
export const JSON_TYPE = 'application/json; charset="UTF-8"';
export { MULTIPART };

const who = (mac: string) => ({ mac, address: '192.0.2.11', serial: 'TEST-CAMERA-1' });
const alert = (count: number): SimulatedAlert => ({
  eventType: 'linedetection',
  eventState: 'active',
  eventDescription: 'linedetection alarm',
  channel: 1,
  channelName: 'Gate',
  count,
  time: new Date(Date.UTC(2026, 10, 22, 7, 15, 30)),
  zone: 60,
});

/** An alert with a running number, by which {@link countOf} knows it again. */
export const xml = (count = 1, mac = MAC) => alertXml(alert(count), who(mac), '\r\n');
export const json = (count = 1, mac = MAC) => alertJson(alert(count), who(mac));

export const countOf = ({ event }: Alarm) => Number(event.document['activePostCount']);

const NOISE = 'a\r\n--boundar\r\n--boundarX\n--\r\n\r\n\r\nPOST / HTTP/1.1\r\n\r\n';
/** Two small pictures and a real one. */
export const SMALL = jpeg(NOISE);
export const SMALLER = jpeg();
export const LARGE = picture('gate-scene');

export const picturePart = (name: string, bytes: Buffer): PushPart => ({
  name,
  filename: `${name}.jpg`,
  contentType: 'image/jpeg',
  bytes,
});
export const documentPart = (bytes: string): PushPart => ({
  name: 'linedetection.xml',
  filename: 'linedetection.xml',
  contentType: XML_TYPE,
  bytes,
});

/** A document and its pictures, as cameras push them. */
export const multipart = (count: number, ...pictures: Buffer[]) =>
  multipartBody([
    documentPart(xml(count)),
    ...pictures.map((bytes, index) => picturePart(`detectionPicture${index}`, bytes)),
  ]);

/** How a request differs from what cameras send. */
export interface RequestPlan {
  readonly method?: string;
  readonly target?: string;
  readonly version?: string;
  readonly type?: string;
  /** Instead of Host, Content-Type and Content-Length. */
  readonly bare?: boolean;
  readonly headers?: readonly string[];
  /** Content-Length; as long as the body unless given. */
  readonly length?: number;
}

/** The bytes of a request. */
export function request(body: Buffer | string, plan: RequestPlan = {}): Buffer {
  const bytes = Buffer.from(body as Buffer);
  const { method = 'POST', target = PATH, version = 'HTTP/1.1', type = XML_TYPE, bare = false } = plan;
  const usual = [
    'Host: 127.0.0.1',
    `Content-Type: ${type}`,
    `Content-Length: ${plan.length ?? bytes.length}`,
  ];
  const lines = [`${method} ${target} ${version}`, ...(bare ? [] : usual), ...(plan.headers ?? []), '', ''];
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), bytes]);
}

/** A body in chunks of chunked transfer coding (RFC 9112 §7.1). */
export function chunked(body: Buffer | string, size: number): Buffer {
  const bytes = Buffer.from(body as Buffer);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
}

/** A request whose body is in chunks. */
export const chunkedRequest = (body: Buffer | string, size: number, type = XML_TYPE) =>
  request(chunked(body, size), {
    bare: true,
    headers: ['Host: 127.0.0.1', `Content-Type: ${type}`, 'Transfer-Encoding: chunked'],
  });
