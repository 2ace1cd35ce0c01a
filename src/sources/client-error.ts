import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { AlarmErrorCode } from '../errors.js';

/** What Node's parser found. */
export type ClientError = NodeJS.ErrnoException & { readonly rawPacket?: Buffer };

/** First byte of a TLS record that opens a connection (RFC 8446 §5.1). */
const TLS_HANDSHAKE = 0x16;

/** The peer broke off: nobody is there to answer. */
export const isBrokenOff = ({ code }: ClientError) =>
  code === 'ECONNRESET' || code === 'HPE_INVALID_EOF_STATE';

/** What to answer to bytes that are no request, and why that may be. */
export function diagnose(error: ClientError): [status: number, code: AlarmErrorCode] {
  switch (error.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'REQUEST_TOO_SLOW'];
    case 'HPE_HEADER_OVERFLOW':
      return [431, 'HEAD_TOO_LARGE'];
    case 'ERR_SSL_HTTP_REQUEST':
      return [400, 'HTTPS_EXPECTED'];
    default:
      return [400, error.rawPacket?.[0] === TLS_HANDSHAKE ? 'HTTP_EXPECTED' : 'REQUEST_MALFORMED'];
  }
}

/** Answers a peer that has no request to answer, and ends its connection. @param lingerMs for it to read that */
export function dismiss(socket: Socket, status: number, lingerMs: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
