import type { PushTarget } from '../http-push.js';
import { chunkOf } from '../stream-bytes.js';

/** A body all at once with its length, in chunks, or only when it was asked for (raysharp-vstarcam-unknowns.md V5). */
export type Transfer = 'length' | 'chunked' | 'expect';

/** Bytes of a request: what goes at once, and what waits for `100 Continue` (RFC 9110 §10.1.1). */
export interface RequestBytes {
  readonly first: Buffer;
  readonly onceAsked?: Buffer;
}

/** Bytes in a chunk; curl reads a form in pieces of up to 64 KB. */
const CHUNK = 16_384;

export function requestBytes(
  target: PushTarget,
  contentType: string,
  body: Buffer,
  transfer: Transfer,
): RequestBytes {
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  const head = Buffer.from(
    [
      `POST ${target.path} HTTP/1.1`,
      `Host: ${host}:${target.port}`,
      'Accept: */*',
      transfer === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`,
      `Content-Type: ${contentType}`,
      ...(transfer === 'expect' ? ['Expect: 100-continue'] : []),
      '',
      '',
    ].join('\r\n'),
  );
  if (transfer === 'expect') return { first: head, onceAsked: body };
  return { first: Buffer.concat([head, transfer === 'chunked' ? inChunks(body) : body]) };
}

function inChunks(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += CHUNK) chunks.push(chunkOf(body.subarray(at, at + CHUNK)));
  return Buffer.concat([...chunks, chunkOf(Buffer.alloc(0))]);
}
