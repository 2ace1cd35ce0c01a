import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { LIMITS } from '../../src/limits.js';
import { Access } from '../../src/sources/access.js';
import { DEVICE_LOGIN } from './secrets.js';

export const LOGIN = DEVICE_LOGIN;

/** What a device answers to a path with its query. */
export type Answer = (path: string) => { readonly status?: number; readonly body: string | Buffer };

export interface FakeDevice {
  readonly port: number;
  /** Paths that were answered, in order; challenges do not count. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** A device on this machine that asks for a Digest login first, as cameras do. */
export async function startFakeDevice(answer: Answer): Promise<FakeDevice> {
  const settings = { secret: '', auth: 'digest', allow: '', ...LOGIN } as const;
  const access = new Access(settings, '127.0.0.1', LIMITS, Date.now);
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    request.resume();
    const { authorization } = headers;
    const verdict = access.check({ address: '127.0.0.1', method, url, authorization });
    if ('status' in verdict) {
      response.writeHead(verdict.status, { 'www-authenticate': [...(verdict.challenge ?? [])] }).end();
      return;
    }
    asked.push(url);
    const { status = 200, body } = answer(url);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A small JPEG with a text in it. */
export const jpeg = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from(text), Buffer.from([0xff, 0xd9])]);

/** The device's word for why not (isapi.md §11.1). */
export const responseStatus = (code: number, reason: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<ResponseStatus><requestURL/><statusCode>${code}</statusCode>` +
  `<statusString>Error</statusString><subStatusCode>${reason}</subStatusCode></ResponseStatus>`;
