import assert from 'node:assert/strict';
import type { Alarm } from '../../src/event.js';
import {
  answer,
  challenge,
  clientOf,
  isRight,
  LOGIN,
  refusal,
  startDevice,
} from '../device/scripted-device.js';
import { promise, type Trial } from './support/promise.js';

const OK = answer('200 OK', 'fine');
const STATUSES = [
  '301 Moved Permanently',
  '302 Found',
  '303 See Other',
  '307 Temporary Redirect',
  '308 Permanent Redirect',
];

/** Where a redirect or an event may want to lead us: the canary, in all ways to write it. */
const placesOf = (canary: number) => [
  `http://127.0.0.1:${canary}/x`,
  `//127.0.0.1:${canary}/x`,
  `http://admin:x@127.0.0.1:${canary}/x`,
  `https://127.0.0.1:${canary}/x`,
  `http://localhost:${canary}/x`,
  `http://[::ffff:127.0.0.1]:${canary}/x`,
  `HTTP://127.1:${canary}/`,
];

/** Paths by which others were led elsewhere. */
const pathsOf = (canary: number, device: number) => [
  `http://127.0.0.1:${canary}/`,
  `https://127.0.0.1:${canary}/`,
  `HTTP://127.0.0.1:${canary}/`,
  `//127.0.0.1:${canary}/`,
  `///127.0.0.1:${canary}/`,
  `/\\127.0.0.1:${canary}/`,
  `\\\\127.0.0.1:${canary}\\`,
  `@127.0.0.1:${canary}/`,
  `:@127.0.0.1:${canary}/`,
  `:${canary}/`,
  `/@127.0.0.1:${canary}`,
  `.127.0.0.1:${canary}/`,
  `?@127.0.0.1:${canary}/`,
  `#@127.0.0.1:${canary}/`,
  `/..//127.0.0.1:${canary}/`,
  `/../../http://127.0.0.1:${canary}/`,
  `/%2e%2e//127.0.0.1:${canary}/`,
  `/%2F%2F127.0.0.1:${canary}/`,
  `/ISAPI/..;/127.0.0.1:${canary}`,
  `/x?url=http://127.0.0.1:${canary}/`,
  `/x#@127.0.0.1:${canary}/`,
  `/x HTTP/1.1\r\nHost: 127.0.0.1:${canary}\r\n\r\n`,
  `/x\r\nHost: 127.0.0.1:${canary}`,
  `/x\nHost: 127.0.0.1:${canary}`,
  `/x\rHost: 127.0.0.1:${canary}`,
  `/x\tHTTP/1.1`,
  `/x\0@127.0.0.1:${canary}/`,
  ` //127.0.0.1:${canary}/`,
  `\t//127.0.0.1:${canary}/`,
  `/ //127.0.0.1:${canary}/`,
  `ftp://127.0.0.1:${canary}/`,
  `file:///etc/passwd`,
  `data:text/plain,x`,
  `javascript:x`,
  `http:127.0.0.1:${canary}/`,
  `http:/127.0.0.1:${canary}/`,
  `http://127.0.0.1:${device}@127.0.0.1:${canary}/`,
  `//127.0.0.1:${device}@127.0.0.1:${canary}/`,
  `/\u2028//127.0.0.1:${canary}/`,
  `/\uff0f\uff0f127.0.0.1:${canary}/`,
  `*`,
  ``,
];

const hostsOf = (canary: number) => [
  `127.0.0.1:${canary}/`,
  `x@127.0.0.1:${canary}/?`,
  `127.0.0.1:${canary}#`,
  `127.0.0.1:${canary}\\`,
  `http://127.0.0.1:${canary}/?`,
];

async function pathsStay({ build, t }: Trial, canary: number): Promise<string> {
  const device = await startDevice(t, (asked) => (isRight(asked) ? OK : refusal([challenge('n')])));
  const { client } = clientOf(t, device.port, {}, {}, build);
  const paths = pathsOf(canary, device.port);
  const sent: string[] = [];
  for (const path of paths) {
    await client.request({ path }).then(
      () => sent.push(path),
      (error) => assert.equal((error as { code?: unknown }).code, 'DEVICE_PATH_INVALID', path),
    );
  }
  const targets = new Set(device.asked.map(({ target }) => target));
  assert.deepEqual([...targets], sent, 'the device was asked for something else');
  for (const { headers, target } of device.asked)
    assert.equal(headers.get('host'), `127.0.0.1:${device.port}`, target);
  const { DeviceClient } = build.load<typeof import('../../src/device/device-client.js')>(
    'src/device/device-client.js',
  );
  const usual = { protocol: 'http', port: device.port, verifyTls: true, ...LOGIN } as const;
  for (const host of hostsOf(canary))
    assert.throws(() => new DeviceClient({ ...usual, host }), { code: 'DEVICE_ADDRESS_INVALID' }, host);
  return `${paths.length} hostile paths (${sent.length} asked of the device itself, the others refused), ${hostsOf(canary).length} hostile hosts`;
}

