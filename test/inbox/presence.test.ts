import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Device } from '../../src/event.js';
import { NEW_DEVICE, Presence } from '../../src/inbox/presence.js';
import { LIMITS, type Limits } from '../../src/limits.js';
import type { Patience } from '../../src/notification.js';
import { ManualClock } from '../support/manual-clock.js';

const MINUTE = 60_000;
const MAC = '00:00:5e:00:53:31';
const ADDRESS = '192.0.2.31';
const RECORDER: Device = { id: MAC, mac: MAC, address: ADDRESS };
const NAMELESS: Device = { id: ADDRESS, address: ADDRESS };

function watched(limits: Partial<Limits> = {}, patience: Patience = { offline: 1.5 }) {
  const clock = new ManualClock();
  const told: string[] = [];
  const presence = new Presence({ ...LIMITS, ...limits }, clock, patience, (device, event, reason) =>
    told.push(
      [
        event,
        device.id,
        ...(reason === undefined || reason === NEW_DEVICE ? [] : [reason.split(':')[0]]),
      ].join(' '),
    ),
  );
  return { clock, told, presence };
}

for (const minutes of [1, 5, 10]) {
  test(`a keep-alive every ${minutes} min is learned, and half an interval late is offline`, () => {
    const { clock, told, presence } = watched();
    presence.heard(RECORDER);
    for (let beats = 0; beats < 4; beats++) {
      presence.beat(NAMELESS);
      clock.pass(minutes * MINUTE);
    }
    assert.deepEqual(told, [`online ${MAC}`]);
    clock.pass(minutes * MINUTE * 0.5 - 1);
    assert.deepEqual(told, [`online ${MAC}`]);
    clock.pass(1);
    assert.deepEqual(told.slice(1), [`offline ${MAC} KEEPALIVE_MISSING`]);
    clock.pass(24 * 60 * MINUTE);
    presence.beat(NAMELESS);
    assert.deepEqual(told.slice(2), [`online ${MAC}`]);
  });
}

test('before its pace is known, a keep-alive may be as far away as the longest setting allows', () => {
  const { clock, told, presence } = watched();
  presence.heard(RECORDER);
  presence.beat(NAMELESS);
  clock.pass(15 * MINUTE - 1);
  assert.deepEqual(told, [`online ${MAC}`]);
  clock.pass(1);
  assert.deepEqual(told.slice(1), [`offline ${MAC} KEEPALIVE_MISSING`]);
});

test('a longer interval than before is learned anew: offline once, and then not again', () => {
  const { clock, told, presence } = watched();
  presence.heard(RECORDER);
  for (const minutes of [1, 1, 1, 10, 10, 10, 10]) {
    presence.beat(NAMELESS);
    clock.pass(minutes * MINUTE);
  }
  assert.deepEqual(told, [`online ${MAC}`, `offline ${MAC} KEEPALIVE_MISSING`, `online ${MAC}`]);
});

test('who was not waited for is new the first time, and never again', () => {
  const clock = new ManualClock();
  const reasons: (string | undefined)[] = [];
  const presence = new Presence(LIMITS, clock, { offline: 1.5 }, (_device, _event, reason) =>
    reasons.push(reason),
  );
  presence.expect(RECORDER, MINUTE);
  presence.heard(RECORDER);
  presence.beat({ id: '192.0.2.9', address: '192.0.2.9' });
  clock.pass(20 * MINUTE);
  presence.beat({ id: '192.0.2.9', address: '192.0.2.9' });
  assert.deepEqual(
    reasons.map((reason) => reason?.split(':')[0]),
    [undefined, 'new', 'KEEPALIVE_MISSING', 'KEEPALIVE_MISSING', undefined],
  );
});

test('a sign of life counts for all at its address, also when one of them never said its name', () => {
  const { clock, told, presence } = watched();
  presence.heard(RECORDER);
  presence.heard(NAMELESS);
  for (let beats = 0; beats < 20; beats++) {
    presence.beat(NAMELESS);
    clock.pass(MINUTE);
  }
  assert.deepEqual(told, [`online ${MAC}`, `online ${ADDRESS}`]);
});

test('who said a name alone at an address is whoever sends from there', () => {
  const { presence } = watched();
  assert.equal(presence.namedAt(ADDRESS), undefined);
  presence.heard(RECORDER);
  presence.heard({ id: '192.0.2.9', address: '192.0.2.9' });
  assert.deepEqual(presence.namedAt(ADDRESS), RECORDER);
  assert.equal(presence.namedAt('192.0.2.9'), undefined);
  presence.heard({ id: '00:00:5e:00:53:77', mac: '00:00:5e:00:53:77', address: ADDRESS });
  assert.equal(presence.namedAt(ADDRESS), undefined);
});

test('a device that gives no sign of life is never offline', () => {
  const { clock, told, presence } = watched();
  presence.heard(RECORDER);
  clock.pass(365 * 24 * 60 * MINUTE);
  assert.deepEqual(told, [`online ${MAC}`]);
  assert.equal(clock.waiting, 0);
});

test('an alarm is a sign of life too', () => {
  const { clock, told, presence } = watched();
  presence.heard(RECORDER);
  for (let beats = 0; beats < 3; beats++) {
    presence.beat(NAMELESS);
    clock.pass(MINUTE);
  }
  clock.pass(MINUTE * 0.4);
  presence.heard(RECORDER);
  clock.pass(MINUTE * 1.4);
  assert.deepEqual(told, [`online ${MAC}`]);
});

