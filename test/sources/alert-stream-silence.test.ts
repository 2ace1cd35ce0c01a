import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Silence } from '../../src/inbox/silence.js';
import { LIMITS } from '../../src/limits.js';
import { Watch } from '../../src/sources/watch.js';
import { ManualClock } from '../support/manual-clock.js';
import { settle, streamOf, until } from '../support/stream.js';

for (const [period, limit] of [
  [300, 30_000],
  [10_000, 30_000],
  [20_000, 60_000],
  [60_000, 90_000],
] as const) {
  test(`a heartbeat every ${period} ms is learnt: stale after ${limit} ms of silence`, async (t) => {
    const { told, device, stream, time } = await streamOf(t);
    stream.start();
    await until(() => device.streams === 1);
    for (let beat = 0; beat < 8; beat++) {
      time.pass(period);
      device.heartbeat();
      await settle();
    }
    assert.deepEqual(told.story, ['online']);
    time.pass(limit - 1);
    await settle();
    assert.deepEqual(told.story, ['online']);
    time.pass(1);
    await until(() => told.signs.length === 2);
    assert.equal(told.story[1], 'stale STREAM_SILENT');
  });
}

test('gaps of 24 s while events flow, and any byte at all, are no silence', async (t) => {
  const { told, device, stream, time } = await streamOf(t);
  stream.start();
  await until(() => device.streams === 1);
  for (let beat = 0; beat < 30; beat++) {
    time.pass(beat % 4 === 3 ? 24_000 : 10_000);
    device.heartbeat();
    await settle(20);
  }
  for (let byte = 0; byte < 20; byte++) {
    time.pass(29_000);
    device.write(Buffer.from('\n'));
    await settle(20);
  }
  assert.deepEqual(told.story, ['online']);
  time.pass(30_000);
  await until(() => told.signs.length === 2);
});

test('a device whose heartbeats become rare is not cut for ever', async (t) => {
  const { told, device, stream, time } = await streamOf(t);
  stream.start();
  await until(() => device.streams === 1);
  for (let beat = 0; beat < 6; beat++) {
    time.pass(5_000);
    device.heartbeat();
    await settle(20);
  }
  time.pass(30_000);
  await until(() => told.signs.length === 2);
  await until(() => device.connections === 0);
  time.pass(time.next);
  await until(() => device.streams === 1);
  for (let beat = 0; beat < 10; beat++) {
    device.heartbeat();
    await settle(20);
    time.pass(60_000);
    await settle(20);
  }
  assert.deepEqual(told.story, ['online', 'stale STREAM_SILENT', 'online']);
});

test('a process that was suspended reads what came meanwhile before it judges', async (t) => {
  const { told, device, stream, time } = await streamOf(t);
  stream.start();
  await until(() => device.streams === 1);
  device.heartbeat();
  await until(() => told.signs.length === 1);
  time.sleep(3_600_000);
  await settle();
  assert.deepEqual(told.story, ['online']);
  device.heartbeat();
  await settle();
  time.pass(80_000);
  await settle();
  assert.deepEqual(told.story, ['online']);
  time.sleep(3_600_000);
  time.pass(2_000);
  await until(() => told.signs.length === 2);
  assert.equal(told.story[1], 'stale STREAM_SILENT');
});

test('a clock that jumps by a day, forward and back, changes nothing', async (t) => {
  const { told, device, stream, time } = await streamOf(t);
  stream.start();
  await until(() => device.streams === 1);
  device.heartbeat();
  await until(() => told.signs.length === 1);
  for (const jump of [86_400_000, -2 * 86_400_000]) {
    time.jump(jump);
    time.pass(40_000);
    await settle();
    device.heartbeat();
    await settle();
  }
  assert.deepEqual(told.story, ['online']);
  time.jump(-86_400_000);
  time.pass(90_000);
  await until(() => told.signs.length === 2);
  assert.equal(told.signs[1]?.since, new Date(time.now()).toISOString());
});

test('the limit follows the usual gap: not the first one, not a single long one', () => {
  const silence = new Silence(LIMITS);
  const beats = [0, 1_000];
  for (const beat of beats) silence.beat(beat);
  assert.equal(silence.limitMs, 90_000);
  silence.beat(61_000);
  assert.equal(silence.limitMs, 90_000);
  for (const beat of [73_000, 85_000, 97_000]) silence.beat(beat);
  assert.equal(silence.limitMs, 36_000);
  silence.interrupt();
  silence.beat(500_000);
  assert.equal(silence.limitMs, 36_000);
  for (let connection = 1; connection < 9; connection++) {
    silence.interrupt();
    silence.beat(connection * 1_000_000);
  }
  assert.equal(silence.limitMs, 36_000);
  silence.doubt();
  assert.equal(silence.limitMs, 90_000);
});

test('a watch has one timer, none once it is stopped', () => {
  const time = new ManualClock();
  const watch = new Watch(
    time,
    () => 1_000,
    () => assert.fail('silent'),
  );
  assert.equal(time.waiting, 0);
  for (let fed = 0; fed < 100; fed++) {
    watch.feed();
    time.pass(900);
    assert.equal(time.waiting, 1);
  }
  watch.stop();
  watch.feed();
  assert.equal(time.waiting, 0);
});
