import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import type { TestContext } from 'node:test';
import type { Behaviour } from '../../src/simulator/configurable/behaviour.js';
import { ConfigurableDevice, type ConfigurableOptions } from '../../src/simulator/configurable/device.js';
import { USUAL_RULES } from '../../src/simulator/login.js';

export interface Answered {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

/** One request over a connection of its own. */
function ask(
  port: number,
  method: string,
  path: string,
  body: Buffer | string | undefined,
  headers: http.OutgoingHttpHeaders,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', method, path, headers, agent: false, timeout: 3_000 };
    const request = http.request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: bytes,
          text: bytes.toString(),
        });
      });
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', reject);
    request.end(body);
  });
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** A simulated device for one test, and a plain client of it that answers one challenge. */
export async function deviceWith(
  t: TestContext,
  behaviour: Partial<Behaviour> = {},
  options: ConfigurableOptions = {},
) {
  const device = await ConfigurableDevice.start(behaviour, options);
  t.after(() => device.close().catch(() => undefined));
  const call = async (
    method: string,
    path: string,
    body?: Buffer | string,
    password = USUAL_RULES.password,
  ): Promise<Answered> => {
    const first = await ask(device.port, method, path, body, {});
    const challenge = /realm="(.*?)".*nonce="(.*?)"/.exec(first.headers['www-authenticate'] ?? '');
    if (first.status !== 401 || challenge === null) return first;
    const [, realm = '', nonce = ''] = challenge;
    const cnonce = randomBytes(8).toString('hex');
    const secret = md5(`${USUAL_RULES.username}:${realm}:${password}`);
    const response = md5(`${secret}:${nonce}:00000001:${cnonce}:auth:${md5(`${method}:${path}`)}`);
    const login = `Digest username="${USUAL_RULES.username}", realm="${realm}", nonce="${nonce}", uri="${path}", algorithm=MD5, response="${response}", qop=auth, nc=00000001, cnonce="${cnonce}"`;
    return ask(device.port, method, path, body, { Authorization: login });
  };
  return { device, call };
}

export const HOSTS = '/ISAPI/Event/notification/httpHosts';

/** `statusCode/subStatusCode` of a ResponseStatus, XML or JSON. */
export function statusOf({ text }: Answered): string {
  const field = (name: string) =>
    new RegExp(`<${name}>(.*?)<|"${name}":\\s*"?([^",]*)`).exec(text)?.slice(1).find(Boolean) ?? '';
  return `${field('statusCode')}/${field('subStatusCode')}`;
}
