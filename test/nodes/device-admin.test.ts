import assert from 'node:assert/strict';
import http from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { NodeAPI } from 'node-red';
import helper from 'node-red-node-test-helper';
import registerListener from '../../nodes/alarm-listener.js';
import registerAlertStream from '../../nodes/alertstream.js';
import registerAlarmIn from '../../nodes/isapi-alarm-in.js';
import registerDevice from '../../nodes/isapi-device.js';
import registerSnapshot from '../../nodes/isapi-snapshot.js';
import { type DeviceAdminTools, registerDeviceAdmin } from '../../nodes/lib/device-admin.js';
import { LoginPauses, type SadpDevice } from '../../src/index.js';
import { type Answer, type FakeDevice, LOGIN, startFakeDevice } from '../support/fake-device.js';
import { type FlowNode, ROOT } from '../support/node-red.js';

const RUNTIME = require.resolve('node-red', {
  paths: [path.join(process.env['NODE_RED_DIR'] ?? ROOT, 'node_modules')],
});

/** Node-RED's own check of who may do what. */
interface Auth {
  init(settings: object, storage: object): void;
  needsPermission: NodeAPI['auth']['needsPermission'];
}
const auth = createRequire(RUNTIME)('@node-red/editor-api/lib/auth') as Auth;

const INFO =
  '<DeviceInfo><deviceName>Gate</deviceName><model>DS-2CD2155FWD-I</model><serialNumber>0123</serialNumber></DeviceInfo>';
const TIME = '<Time><localTime>2026-11-22T08:00:00Z</localTime></Time>';
const camera: Answer = (path) => ({ body: path.endsWith('deviceInfo') ? INFO : TIME });

/** What an admin route answered. */
interface Answered {
  readonly status: number;
  readonly text: string;
  readonly ok?: boolean;
  readonly code?: string;
  readonly message?: string;
  readonly detail?: string;
  readonly info?: { readonly model?: string; readonly clockSkew?: number };
  readonly devices?: readonly SadpDevice[];
}

