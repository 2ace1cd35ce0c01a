import net from 'node:net';
import { addAbortSignal } from 'node:stream';
import tls from 'node:tls';

/** Where a simulated device was told to push. */
export interface PushTarget {
  readonly host: string;
  readonly port: number;
  /** Path with its leading slash; some devices write it as it was typed, without one. */
  readonly path: string;
  readonly tls?: boolean;
  /** Local address to send from: each simulated device can have its own in 127.0.0.0/8. */
  readonly localAddress?: string;
  /** Cuts the connection off. */
  readonly signal?: AbortSignal;
}

/** One part of a multipart push. */
export interface PushPart {
  readonly name?: string;
  readonly filename?: string;
  readonly contentType?: string;
  readonly contentId?: string;
  readonly bytes: Buffer | string;
  /** Content-Length of the part; left out as some firmwares do. */
  readonly noLength?: boolean;
}

const BOUNDARY = 'boundary';

/** The bytes of a multipart body; the guide's layout, with the line end the device uses (isapi.md §1.4-§1.6, §3.2). */
export function multipartBody(
  parts: readonly PushPart[],
  lineEnd: '\r\n' | '\n' = '\r\n',
  boundary = BOUNDARY,
): Buffer {
  const chunks = parts.flatMap((part) => {
    const bytes = Buffer.from(part.bytes);
    const disposition = [
      'Content-Disposition: form-data',
      ...(part.name === undefined ? [] : [`name="${part.name}"`]),
      ...(part.filename === undefined ? [] : [`filename="${part.filename}"`]),
    ].join('; ');
    const head = [
      `--${boundary}`,
      disposition,
      ...(part.contentType === undefined ? [] : [`Content-Type: ${part.contentType}`]),
      ...(part.noLength ? [] : [`Content-Length: ${bytes.length}`]),
      ...(part.contentId === undefined ? [] : [`Content-ID: ${part.contentId}`]),
      '',
      '',
    ].join(lineEnd);
    return [Buffer.from(head), bytes, Buffer.from(lineEnd)];
  });
  return Buffer.concat([...chunks, Buffer.from(`--${boundary}--${lineEnd}`)]);
}

/** The bytes of a whole request as a device writes them: one connection for each event (seed 003 §1). */
export function pushRequest(target: PushTarget, contentType: string, body: Buffer): Buffer {
  const head = [
    `POST ${target.path} HTTP/1.1`,
    `Host: ${target.host}:${target.port}`,
    'Accept: text/html, application/xhtml+xml',
    `Content-Type: ${contentType}`,
    `Content-Length: ${body.length}`,
    'Connection: close',
    '',
    '',
  ].join('\r\n');
  return Buffer.concat([Buffer.from(head), body]);
}

export const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`;

/** The head of an answer and as much body as it says have arrived. */
export function isWholeAnswer(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /^Content-Length:\s*(\d+)/im.exec(answer.slice(0, end))?.[1];
  return length !== undefined && answer.length >= end + 4 + Number(length);
}

const CONTINUE = /^HTTP\/1\.1 100 .*?\r\n\r\n/s;

/**
 * Sends bytes over a connection of its own and gives back the whole answer.
 * @param isWhole for devices that do not leave it to the other side to close
 * @param onceAsked goes when the other side says `100 Continue`, which is not part of the answer
 * @throws the socket's error when the connection cannot be made or breaks
 */
export function send(
  target: PushTarget,
  bytes: Buffer,
  isWhole: (answer: string) => boolean = () => false,
  onceAsked?: Buffer,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const { host, port, localAddress } = target;
    const options = { host, port, ...(localAddress !== undefined && { localAddress }) };
    const socket = target.tls ? tls.connect({ ...options, rejectUnauthorized: false }) : net.connect(options);
    if (target.signal !== undefined) addAbortSignal(target.signal, socket);
    let answer = '';
    let waiting = onceAsked;
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      if (waiting !== undefined && CONTINUE.test(answer)) {
        answer = answer.replace(CONTINUE, '');
        socket.write(waiting);
        waiting = undefined;
      }
      if (isWhole(answer)) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
    socket.setTimeout(15_000, () => socket.destroy(new Error('no answer within 15 s')));
    socket.write(bytes);
  });
}
