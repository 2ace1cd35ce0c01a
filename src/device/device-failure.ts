import { AlarmError, type AlarmErrorCode } from '../errors.js';

/** Codes of Node.js and undici that say what is wrong better than "broken". */
const CODES: Readonly<Record<string, AlarmErrorCode>> = {
  ECONNREFUSED: 'DEVICE_REFUSED',
  EHOSTUNREACH: 'DEVICE_UNREACHABLE',
  EHOSTDOWN: 'DEVICE_UNREACHABLE',
  ENETUNREACH: 'DEVICE_UNREACHABLE',
  ENETDOWN: 'DEVICE_UNREACHABLE',
  EADDRNOTAVAIL: 'DEVICE_UNREACHABLE',
  ETIMEDOUT: 'DEVICE_UNREACHABLE',
  ENOTFOUND: 'DEVICE_NAME_UNKNOWN',
  EAI_AGAIN: 'DEVICE_NAME_UNKNOWN',
  EAI_FAIL: 'DEVICE_NAME_UNKNOWN',
  EAI_NODATA: 'DEVICE_NAME_UNKNOWN',
  ENODATA: 'DEVICE_NAME_UNKNOWN',
  EPROTO: 'DEVICE_TLS',
  UND_ERR_CONNECT_TIMEOUT: 'DEVICE_TIMEOUT',
  UND_ERR_HEADERS_TIMEOUT: 'DEVICE_TIMEOUT',
  UND_ERR_BODY_TIMEOUT: 'DEVICE_TIMEOUT',
  UND_ERR_DESTROYED: 'DEVICE_CLOSED',
  UND_ERR_CLOSED: 'DEVICE_CLOSED',
  UND_ERR_INVALID_ARG: 'INTERNAL',
};

/** What Node.js says of handshakes and of certificates (its X.509 codes begin like these). */
const TLS =
  /^(?:ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|CRL_|UNABLE_TO_|ERROR_IN_CERT|DEPTH_ZERO|SELF_SIGNED|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH)/;

/** A peer that hangs up in the handshake: no code of its own, see `onConnectEnd` in Node's `_tls_wrap.js`. */
const HANDSHAKE = /before secure TLS connection/;

/** Begin of a TLS record: an HTTPS port that was spoken to in plain HTTP. */
const TLS_ALERT = '\x15\x03';

/** What went wrong with a request, by name. The bytes of a device never come along. */
export function deviceFailure(error: unknown): AlarmError {
  if (error instanceof AlarmError) return error;
  const { code, message, data } = error as { code?: unknown; message?: unknown; data?: unknown };
  const name = String(code);
  const words = String(message);
  const plainToTls = typeof data === 'string' && data.startsWith(TLS_ALERT);
  const tls = plainToTls || TLS.test(name) || HANDSHAKE.test(words);
  const known = tls ? 'DEVICE_TLS' : Object.hasOwn(CODES, name) ? CODES[name] : undefined;
  return new AlarmError(known ?? 'DEVICE_ANSWER_BROKEN', undefined, { cause: withoutBytes(error) });
}

/**
 * Whether undici took what came for HTTP, but for a bad head: another reader may take it. Of a request that failed
 * before its head was there.
 */
export function isHeadRefused(error: unknown): boolean {
  if (!(error instanceof AlarmError) || !(error.cause instanceof Error)) return false;
  const { name, message } = error.cause;
  const { code } = error.cause as { code?: unknown };
  // What undici makes of a parser error behind a Content-Length.
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return true;
  return name === 'HTTPParserError' && !message.includes('(Expected HTTP/');
}

/**
 * A parser error carries the bytes it fell over, and a device may have sent our own request back, with the login in
 * it: what is told of it is its name and its words.
 */
function withoutBytes(error: unknown): unknown {
  if (!(error instanceof Error) || !('data' in error)) return error;
  const { code } = error as { code?: unknown };
  return Object.assign(new Error(error.message), { name: error.name, code });
}
