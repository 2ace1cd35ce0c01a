import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DeviceAddress } from '../../src/device/device-connections.js';
import { DEVICE_LIMITS, type DeviceLimits } from '../../src/device/device-limits.js';
import { LoginPauses } from '../../src/device/login-pause.js';
import type { UserCheck } from '../../src/device/user-check.js';
import type { AlarmError } from '../../src/errors.js';

const GATE: DeviceAddress = { protocol: 'http', host: 'gate.example', port: 80, verifyTls: true };
const LOGIN = { username: 'node-red', password: 'wrong' };
const REFUSED: UserCheck = { locked: false, lockedSeconds: 0, triesLeft: 3 };

function pauses(limits: DeviceLimits = DEVICE_LIMITS) {
  const clock = { now: 0 };
  const all = new LoginPauses();
  const of = (address: Partial<DeviceAddress> = {}, login: Partial<typeof LOGIN> = {}) =>
    all.of({ ...GATE, ...address }, { ...LOGIN, ...login }, limits, () => clock.now);
  return { all, clock, of };
}

test('a refused login is known to whoever asks next for the same one, until its time is over', () => {
  const { clock, of } = pauses();
  const told = of().begin(REFUSED);
  assert.equal(told.code, 'DEVICE_LOGIN_REFUSED');
  clock.now = DEVICE_LIMITS.pauseMs - 1;
  const refused = (error: unknown) =>
    (error as AlarmError).code === 'DEVICE_LOGIN_REFUSED' &&
    /3 tries left, not tried again for 1 s/.test((error as AlarmError).message);
  assert.throws(() => of().check(), refused);
  assert.throws(() => of({ host: 'GATE.example' }).check(), refused);
  clock.now = DEVICE_LIMITS.pauseMs;
  of().check();
});

test('another password, user, port, protocol or host is another login', () => {
  const { all, of } = pauses();
  of().begin(REFUSED);
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
  for (const port of [1, 2, 3]) of({ port }).begin(REFUSED);
  of({ port: 1 }).check();
  for (const port of [2, 3]) assert.throws(() => of({ port }).check());
});