interface Admin {
  readonly RED: NodeAPI;
  readonly post: (route: string, body: unknown, headers?: Record<string, string>) => Promise<Answered>;
  readonly test: (form: object) => Promise<Answered>;
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function startAdmin(
  flow: readonly FlowNode[] = [],
  credentials: Record<string, Record<string, string>> = {},
  tools?: Partial<DeviceAdminTools>,
  adminAuth?: object,
): Promise<Admin> {
  helper.init(RUNTIME);
  await new Promise<void>((resolve) => helper.startServer(resolve));
  let RED = {} as NodeAPI;
  auth.init(adminAuth === undefined ? {} : { adminAuth }, { getSessions: () => Promise.resolve({}) });
  const register = (api: NodeAPI) => {
    RED = Object.assign(api, { auth: { needsPermission: auth.needsPermission } });
    if (tools !== undefined) {
      const discover = () => Promise.resolve([]);
      const pauses = new LoginPauses();
      registerDeviceAdmin(RED, { discover, now: () => performance.now(), pauses, ...tools });
    }
    for (const each of [
      registerListener,
      registerDevice,
      registerAlarmIn,
      registerSnapshot,
      registerAlertStream,
    ])
      each(RED);
  };
  await helper.load([register], [{ id: 'tab1', type: 'tab', label: 'test' }, ...flow], credentials);
  const server = http.createServer(RED.httpAdmin).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  ends.push(async () => {
    server.closeAllConnections();
    server.close();
    auth.init({}, {});
    await helper.unload();
    await new Promise<void>((resolve) => helper.stopServer(resolve));
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/camera-alarms/isapi-device/`;
  const post: Admin['post'] = async (route, body, headers = {}) => {
    const response = await fetch(base + route, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { ...(isJson ? JSON.parse(text) : {}), status: response.status, text };
  };
  return { RED, post, test: (form) => post('test', form) };
}

async function startCamera(answer: Answer = camera): Promise<FakeDevice> {
  const device = await startFakeDevice(answer);
  ends.push(() => device.stop());
  return device;
}

/** A server that wants a login and writes down everything that comes. */
async function startCanary(status = 401, headers: Record<string, string> = {}) {
  const asked: { authorization: string | undefined; url: string | undefined }[] = [];
  const server = http.createServer(({ url, headers: { authorization } }, response) => {
    asked.push({ url, authorization });
    const challenge = { 'www-authenticate': 'Basic realm="x"' };
    response.writeHead(status, status === 401 ? challenge : headers).end();
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  ends.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

const node = (port: number, properties: object = {}): FlowNode => ({
  id: 'camera',
  type: 'isapi-device',
  protocol: 'http',
  host: '127.0.0.1',
  port: String(port),
  verifyTls: true,
  basic: false,
  ...properties,
});
/** A value that Node-RED takes from the environment when it deploys. */
const env = (name: string) => `\${${name}}`;
/** The dialog of that node as the editor sends it, with the password it does not know. */
const form = (port: number, changes: object = {}) => ({
  ...node(port),
  username: LOGIN.username,
  ...changes,
});

describe('the test of a device', () => {
  it('tells what the device is, with a password that was typed', async () => {
    const device = await startCamera();
    const { test } = await startAdmin();
    const { status, info, ok } = await test(form(device.port, { id: 'new', password: LOGIN.password }));
    assert.equal(status, 200);
    assert.equal(ok, true);
    const { clockSkew, ...rest } = info ?? {};
    assert.deepEqual(rest, { name: 'Gate', model: 'DS-2CD2155FWD-I', serial: '0123' });
    assert.equal(typeof clockSkew, 'number');
    assert.deepEqual(device.asked, ['/ISAPI/System/deviceInfo', '/ISAPI/System/time']);
  });

  it('uses the stored password for the device it was stored with, through its own client', async () => {
    const device = await startCamera();
    const { test, RED } = await startAdmin([node(device.port)], { camera: LOGIN });
    assert.equal((await test(form(device.port))).ok, true);
    await (RED.nodes.getNode('camera') as unknown as { client: { close(): Promise<void> } }).client.close();
    assert.equal((await test(form(device.port))).code, 'DEVICE_CLOSED');
    assert.equal(
      (await test(form(device.port, { port: device.port, host: ' 127.0.0.1 ' }))).code,
      'DEVICE_CLOSED',
    );
  });

  it('never uses it for another protocol, host, port or user, nor a way less safe, nor another node', async () => {
    const device = await startCamera();
    const canary = await startCanary();
    const other = { ...node(device.port), id: 'other', type: 'alarm-listener' };
    const { test } = await startAdmin([node(device.port), other], { camera: LOGIN, other: LOGIN });
    for (const changes of [
      { port: String(canary.port) },
      { port: canary.port },
      { host: 'localhost' },
      { host: '127.0.0.2' },
      { host: '127.0.0.1.', port: String(canary.port) },
      { protocol: 'https' },
      { protocol: 'https', port: String(canary.port), verifyTls: false },
      { username: 'admin' },
      { username: LOGIN.username.toUpperCase() },
      { basic: true },
      { id: 'other' },
      { id: 'nobody' },
      { id: 'tab1' },
      { id: '' },
      { id: undefined },
      { id: '__proto__' },
    ]) {
      const { code, status } = await test(form(device.port, changes));
      assert.equal(code, 'PASSWORD_NEEDED', inspect(changes));
      assert.equal(status, 200);
    }
    assert.deepEqual(canary.asked, []);
    assert.deepEqual(device.asked, []);
  });

  it('does not take a certificate unseen with the stored password', async () => {
    const { test } = await startAdmin([node(1, { protocol: 'https' })], { camera: LOGIN });
    const https = { protocol: 'https', verifyTls: false };
    assert.equal((await test(form(1, https))).code, 'PASSWORD_NEEDED');
    assert.equal((await test(form(1, { ...https, verifyTls: true }))).code, 'DEVICE_REFUSED');
    assert.equal((await test(form(1, { ...https, verifyTls: true, basic: true }))).code, 'DEVICE_REFUSED');
  });

  it('follows no device that sends it elsewhere', async () => {
    const canary = await startCanary();
    const elsewhere = { location: `http://127.0.0.1:${canary.port}/ISAPI/System/deviceInfo` };
    for (const status of [301, 302, 307, 308]) {
      const device = await startCanary(status, elsewhere);
      const { test } = await startAdmin([node(device.port)], { camera: LOGIN });
      assert.equal((await test(form(device.port))).code, 'DEVICE_REDIRECTS');
      for (const end of ends.splice(-1)) await end();
    }
    assert.deepEqual(canary.asked, []);
  });

  it('sends no password in the clear unless that was allowed', async () => {
    const canary = await startCanary();
    const { test } = await startAdmin([node(canary.port)], { camera: LOGIN });
    assert.equal((await test(form(canary.port))).code, 'DEVICE_LOGIN_PLAIN');
    assert.equal((await test(form(canary.port, { password: LOGIN.password }))).code, 'DEVICE_LOGIN_PLAIN');
    assert.equal(canary.asked.filter(({ authorization }) => authorization !== undefined).length, 0);
    const basic = { password: LOGIN.password, basic: true };
    assert.equal((await test(form(canary.port, basic))).code, 'DEVICE_LOGIN_REFUSED');
    assert.equal(canary.asked.filter(({ authorization }) => authorization !== undefined).length, 1);
  });

  it('needs no password without a user', async () => {
    const device = await startCanary(404);
    const { test } = await startAdmin();
    assert.equal((await test(form(device.port, { username: '' }))).code, 'DEVICE_NOT_ISAPI');
    assert.equal(device.asked.length, 1);
    assert.equal(device.asked[0]?.authorization, undefined);
  });

  it('tries a wrong login twice, however often the button is pressed', async () => {
    const canary = await startCanary();
    let now = 0;
    const { test } = await startAdmin([], {}, { now: () => now });
    const wrong = (password: string, changes = {}) =>
      test(form(canary.port, { password, basic: true, ...changes }));
    const logins = () => canary.asked.filter(({ authorization }) => authorization !== undefined).length;
    for (let press = 0; press < 20; press++) {
      const { code, detail } = await wrong('wrong');
      assert.equal(code, 'DEVICE_LOGIN_REFUSED');
      assert.match(
        detail ?? '',
        press < 10 ? /one fresh try after 500 ms, then none for 300 s/ : /not tried again for 300 s/,
      );
      if (press === 9) now = 1_000;
    }
    assert.equal(logins(), 2);
    // Another password is another login; the same one counts again after five minutes.
    await wrong('wrong too');
    assert.equal(logins(), 3);
    now = 300_999;
    await wrong('wrong', { host: '127.0.0.1' });
    assert.equal(logins(), 3);
    now = 301_000;
    await wrong('wrong');
    assert.equal(logins(), 4);
  });

  it('reads names of the environment only where they are deployed', async () => {
    const device = await startCamera();
    const environment = {
      CAM_HOST: '127.0.0.1',
      CAM_PORT: String(device.port),
      CAM_USER: LOGIN.username,
      CAM_PW: LOGIN.password,
    };
    Object.assign(process.env, environment);
    ends.push(async () => {
      for (const name of Object.keys(environment)) delete process.env[name];
    });
    const names = { host: env('CAM_HOST'), port: '$(CAM_PORT)', username: env('CAM_USER') };
    const { test } = await startAdmin([node(device.port, names)], {
      camera: { username: names.username, password: env('CAM_PW') },
    });
    assert.equal((await test(form(device.port, names))).ok, true);
    assert.equal((await test(form(device.port, { ...names, password: LOGIN.password }))).ok, true);
    for (const changes of [
      { ...names, host: env('CAM_PW') },
      { ...names, id: 'new', password: 'x' },
      { ...names, username: env('CAM_PW') },
      { ...names, password: env('CAM_PW') },
      { ...names, port: env('CAM_PORT') },
      { host: '$(CAM_HOST)', password: 'x' },
    ]) {
      const { code, text } = await test(form(device.port, changes));
      assert.equal(code, 'TEST_NOT_DEPLOYED', inspect(changes));
      assert.equal(text.includes(LOGIN.password), false);
    }
    // What they stand for is not found out by typing it.
    assert.equal((await test(form(device.port, { ...names, host: '127.0.0.1' }))).code, 'PASSWORD_NEEDED');
    assert.equal(
      (await test(form(device.port, { ...names, username: LOGIN.username }))).code,
      'PASSWORD_NEEDED',
    );
  });

  for (const [what, changes, code] of [
    ['no address', { host: '' }, 'DEVICE_MISSING'],
    ['a path', { host: '127.0.0.1/@evil' }, 'DEVICE_ADDRESS_INVALID'],
    ['a user in the address', { host: 'a@127.0.0.1' }, 'DEVICE_ADDRESS_INVALID'],
    ['line ends', { host: '127.0.0.1\r\nx: y' }, 'DEVICE_ADDRESS_INVALID'],
    ['port 0', { port: '0' }, 'DEVICE_ADDRESS_INVALID'],
    ['no port', { port: 'x' }, 'PORT_INVALID'],
    ['a port too high', { port: 65_536 }, 'PORT_INVALID'],
    ['an object', { host: { toString: 1 } }, 'TEST_INVALID'],
    ['a list', { username: ['a'] }, 'TEST_INVALID'],
    ['a number for a password', { password: 1 }, 'TEST_INVALID'],
    ['nothing for a password', { password: null }, 'TEST_INVALID'],
    ['a long address', { host: 'a'.repeat(256) }, 'TEST_INVALID'],
    ['a long password', { password: 'a'.repeat(256) }, 'TEST_INVALID'],
  ] as const) {
    it(`says what is wrong with ${what}`, async () => {
      const { test } = await startAdmin();
      assert.equal((await test(form(80, { password: 'x', ...changes }))).code, code);
    });
  }

  it('takes no form without end and none that is no form', async () => {
    const { post } = await startAdmin();
    assert.equal((await post('test', form(80, { junk: 'x'.repeat(8_192) }))).status, 413);
    for (const body of ['[]', '{}', '{"host":"127.0.0.1","__proto__":{"password":"x"}}']) {
      assert.equal((await post('test', body)).ok, false, body);
    }
    const { code } = await post('test', 'host=127.0.0.1&port=80', { 'content-type': 'text/plain' });
    assert.ok(code === 'DEVICE_MISSING' || code === 'TEST_INVALID', code);
  });

  it('tests one device once at a time, and four in all', async () => {
    const waiting: (() => void)[] = [];
    const came: (() => void)[] = [];
    const servers = await Promise.all(
      [1, 2, 3, 4, 5].map(async () => {
        const server = http.createServer((_, response) => {
          waiting.push(() => response.end(INFO));
          for (const each of came.splice(0)) each();
        });
        server.listen(0, '127.0.0.1');
        await new Promise((resolve) => server.once('listening', resolve));
        ends.push(async () => {
          server.closeAllConnections();
          server.close();
        });
        return (server.address() as AddressInfo).port;
      }),
    );
    const { test } = await startAdmin();
    const start = async (port: number) => {
      const arrived = new Promise<void>((resolve) => came.push(resolve));
      const answer = test(form(port, { username: '' }));
      await arrived;
      return { answer };
    };
    const [first, second, third, fourth, fifth] = servers as [number, number, number, number, number];
    const running = [await start(first)];
    assert.equal((await test(form(first, { username: '' }))).code, 'TESTS_TOO_MANY');
    assert.equal((await test(form(first, { username: '', protocol: 'https' }))).code, 'TESTS_TOO_MANY');
    for (const port of [second, third, fourth]) running.push(await start(port));
    assert.equal((await test(form(fifth, { username: '' }))).code, 'TESTS_TOO_MANY');
    const release = setInterval(() => {
      for (const each of waiting.splice(0)) each();
    }, 10);
    for (const { answer } of running) assert.equal((await answer).ok, true);
    assert.equal((await test(form(fifth, { username: '' }))).ok, true);
    clearInterval(release);
  });

  it('tells no secret: not in an answer and not in the log', async () => {
    const device = await startCamera();
    const off = await startCanary();
    const { test } = await startAdmin([node(device.port)], { camera: LOGIN });
    const said: string[] = [];
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = ((chunk: string) => said.push(String(chunk)) > 0) as typeof process.stdout.write;
    try {
      for (const changes of [
        {},
        { password: LOGIN.password },
        { password: LOGIN.password, port: off.port },
        { password: LOGIN.password, port: off.port, basic: true },
        { password: LOGIN.password, port: 1 },
        { password: LOGIN.password, host: `${LOGIN.password}.invalid` },
        { password: LOGIN.password, protocol: 'https' },
        { port: off.port },
      ]) {
        said.push((await test(form(device.port, changes))).text);
      }
    } finally {
      process.stdout.write = write;
    }
    const logged = inspect((helper as unknown as { log(): { args: unknown } }).log().args, { depth: 9 });
    const basic = Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64');
    for (const secret of [LOGIN.password, basic, 'Digest ', 'Basic realm'])
      assert.equal(`${said.join('\n')}${logged}`.includes(secret), false, secret);
  });

  it('passes the words of a device on as text without tricks', async () => {
    const hostile = '&lt;img src=x onerror=alert(1)&gt;\u202e$t(x) __y__';
    const { test } = await startAdmin();
    const device = await startCamera(() => ({ body: INFO.replace('Gate', hostile) }));
    const answer = await test(form(device.port, { password: LOGIN.password }));
    assert.equal((answer.info as { name?: string }).name, '<img src=x onerror=alert(1)> $t(x) __y__');
    const liar = await startCamera(() => ({
      status: 500,
      body: '{"statusCode":4,"subStatusCode":"<script>","statusString":"<b>"}',
    }));
    const { detail, text } = await test(form(liar.port, { password: LOGIN.password }));
    assert.equal(detail, '(status 500)');
    assert.equal(text.includes('<'), false);
  });
});

