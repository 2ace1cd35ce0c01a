import type { PushTarget } from '../http-push.js';
import type { Moment } from './moments.js';

/** Where the sign of life goes, whatever path the recorder was told (raysharp-vstarcam-others.md §1.6). */
export const KEEP_ALIVE_PATH = '/API/HttpListening/KeepLive';

/** A request as the vendor's documents print it: its first line and what follows it. */
export interface PushRequest {
  readonly method: 'POST' | 'GET';
  /** As it stands in the first line; blanks stay blanks, and it may lack its leading slash. */
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

const hostOf = ({ host, port }: PushTarget) => `Host: ${host.includes(':') ? `[${host}]` : host}:${port}`;
const COMMON = ['Accept: */*', 'Content-Type: application/json;charset=UTF-8'];

/** A document to the path the recorder was told, which it writes as it was typed. */
export const postRequest = (target: PushTarget, body: Buffer): PushRequest => ({
  method: 'POST',
  path: target.path,
  headers: [hostOf(target), ...COMMON, `Content-Length: ${body.length}`],
  body,
});

/** An alarm in the query. */
export const getRequest = (target: PushTarget, query: string): PushRequest => ({
  method: 'GET',
  path: `${target.path}?${query}`,
  headers: [hostOf(target), ...COMMON],
  body: Buffer.alloc(0),
});

/** The sign of life: 30 bytes (raysharp-vstarcam-unknowns.md R2). */
export const keepAliveRequest = (target: PushTarget, { at }: Moment): PushRequest => {
  const time = String(Math.floor(at.getTime() / 1000));
  return postRequest({ ...target, path: KEEP_ALIVE_PATH }, Buffer.from(JSON.stringify({ data: { time } })));
};

/** The lines of 2017: an absolute target, and a host without its port (raysharp-vstarcam-others.md §1.10). */
export const requestOf2017 = (target: PushTarget, body: Buffer, { at }: Moment): PushRequest => ({
  method: 'POST',
  path: `http://${target.host}:${target.port}${target.path}`,
  headers: [
    `Host: ${target.host}`,
    `DATE: ${at.toUTCString()}`,
    'Content-Type: text/html; charset=utf-8',
    `Content-Length: ${body.length}`,
  ],
  body,
});

/** The JSON of 2019. */
export const requestOf2019 = (target: PushTarget, body: Buffer): PushRequest => ({
  method: 'POST',
  path: target.path,
  headers: [
    `Host: ${target.host}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ],
  body,
});

/** @param authorization value of a header that no sample shows */
export function requestBytes(request: PushRequest, authorization?: string): Buffer {
  const { method, path, headers, body } = request;
  const login = authorization === undefined ? [] : [`Authorization: ${authorization}`];
  const head = [`${method} ${path} HTTP/1.1`, ...headers, ...login, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head), body]);
}
