import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../src/sources/pace.js';
import { ManualClock } from '../support/manual-clock.js';

function make(waitMs: number, intervalMs: number) {
  const clock = new ManualClock();
  const times: number[] = [];
  return { clock, times, pace: new Pace(clock, waitMs, intervalMs, () => times.push(clock.ticks())) };
}

test('what is asked for in one moment is done once, a little later', () => {
  const { clock, times, pace } = make(10, 1_000);
  for (let count = 0; count < 100; count++) pace.ask();
  assert.deepEqual(times, []);
  clock.pass(5_000);
  assert.deepEqual(times, [10]);
});

test('asked all the time it is done once per interval, and the last time is not forgotten', () => {
  const { clock, times, pace } = make(10, 1_000);
  for (let millisecond = 0; millisecond < 2_500; millisecond++) {
    pace.ask();
    clock.pass(1);
  }
  clock.pass(5_000);
  assert.deepEqual(times, [10, 1_010, 2_010, 3_010]);
});

test('after a pause it is as quick as the first time', () => {
  const { clock, times, pace } = make(10, 1_000);
  pace.ask();
  clock.pass(10_000);
  pace.ask();
  clock.pass(10_000);
  assert.deepEqual(times, [10, 10_010]);
});

test('stopped, it does nothing and leaves no timer; asked again, it goes on', () => {
  const { clock, times, pace } = make(10, 1_000);
  pace.ask();
  pace.stop();
  assert.equal(clock.waiting, 0);
  clock.pass(100);
  pace.ask();
  clock.pass(100);
  assert.deepEqual(times, [110]);
});