describe('looking for devices', () => {
  const found: SadpDevice = {
    mac: '00:00:5e:00:53:01',
    address: '192.0.2.7',
    model: '<b>x</b>',
    activated: false,
  };

  it('tells what was found, and searches once for all who ask at the same time', async () => {
    let searches = 0;
    let finish: (devices: SadpDevice[]) => void = () => {};
    const discover = () => {
      searches++;
      return new Promise<SadpDevice[]>((resolve) => (finish = resolve));
    };
    const { post } = await startAdmin([], {}, { discover });
    const asking = [1, 2, 3].map(() => post('discover', {}));
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(searches, 1);
    finish([found]);
    for (const answer of asking) assert.deepEqual((await answer).devices, [found]);
    const again = post('discover', {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    finish([]);
    assert.deepEqual((await again).devices, []);
    assert.equal(searches, 2);
  });

  it('says what went wrong, and may be asked again', async () => {
    let times = 0;
    const discover = () => (times++ === 0 ? Promise.reject(new Error('secret')) : Promise.resolve([found]));
    const { post } = await startAdmin([], {}, { discover });
    const { code, text } = await post('discover', {});
    assert.equal(code, 'INTERNAL');
    assert.equal(text.includes('secret'), false);
    assert.equal((await post('discover', {})).ok, true);
  });
});

describe('P39: who may not, may not', () => {
  const users: Record<string, string> = { reader: 'read', writer: '*', ours: 'camera-alarms.write' };
  const adminAuth = {
    type: 'credentials',
    users: [],
    tokens: (token: string) =>
      Promise.resolve(token in users ? { username: token, permissions: users[token] } : null),
  };

  it('every admin route of this package wants a permission', async () => {
    const { RED } = await startAdmin([], {}, undefined, adminAuth);
    interface Layer {
      readonly route?: { readonly path: string; readonly methods: Record<string, boolean> };
    }
    const app = RED.httpAdmin as unknown as Record<'_router' | 'router', { stack: Layer[] } | undefined>;
    const routes = (app._router ?? app.router)?.stack.flatMap(({ route }) => route ?? []) ?? [];
    const ours = routes.filter(({ path }) => path.startsWith('/camera-alarms/'));
    assert.ok(ours.length >= 3, `${ours.length} routes`);
    const server = http.createServer(RED.httpAdmin).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    ends.push(async () => void server.close());
    const { port } = server.address() as AddressInfo;
    for (const { path, methods } of ours) {
      for (const method of Object.keys(methods)) {
        for (const authorization of ['', 'Bearer nobody']) {
          const response = await fetch(`http://127.0.0.1:${port}${path}`, {
            method: method.toUpperCase(),
            headers: authorization === '' ? {} : { authorization },
          });
          assert.equal(response.status, 401, `${method} ${path}`);
        }
      }
    }
  });

  it('who may only read, may neither test nor search', async () => {
    let searches = 0;
    const discover = () => {
      searches++;
      return Promise.resolve([]);
    };
    const device = await startCamera();
    const { post } = await startAdmin([node(device.port)], { camera: LOGIN }, { discover }, adminAuth);
    const as = (user: string): Record<string, string> =>
      user === '' ? {} : { authorization: `Bearer ${user}` };
    for (const route of ['test', 'discover']) {
      for (const user of ['reader', 'nobody', ''])
        assert.equal((await post(route, form(device.port), as(user))).status, 401, `${user} ${route}`);
    }
    assert.equal(searches, 0);
    assert.deepEqual(device.asked, []);
    for (const user of ['writer', 'ours']) {
      assert.equal((await post('test', form(device.port), as(user))).ok, true, user);
      assert.equal((await post('discover', {}, as(user))).ok, true, user);
    }
  });
});
