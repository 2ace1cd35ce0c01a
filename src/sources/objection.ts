import type { IncomingMessage } from 'node:http';
import type { AlarmErrorCode } from '../errors.js';
import type { Limits } from '../limits.js';
import type { Vendor } from '../notification.js';
import type { Refusal } from './refusal.js';

/** A refusal with what the flow is told about it. */
export interface Objection extends Refusal {
  readonly event: 'denied' | 'overload';
  readonly code: AlarmErrorCode;
}

export const TOO_LARGE: Objection = { status: 413, event: 'overload', code: 'BODY_TOO_LARGE' };
export const TOO_MUCH: Objection = { status: 503, event: 'overload', code: 'MEMORY_FULL' };
export const WRONG_PATH: Objection = { status: 404, event: 'denied', code: 'PATH_UNKNOWN' };
export const NO_KEEPALIVE: Objection = { status: 404, event: 'denied', code: 'KEEPALIVE_UNKNOWN' };
export const HEAD_TOO_LARGE: Objection = { status: 431, event: 'denied', code: 'HEAD_TOO_LARGE' };
const WRONG_METHOD: Objection = { status: 405, event: 'denied', code: 'METHOD_WRONG' };
const COMPRESSED: Objection = { status: 415, event: 'denied', code: 'ENCODING_REFUSED' };

/**
 * Why a request that may come in is still not taken, from its head alone (reliability.md §6).
 * @param keepAlive whether it came to the path for signs of life
 */
export function objectionTo(
  request: IncomingMessage,
  vendor: Vendor,
  keepAlive: boolean,
  limits: Limits,
): Objection | undefined {
  const asks =
    request.method === 'GET' && (keepAlive || (vendor.takesQuery === true && queryOf(request) !== ''));
  if (request.method !== 'POST' && !asks) return WRONG_METHOD;
  const content = request.headers['content-encoding'] ?? 'identity';
  const transfer = request.headers['transfer-encoding'] ?? 'chunked';
  if (content.toLowerCase() !== 'identity' || transfer.toLowerCase() !== 'chunked') return COMPRESSED;
  const most = mostBytes(keepAlive, limits);
  return Number(request.headers['content-length'] ?? 0) > most ? TOO_LARGE : undefined;
}

/** Each line is a name and a value. */
export const hasTooManyLines = ({ rawHeaders }: IncomingMessage, { requestHeadLines }: Limits) =>
  rawHeaders.length > 2 * requestHeadLines;

/** Of a body. Signs of life need neither secret nor login, and hold a small document at most. */
export const mostBytes = (keepAlive: boolean, { bodyBytes, documentBytes }: Limits) =>
  keepAlive ? documentBytes : bodyBytes;

/** What stands behind the `?` of the request target; empty for nothing. */
export function queryOf({ url = '' }: IncomingMessage): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}
