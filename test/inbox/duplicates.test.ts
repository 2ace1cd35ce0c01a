import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Duplicates } from '../../src/inbox/duplicates.js';
import { LIMITS } from '../../src/limits.js';
import { ManualClock } from '../support/manual-clock.js';

test('the same within seconds is a duplicate, and afterwards it is new again', () => {
  const clock = new ManualClock();
  const duplicates = new Duplicates(LIMITS, clock);
  assert.deepEqual(
    [duplicates.isNew('a'), duplicates.isNew('a'), duplicates.isNew('b')],
    [true, false, true],
  );
  clock.pass(LIMITS.duplicateMs - 1);
  assert.equal(duplicates.isNew('a'), false);
  clock.pass(1);
  assert.equal(duplicates.isNew('a'), true);
});

test('a clock that is put back makes nothing a duplicate for longer', () => {
  const clock = new ManualClock();
  const duplicates = new Duplicates(LIMITS, clock);
  duplicates.isNew('a');
  clock.jump(-86_400_000);
  clock.pass(LIMITS.duplicateMs);
  assert.equal(duplicates.isNew('a'), true);
});

test('of more than are remembered the oldest are forgotten', () => {
  const duplicates = new Duplicates({ ...LIMITS, duplicates: 2 }, new ManualClock());
  assert.deepEqual(
    ['a', 'b', 'c', 'd', 'd', 'a'].map((key) => duplicates.isNew(key)),
    [true, true, true, true, false, true],
  );
});