test('a keep-alive counts for every device that sent from its address, and for no other', () => {
  const { clock, told, presence } = watched();
  const neighbour: Device = { id: '00:00:5e:00:53:32', mac: '00:00:5e:00:53:32', address: ADDRESS };
  const other: Device = { id: '00:00:5e:00:53:33', mac: '00:00:5e:00:53:33', address: '192.0.2.33' };
  for (const device of [RECORDER, neighbour, other]) presence.heard(device);
  presence.beat(NAMELESS);
  clock.pass(20 * MINUTE);
  assert.deepEqual(told.slice(3), [
    `offline ${MAC} KEEPALIVE_MISSING`,
    `offline ${neighbour.id} KEEPALIVE_MISSING`,
  ]);
});

test('a sign of life that names its device counts for that one alone', () => {
  const { clock, told, presence } = watched();
  const neighbour: Device = { id: '00:00:5e:00:53:32', mac: '00:00:5e:00:53:32', address: ADDRESS };
  presence.heard(neighbour);
  presence.beat(RECORDER);
  clock.pass(20 * MINUTE);
  assert.deepEqual(told.slice(1), [`online ${MAC}`, `offline ${MAC} KEEPALIVE_MISSING`]);
});

test('who is offline is told as it was heard of last, and when that was', () => {
  const clock = new ManualClock();
  const told: [Device, string | undefined][] = [];
  const presence = new Presence(LIMITS, clock, { offline: 1.5 }, (device, _event, reason) =>
    told.push([device, reason]),
  );
  presence.heard(RECORDER);
  presence.beat(NAMELESS);
  clock.pass(MINUTE);
  presence.heard({ ...RECORDER, name: 'Yard' });
  clock.pass(20 * MINUTE);
  const [device, reason] = told[1] ?? [];
  assert.equal(device?.name, 'Yard');
  assert.match(reason ?? '', /last heard 2026-11-22T07:16:05\.000Z/);
});

test('a device that gave signs of life by its address alone goes on under its own name, and is not new', () => {
  const { clock, told, presence } = watched();
  for (let beats = 0; beats < 3; beats++) {
    presence.beat(NAMELESS);
    clock.pass(MINUTE);
  }
  presence.heard(RECORDER);
  assert.deepEqual(told, [`online ${ADDRESS}`]);
  clock.pass(1.5 * MINUTE);
  assert.deepEqual(told.slice(1), [`offline ${MAC} KEEPALIVE_MISSING`]);
  assert.equal(clock.waiting, 0);
});

test('of more devices than are remembered the one that was heard of longest ago is forgotten', () => {
  const { told, presence } = watched({ knownDevices: 2 });
  const device = (number: number): Device => ({ id: `192.0.2.${number}`, address: `192.0.2.${number}` });
  for (const number of [1, 2, 1, 3, 1, 2]) presence.heard(device(number));
  assert.deepEqual(told, ['online 192.0.2.1', 'online 192.0.2.2', 'online 192.0.2.3', 'online 192.0.2.2']);
});

const TWO_STEPS: Patience = { stale: 1.5, offline: 3.5 };

test('a camera is in doubt first, and gone then; both are told once, and that it is back', () => {
  const { clock, told, presence } = watched({}, TWO_STEPS);
  for (let beats = 0; beats < 4; beats++) {
    presence.beat(NAMELESS);
    clock.pass(MINUTE);
  }
  clock.pass(0.5 * MINUTE - 1);
  assert.equal(told.length, 1);
  clock.pass(1);
  assert.deepEqual(told.slice(1), [`stale ${ADDRESS} KEEPALIVE_MISSING`]);
  clock.pass(2 * MINUTE - 1);
  assert.equal(told.length, 2);
  clock.pass(1);
  assert.deepEqual(told.slice(2), [`offline ${ADDRESS} KEEPALIVE_MISSING`]);
  clock.pass(60 * MINUTE);
  presence.beat(NAMELESS);
  assert.deepEqual(told.slice(3), [`online ${ADDRESS}`]);
});

test('one that is back while it is in doubt was never gone', () => {
  const { clock, told, presence } = watched({}, TWO_STEPS);
  for (const minutes of [1, 1, 1, 2, 1]) {
    presence.beat(NAMELESS);
    clock.pass(minutes * MINUTE);
  }
  assert.deepEqual(told, [`online ${ADDRESS}`, `stale ${ADDRESS} KEEPALIVE_MISSING`, `online ${ADDRESS}`]);
});

test('an interval that was set counts from the start, and before what is learned', () => {
  const { clock, told, presence } = watched({}, TWO_STEPS);
  presence.expect(RECORDER, 10_000);
  clock.pass(34_999);
  assert.deepEqual(told, []);
  clock.pass(1);
  assert.deepEqual(told, [`offline ${MAC} KEEPALIVE_MISSING`]);
  for (let beats = 0; beats < 5; beats++) {
    presence.beat(RECORDER);
    clock.pass(1_000);
  }
  assert.deepEqual(told.slice(1), [`online ${MAC}`]);
  clock.pass(14_000);
  assert.deepEqual(told.slice(2), [`stale ${MAC} KEEPALIVE_MISSING`]);
});

test('who was waited for and never came is told as never heard of', () => {
  const clock = new ManualClock();
  const told: string[] = [];
  const presence = new Presence(LIMITS, clock, TWO_STEPS, (_device, event, reason) =>
    told.push(`${event} ${reason}`),
  );
  presence.expect(RECORDER, MINUTE);
  clock.pass(4 * MINUTE);
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /^offline .*never heard/);
});

test('nobody is watched behind the stop', () => {
  const { clock, told, presence } = watched();
  presence.beat(NAMELESS);
  presence.stop();
  assert.equal(clock.waiting, 0);
  clock.pass(60 * MINUTE);
  assert.deepEqual(told, [`online ${ADDRESS}`]);
});
