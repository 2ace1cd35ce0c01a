import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Duplicates } from '../../src/inbox/duplicates.js';
import { ManualClock } from '../support/manual-clock.js';

const WINDOW_MS = 5_000;

test('what was added is known for a while, and new again afterwards', () => {
  const clock = new ManualClock();
  const duplicates = new Duplicates(WINDOW_MS, 10, clock);
  duplicates.add('a');
  clock.pass(WINDOW_MS - 1);
  assert.deepEqual([duplicates.has('a'), duplicates.has('b')], [true, false]);
  clock.pass(1);
  assert.equal(duplicates.has('a'), false);
});

test('what comes again and again is known since the first time', () => {
  const clock = new ManualClock();
  const duplicates = new Duplicates(WINDOW_MS, 10, clock);
  duplicates.add('a');
  clock.pass(WINDOW_MS - 1);
  duplicates.add('a');
  clock.pass(1);
  assert.equal(duplicates.has('a'), false);
});

test('a clock that is put back makes nothing known for longer', () => {
  const clock = new ManualClock();
  const duplicates = new Duplicates(WINDOW_MS, 10, clock);
  duplicates.add('a');
  clock.jump(-86_400_000);
  clock.pass(WINDOW_MS);
  assert.equal(duplicates.has('a'), false);
});

test('of more than are remembered the oldest are forgotten', () => {
  const duplicates = new Duplicates(WINDOW_MS, 2, new ManualClock());
  for (const key of ['a', 'b', 'c', 'd']) duplicates.add(key);
  assert.deepEqual(
    ['a', 'c', 'd'].map((key) => duplicates.has(key)),
    [false, true, true],
  );
});

test('what was not taken after all is new', () => {
  const duplicates = new Duplicates(WINDOW_MS, 10, new ManualClock());
  duplicates.add('a');
  duplicates.forget('a');
  assert.equal(duplicates.has('a'), false);
});

test('what is known since some time is known for the rest of it', () => {
  const clock = new ManualClock();
  const duplicates = new Duplicates(WINDOW_MS, 10, clock);
  duplicates.add('a', WINDOW_MS - 1);
  duplicates.add('b', WINDOW_MS);
  assert.deepEqual([duplicates.has('a'), duplicates.has('b')], [true, false]);
  clock.pass(1);
  assert.equal(duplicates.has('a'), false);
});
