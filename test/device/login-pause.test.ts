import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceAddress } from '../../src/device/device-connections.js';
import { LoginPauses } from '../../src/device/login-pause.js';
import type { UserCheck } from '../../src/device/user-check.js';
import type { AlarmError } from '../../src/errors.js';
import { DEVICE_LIMITS, type DeviceLimits } from '../../src/limits.js';

const GATE: DeviceAddress = { protocol: 'http', host: 'gate.example', port: 80, verifyTls: true };
const LOGIN = { username: 'node-red', password: 'wrong' };
const REFUSED: UserCheck = { locked: false, lockedSeconds: 0, triesLeft: 3 };
const { freshTryMs, pauseMs } = DEVICE_LIMITS;

function pauses(limits: DeviceLimits = DEVICE_LIMITS) {
  const clock = { now: 0 };
  const all = new LoginPauses();
  const of = (address: Partial<DeviceAddress> = {}, login: Partial<typeof LOGIN> = {}) =>
    all.of({ ...GATE, ...address }, { ...LOGIN, ...login }, limits, () => clock.now);
  return { all, clock, of };
}

test('a refused login is known to whoever asks next for the same one, until its time is over', () => {
  const { clock, of } = pauses();
  const told = of().begin(REFUSED, true);
  assert.equal(told.code, 'DEVICE_LOGIN_REFUSED');
  clock.now = pauseMs - 1;
  const refused = (error: unknown) =>
    (error as AlarmError).code === 'DEVICE_LOGIN_REFUSED' &&
    /3 tries left, not tried again for 1 s/.test((error as AlarmError).message);
  assert.throws(() => of().check(), refused);
  assert.throws(() => of({ host: 'GATE.example' }).check(), refused);
  clock.now = pauseMs;
  of().check();
});

test('the first refusal allows one fresh try; the next one, and what was tried afresh already, none', () => {
  const { clock, of } = pauses();
  const open = (at: number) => {
    clock.now = at;
    try {
      of().check();
      return true;
    } catch {
      return false;
    }
  };
  of().begin(REFUSED, false);
  assert.deepEqual([open(freshTryMs - 1), open(freshTryMs)], [false, true]);
  of().begin(REFUSED, false);
  assert.deepEqual([open(freshTryMs + pauseMs - 1), open(freshTryMs + pauseMs)], [false, true]);
  // Hours later it is still the same wrong login.
  of().begin(REFUSED, false);
  assert.equal(open(clock.now + freshTryMs), false);
  of().end();
  of().begin(REFUSED, false);
  assert.equal(open(clock.now + freshTryMs), true);
});

for (const [what, check] of [
  ['two tries left', { ...REFUSED, triesLeft: 2 }],
  ['a locked account', { locked: true, lockedSeconds: 0, triesLeft: undefined }],
] as const) {
  test(`no fresh try is risked with ${what}`, () => {
    const { clock, of } = pauses();
    of().begin(check, false);
    clock.now = pauseMs - 1;
    assert.throws(() => of().check());
  });
}

test('another password, user, port, protocol or host is another login', () => {
  const { all, of } = pauses();
  of().begin(REFUSED, true);
  of({}, { password: 'right' }).check();
  of({}, { username: 'admin' }).check();
  of({ port: 81 }).check();
  of({ protocol: 'https' }).check();
  of({ host: 'yard.example' }).check();
  new LoginPauses().of(GATE, LOGIN, DEVICE_LIMITS, () => 0).check();
  assert.doesNotMatch(JSON.stringify(all), /wrong|node-red/);
});

test('only so many are remembered: of one more the oldest is forgotten', () => {
  const { of } = pauses({ ...DEVICE_LIMITS, pauses: 2 });
  for (const port of [1, 2, 3]) of({ port }).begin(REFUSED, true);
  of({ port: 1 }).check();
  for (const port of [2, 3]) assert.throws(() => of({ port }).check());
});
