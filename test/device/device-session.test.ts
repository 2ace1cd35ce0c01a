import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeviceSession } from '../../src/device/device-session.js';
import type { Incoming } from '../../src/device/exchange.js';
import { LoginPauses } from '../../src/device/login-pause.js';
import { DEVICE_LIMITS, LIMITS } from '../../src/limits.js';
import { challenge, fieldsOf, LOGIN } from './scripted-device.js';

/** A request that was sent and waits for what the test answers. */
interface Sent {
  readonly name: string;
  readonly nonce: string | undefined;
  readonly nc: string | undefined;
  readonly answer: (status: number, ...challenges: string[]) => Promise<void>;
}

/** Runs everything that is ready to run. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A session without a network: the test sees what is sent, and answers in any order. */
function session() {
  const clock = { now: 0 };
  const sent: Sent[] = [];
  let cnonce = 0;
  const now = () => clock.now;
  const address = { protocol: 'http', host: '192.0.2.7', port: 80, verifyTls: true } as const;
  const pause = new LoginPauses().of(address, LOGIN, DEVICE_LIMITS, now);
  const device = new DeviceSession(LOGIN, pause, DEVICE_LIMITS, LIMITS, now, () => `c${++cnonce}`);
  const outcomes = new Map<string, unknown>();
  const { signal } = new AbortController();
  const ask = async (name: string) => {
    const send = (authorization: string | undefined) =>
      new Promise<Incoming>((resolve) => {
        const { nonce, nc } = fieldsOf(authorization);
        const answer = (status: number, ...challenges: string[]) => {
          const body = Promise.resolve(Buffer.alloc(0));
          resolve({ status, headers: new Map(), challenges, body, discard: () => undefined });
          return settle();
        };
        sent.push({ name, nonce, nc, answer });
      });
    device.answered({ signed: { method: 'GET', path: '/', body: undefined }, send, signal }).then(
      ({ status }) => outcomes.set(name, status),
      (error: { code: unknown }) => outcomes.set(name, error.code),
    );
    await settle();
  };
  /** What was sent and not looked at yet. */
  const next = () => sent.splice(0);
  const told = (all: Sent[]) =>
    all.map(({ name, nonce, nc }) => `${name} ${nonce ?? '-'} ${Number(nc ?? 0)}`);
  const logIn = async () => {
    await ask('first');
    await next()[0]?.answer(401, challenge('n1'));
    await next()[0]?.answer(200);
  };
  return { clock, ask, next, told, logIn, outcomes };
}

test('while one logs in the others wait; then all go at once', async () => {
  const { ask, next, told } = session();
  for (const name of ['a', 'b', 'c']) await ask(name);
  const [first, ...others] = next();
  assert.equal(others.length, 0);
  await first?.answer(401, challenge('n1'));
  const [login] = next();
  assert.deepEqual(told([login as Sent]), ['a n1 1']);
  await login?.answer(200);
  assert.deepEqual(told(next()), ['b n1 2', 'c n1 3']);
});

test('a login refused once is used by nobody else', async () => {
  const { ask, next, told, logIn } = session();
  await logIn();
  await ask('a');
  await next()[0]?.answer(401, challenge('n2'));
  await ask('b');
  const [retry, ...others] = next();
  assert.deepEqual(told([retry as Sent]), ['a n2 1']);
  assert.deepEqual(others, []);
  await retry?.answer(200);
  assert.deepEqual(told(next()), ['b n2 2']);
});

test('of several refused at once each one takes a challenge that nobody else has, one after the other', async () => {
  const { ask, next, told, logIn, outcomes } = session();
  await logIn();
  for (const name of ['a', 'b']) await ask(name);
  const [a, b] = next();
  await a?.answer(401, challenge('na'));
  await b?.answer(401, challenge('nb'));
  const [retry, ...others] = next();
  assert.deepEqual([told([retry as Sent]), others], [['a na 1'], []]);
  await retry?.answer(200);
  // What b was offered may be too old by now.
  const [asks] = next();
  assert.deepEqual(told([asks as Sent]), ['b - 0']);
  await asks?.answer(401, challenge('nc'));
  const [second] = next();
  assert.deepEqual(told([second as Sent]), ['b nc 1']);
  await second?.answer(200);
  assert.deepEqual([...outcomes.values()], [200, 200, 200]);
});

test('of several refused at once only one finds out that the password is wrong', async () => {
  const { clock, ask, next, told, logIn, outcomes } = session();
  await logIn();
  for (const name of ['a', 'b', 'c']) await ask(name);
  const [a, b, c] = next();
  await a?.answer(401, challenge('na'));
  await b?.answer(401, challenge('nb'));
  await next()[0]?.answer(401, challenge('nx'));
  await c?.answer(200);
  await ask('d');
  assert.deepEqual(next(), []);
  assert.deepEqual(
    [...outcomes],
    [
      ['first', 200],
      ['a', 'DEVICE_LOGIN_REFUSED'],
      ['b', 'DEVICE_LOGIN_REFUSED'],
      ['c', 200],
      ['d', 'DEVICE_LOGIN_REFUSED'],
    ],
  );
  clock.now += DEVICE_LIMITS.pauseMs;
  await ask('e');
  assert.deepEqual(told(next()), ['e - 0']);
});

test('a login that was not used for a while is tried by one alone', async () => {
  const { clock, ask, next, told, logIn } = session();
  await logIn();
  clock.now += DEVICE_LIMITS.trustMs;
  for (const name of ['a', 'b']) await ask(name);
  const both = next();
  assert.deepEqual(told(both), ['a n1 2', 'b n1 3']);
  for (const { answer } of both) await answer(200);
  clock.now += DEVICE_LIMITS.trustMs + 1;
  for (const name of ['c', 'd']) await ask(name);
  const [alone, ...others] = next();
  assert.deepEqual([told([alone as Sent]), others], [['c n1 4'], []]);
  await alone?.answer(200);
  assert.deepEqual(told(next()), ['d n1 5']);
});

test('how often a nonce is taken is learnt from what was taken, not from the order of arrival', async () => {
  const { ask, next, told, logIn } = session();
  await logIn();
  for (const name of ['a', 'b', 'c']) await ask(name);
  const [a, b, c] = next();
  // b came second, the others are too many; nobody offers a challenge.
  await a?.answer(401);
  await b?.answer(200);
  await c?.answer(401);
  const nonces = ['na', 'nc'];
  for (const nonce of nonces) {
    await next()[0]?.answer(401, challenge(nonce));
    await next()[0]?.answer(200);
  }
  await ask('d');
  const [second] = next();
  assert.deepEqual(told([second as Sent]), ['d nc 2']);
  await second?.answer(200);
  await ask('e');
  assert.deepEqual(told(next()), ['e - 0']);
});

test('a nonce that is only too old teaches nothing about how often it may be used', async () => {
  const { ask, next, told, logIn } = session();
  await logIn();
  await ask('a');
  await next()[0]?.answer(401, challenge('n2'));
  await next()[0]?.answer(200);
  for (const count of [2, 3, 4]) {
    await ask('b');
    const [sent] = next();
    assert.deepEqual(told([sent as Sent]), [`b n2 ${count}`]);
    await sent?.answer(200);
  }
});