async function redirectsStay({ build, t }: Trial, canary: number): Promise<string> {
  let count = 0;
  for (const status of STATUSES) {
    for (const place of placesOf(canary)) {
      const { port, asked } = await startDevice(t, (request) =>
        isRight(request)
          ? answer(status, '', `Location: ${place}`, `Content-Location: ${place}`, `Refresh: 0; url=${place}`)
          : answer(
              '401 Unauthorized',
              '',
              `WWW-Authenticate: ${challenge('n', `, domain="${place}"`)}`,
              `Location: ${place}`,
            ),
      );
      const { client } = clientOf(t, port, {}, {}, build);
      const sent = await client.request({ path: '/x', method: 'PUT', body: '<password>x</password>' });
      assert.equal(sent.status, Number(status.slice(0, 3)), `${status} to ${place}`);
      assert.equal(asked.length, 2, `${status} to ${place}`);
      count++;
    }
  }
  return `${count} redirects`;
}

/** An event may name the address of a picture: what is asked is the device, whatever that says. */
async function picturesStay({ build, t }: Trial, canary: number): Promise<string> {
  const { PictureFetch } = build.load<typeof import('../../src/routing/picture-fetch.js')>(
    'src/routing/picture-fetch.js',
  );
  const device = await startDevice(t, (asked) => (isRight(asked) ? OK : refusal([challenge('n')])));
  const { client } = clientOf(t, device.port, {}, {}, build);
  const holder = {
    host: '127.0.0.1',
    ask: async (path: string, signal: AbortSignal) => (await client.request({ path, signal })).body,
  };
  const places = [...placesOf(canary), 'http://192.0.2.66/x', 'http://127.0.0.1.example/x'];
  for (const url of places) {
    await new Promise<void>((resolve) => {
      const next = { alarm: () => resolve(), sign: () => undefined };
      const event = { id: 'a', device: { id: 'x' }, pictureUrls: [{ url, role: 'scene' }] };
      new PictureFetch(holder, next, () => undefined).alarm({ event, attachments: [] } as unknown as Alarm);
    });
  }
  const own = places.filter((url) =>
    /^http:\/\/(?:admin:x@)?127\.0\.0\.1:|^https:\/\/127|^HTTP:\/\/127\.1:/.test(url),
  );
  const asked = device.logins().map(({ target }) => target);
  assert.equal(asked.length, own.length, `asked for ${asked.join(', ')}`);
  return `${places.length} picture addresses`;
}

promise(
  'P34',
  'the client talks to the configured device only',
  async (trial) => {
    const canary = await startDevice(trial.t, () => OK);
    const done = [
      await pathsStay(trial, canary.port),
      await redirectsStay(trial, canary.port),
      await picturesStay(trial, canary.port),
    ];
    assert.equal(canary.asked.length, 0, 'the canary was asked');
    assert.equal(canary.sockets.size, 0, 'the canary was connected to');
    trial.figure(`${done.join(', ')}: 0 connections to the canary`);
  },
  [
    {
      what: 'follows redirects',
      file: 'src/device/device-connections.js',
      from: 'return this.#strict;',
      to: `const { getGlobalDispatcher, interceptors } = require('undici');
        const agent = getGlobalDispatcher().compose(interceptors.redirect({ maxRedirections: 3 }));
        const dispatch = (options, handler) => agent.dispatch({ ...options, origin: this.#origin }, handler);
        return { dispatch, destroy: () => this.#strict.destroy() };`,
    },
    {
      what: 'takes any host',
      file: 'src/device/device-connections.js',
      from: '!valid || !URL.canParse(origin)',
      to: '!URL.canParse(origin)',
    },
    {
      what: 'takes any path',
      file: 'src/device/device-client.js',
      from: '!/^\\/[\\x21-\\x7e]*$/.test(request.path)',
      to: 'false',
    },
    {
      what: 'asks for pictures of others',
      file: 'src/routing/picture-fetch.js',
      from: "own.includes(hostname.replace(/^\\[|\\]$/g, ''))",
      to: 'own',
    },
  ],
);
