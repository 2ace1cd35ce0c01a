import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { VstarcamCgi } from '../../src/device/vstarcam-cgi.js';
import { AlarmError } from '../../src/errors.js';
import type { CgiBehaviour } from '../../src/simulator/vstarcam/cgi-behaviour.js';
import { GET_PUSH, isDenied, SET_PUSH } from '../../src/vendors/vstarcam/push-config.js';
import { cameraWith, LOGIN } from '../configure/vstarcam-support.js';
import { answer, startDevice } from './scripted-device.js';

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    (error: unknown) => (error instanceof AlarmError ? error.code : error),
  );

const withClock =
  (behaviour: Partial<CgiBehaviour>) =>
  async (t: TestContext, login = LOGIN) => {
    const clock = { now: 1_000 };
    const started = await cameraWith(t, behaviour, {}, { now: () => clock.now, login });
    return { ...started, clock };
  };

test('it logs in as the camera asks, and keeps to what worked', async (t) => {
  for (const [login, kind, requests] of [
    ['none', 'none', 2],
    ['basic', 'basic', 3],
    ['query', 'query', 3],
    ['query, 401', 'query', 4],
  ] as const) {
    const { camera, cgi } = await withClock({ login })(t);
    assert.equal((await cgi.ask(GET_PUSH)).status, 200);
    assert.equal((await cgi.ask(GET_PUSH)).status, 200);
    assert.equal(cgi.login, kind);
    assert.equal(camera.requests.length, requests, login);
    const withPassword = camera.requests.filter((target) => target.includes('loginpas='));
    assert.equal(withPassword.length, kind === 'query' ? 2 : 0);
  }
});

test('a wrong password is sent twice at most, and then not for five minutes', async (t) => {
  for (const [login, wrong] of [
    ['basic', 2],
    ['query', 1],
    ['query, 401', 2],
  ] as const) {
    const { camera, cgi, clock } = await withClock({ login })(t, { ...LOGIN, password: 'another' });
    assert.equal(await codeOf(cgi.ask(GET_PUSH)), 'DEVICE_LOGIN_REFUSED');
    assert.equal(camera.refusals, wrong, login);
    clock.now += 299_000;
    const all = await Promise.all([1, 2, 3].map(() => codeOf(cgi.ask(GET_PUSH))));
    assert.deepEqual(all, Array(3).fill('DEVICE_LOGIN_REFUSED'));
    assert.equal(camera.refusals, wrong);
    clock.now += 2_000;
    await codeOf(cgi.ask(GET_PUSH));
    assert.ok(camera.refusals > wrong);
  }
});

test('requests at the same time try a wrong password no more often', async (t) => {
  const { camera, cgi } = await withClock({ login: 'query, 401' })(t, { ...LOGIN, password: 'another' });
  const all = await Promise.all([1, 2, 3, 4].map(() => codeOf(cgi.ask(GET_PUSH))));
  assert.deepEqual(all, Array(4).fill('DEVICE_LOGIN_REFUSED'));
  assert.equal(camera.refusals, 2);
});

test('a password that was changed in the camera is tried twice at most', async (t) => {
  for (const login of ['basic', 'query'] as const) {
    const { camera, cgi } = await withClock({ login })(t);
    await cgi.ask(GET_PUSH);
    // From now on it takes the other kind alone, as if the password were another one.
    camera.behaviour = { ...camera.behaviour, login: login === 'basic' ? 'query, 401' : 'basic' };
    assert.equal(await codeOf(cgi.ask(GET_PUSH)), 'DEVICE_LOGIN_REFUSED');
    assert.ok(camera.refusals <= 2, `${camera.refusals}`);
  }
});

test('without a user name none is sent', async (t) => {
  for (const login of ['basic', 'query'] as const) {
    const { camera, cgi } = await withClock({ login })(t, { username: '', password: '' });
    assert.equal(await codeOf(cgi.ask(GET_PUSH)), 'DEVICE_LOGIN_MISSING');
    assert.equal(camera.refusals, 0);
  }
});

test('a user who may not do this is told so, and may go on', async (t) => {
  const device = await startDevice(t, ({ target }) =>
    target.startsWith(SET_PUSH)
      ? answer('403 Forbidden')
      : answer('200 OK', target.includes('loginpas=') ? 'heartbeatTime=1;' : 'result="Auth Failed"'),
  );
  const at = { protocol: 'http', host: '127.0.0.1', port: device.port, verifyTls: true } as const;
  const cgi = new VstarcamCgi({ ...at, ...LOGIN }, isDenied);
  t.after(() => cgi.close());
  await cgi.ask(GET_PUSH);
  assert.equal(await codeOf(cgi.ask(SET_PUSH, 'heartbeatTime=1')), 'DEVICE_FORBIDDEN');
  assert.equal((await cgi.ask(GET_PUSH)).status, 200);
});

test('a camera that is slow, breaks off, sends too much or redirects does not get the password elsewhere', async (t) => {
  const big = `result=0;${' '.repeat(70_000)}`;
  const broken = 'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nvar result=';
  let reply: string | undefined = '';
  const device = await startDevice(t, ({ socket }) => {
    if (reply === broken) {
      socket.end(broken);
      return undefined;
    }
    return reply;
  });
  const at = { protocol: 'http', host: '127.0.0.1', port: device.port, verifyTls: true } as const;
  const cgi = new VstarcamCgi({ ...at, ...LOGIN }, isDenied, { limits: { headersTimeoutMs: 300 } });
  t.after(() => cgi.close());
  const errors: unknown[] = [];
  for (const [sent, code] of [
    [answer('200 OK', big), 'DEVICE_ANSWER_TOO_LARGE'],
    [broken, 'DEVICE_ANSWER_BROKEN'],
    [undefined, 'DEVICE_TIMEOUT'],
    ['nonsense\r\n\r\n', 'DEVICE_ANSWER_BROKEN'],
  ] as const) {
    reply = answer('200 OK', 'result="Auth Failed"');
    const asked = device.asked.length;
    const work = cgi.ask(GET_PUSH);
    await device.came(asked + 1);
    reply = sent;
    errors.push(await work.catch((error: unknown) => error));
    const { code: got } = errors.at(-1) as AlarmError;
    assert.equal(got, code);
  }
  assert.ok(device.asked.some(({ target }) => target.includes('loginpas=')));
  assert.doesNotMatch(inspect(errors, { depth: 12, showHidden: true }), /Canary/);
  reply = answer('302 Found', '', 'Location: http://192.0.2.99/');
  assert.equal((await cgi.ask(GET_PUSH)).status, 302);
});
