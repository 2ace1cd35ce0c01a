import { createHash } from 'node:crypto';
import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import tls from 'node:tls';
import {
  DeviceClient,
  type DeviceClientOptions,
  type DeviceSettings,
} from '../../src/device/device-client.js';
import type { Build } from '../promises/support/promise.js';
import { DEVICE_LOGIN } from '../support/secrets.js';

/** A request as a device sees it. */
export interface Asked {
  readonly method: string;
  readonly target: string;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly authorization: string | undefined;
  /** Number of the connection it came over, from 1. */
  readonly connection: number;
  readonly socket: Socket;
}

/** What a device sends back: bytes as they are, or nothing because the script writes by itself. */
export type Script = (asked: Asked, count: number) => string | undefined | Promise<string | undefined>;

/** A device of which a test decides every byte. */
export interface ScriptedDevice {
  readonly port: number;
  readonly asked: Asked[];
  /** Open connections. */
  readonly sockets: Set<Socket>;
  /** Requests that came with a login. */
  readonly logins: () => Asked[];
  /** Resolves when so many requests have come. */
  readonly came: (requests: number) => Promise<void>;
}

export async function startDevice(
  t: TestContext,
  script: Script,
  certificate?: { readonly key: string; readonly cert: string },
): Promise<ScriptedDevice> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  const waiting: { requests: number; resolve: () => void }[] = [];
  let connections = 0;
  const serve = (socket: Socket) => {
    const connection = ++connections;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let received = Buffer.alloc(0);
    socket.on('data', async (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let request = take(); request !== undefined; request = take()) {
        asked.push({ ...request, connection, socket });
        for (const wait of waiting) if (asked.length >= wait.requests) wait.resolve();
        const answer = await script(asked.at(-1) as Asked, asked.length);
        if (answer !== undefined && !socket.destroyed) socket.write(answer, 'latin1');
      }
    });
    const take = () => {
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return undefined;
      const [first = '', ...lines] = received.toString('latin1', 0, end).split('\r\n');
      const headers = new Map(lines.map((line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', after(line)]));
      const length = Number(headers.get('content-length') ?? 0);
      if (received.length < end + 4 + length) return undefined;
      const body = received.toString('utf8', end + 4, end + 4 + length);
      received = received.subarray(end + 4 + length);
      const [method = '', target = ''] = first.split(' ');
      return { method, target, headers, body, authorization: headers.get('authorization') };
    };
  };
  const server = certificate ? tls.createServer(certificate, serve) : net.createServer(serve);
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    sockets,
    logins: () => asked.filter(({ authorization }) => authorization !== undefined),
    came: (requests) =>
      asked.length >= requests
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ requests, resolve })),
  };
}

const after = (line: string) => line.slice(line.indexOf(':') + 1).trim();

export const LOGIN = { username: 'admin', password: DEVICE_LOGIN.password };

/**
 * A client of it, with a clock that stands still until the test moves it.
 * @param build where its class is from; our own unless given
 */
export function clientOf(
  t: TestContext,
  port: number,
  settings: Partial<DeviceSettings> = {},
  options: DeviceClientOptions = {},
  build?: Build,
): { client: DeviceClient; clock: { now: number } } {
  const clock = { now: 1_000 };
  const classes = build?.load<typeof import('../../src/device/device-client.js')>(
    'src/device/device-client.js',
  );
  const client = new (classes?.DeviceClient ?? DeviceClient)(
    { protocol: 'http', host: '127.0.0.1', port, verifyTls: true, ...LOGIN, ...settings },
    { now: () => clock.now, ...options },
  );
  t.after(() => client.close());
  return { client, clock };
}

/** An answer with a body and its length. */
export function answer(status: string, body = '', ...headers: string[]): string {
  const lines = [`HTTP/1.1 ${status}`, `Content-Length: ${Buffer.byteLength(body, 'latin1')}`, ...headers];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** The 401 of a device, with its challenges. */
export const refusal = (challenges: readonly string[], body = '<html/>') =>
  answer('401 Unauthorized', body, ...challenges.map((challenge) => `WWW-Authenticate: ${challenge}`));

/** A challenge as most cameras send it. */
export const challenge = (nonce: string, more = '') =>
  `Digest qop="auth", realm="IP Camera(83813)", nonce="${nonce}"${more}, stale="FALSE"`;

/** The fields of a Digest login; empty for another. Read by a reader of its own. */
export function fieldsOf(authorization: string | undefined): Record<string, string> {
  const fields: Record<string, string> = {};
  if (!authorization?.startsWith('Digest ')) return fields;
  for (const [, name = '', quoted, bare] of authorization
    .slice(7)
    .matchAll(/(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^",\s]+))/g)) {
    fields[name] = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
  }
  return fields;
}

/** Whether a login is the right one, as a device finds out: RFC 7616 §3.4.1, written apart from what it judges. */
export function isRight({ authorization, method, target, body }: Asked, password = LOGIN.password): boolean {
  const field = fieldsOf(authorization);
  const algorithm = (field['algorithm'] ?? 'MD5').toUpperCase();
  const h = (...texts: (string | undefined)[]) =>
    createHash(algorithm.startsWith('SHA-256') ? 'sha256' : 'md5')
      .update(texts.join(':'))
      .digest('hex');
  const { nonce, cnonce, nc, qop, uri } = field;
  let secret = h(LOGIN.username, field['realm'], password);
  if (algorithm.endsWith('-SESS')) secret = h(secret, nonce, cnonce);
  const what = qop === 'auth-int' ? h(method, uri, h(body)) : h(method, uri);
  const expected = qop === undefined ? h(secret, nonce, what) : h(secret, nonce, nc, cnonce, qop, what);
  return field['response'] === expected && uri === target && field['username'] === LOGIN.username;
}
