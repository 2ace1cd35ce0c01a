import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Allowances } from '../../src/sources/allowances.js';
import { ManualClock } from '../support/manual-clock.js';

function make(limits = {}) {
  const clock = new ManualClock();
  return { clock, allowances: new Allowances({ each: 3, windowMs: 1_000, senders: 10, ...limits }, clock) };
}

const takes = (allowances: Allowances, sender: string, count: number) =>
  Array.from({ length: count }, () => allowances.take(sender)).filter(Boolean).length;

test('each sender has its own allowance', () => {
  const { allowances } = make();
  assert.equal(takes(allowances, 'a', 5), 3);
  assert.equal(takes(allowances, 'b', 2), 2);
  assert.equal(takes(allowances, 'b', 2), 1);
});

test('it is there anew in each window, and what was refused does not count', () => {
  const { clock, allowances } = make();
  assert.equal(takes(allowances, 'a', 100), 3);
  clock.pass(999);
  assert.equal(takes(allowances, 'a', 100), 0);
  clock.pass(1);
  assert.equal(takes(allowances, 'a', 100), 3);
});

test('a jump of the clock of the computer changes nothing', () => {
  const { clock, allowances } = make();
  assert.equal(takes(allowances, 'a', 3), 3);
  clock.jump(3_600_000);
  assert.equal(takes(allowances, 'a', 3), 0);
  clock.jump(-7_200_000);
  clock.pass(1_000);
  assert.equal(takes(allowances, 'a', 3), 3);
});

test('beyond so many senders all others share one allowance; those known before keep theirs', () => {
  const { clock, allowances } = make();
  for (let sender = 0; sender < 10; sender++) assert.ok(allowances.take(`known ${sender}`));
  let taken = 0;
  for (let sender = 0; sender < 1_000; sender++) taken += takes(allowances, `other ${sender}`, 1);
  assert.equal(taken, 3);
  assert.equal(takes(allowances, 'known 5', 5), 2);
  clock.pass(1_000);
  assert.equal(takes(allowances, 'other 7', 5), 3);
});

test('a million forged senders cost no more memory than the ones that are told apart', () => {
  const { clock, allowances } = make({ each: 50, senders: 10_000 });
  const addressOf = (number: number) => `198.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
  const run = (from: number) => {
    for (let number = from; number < from + 500_000; number++) allowances.take(addressOf(number));
    clock.pass(1_000);
  };
  run(0);
  const before = process.memoryUsage();
  run(500_000);
  run(1_000_000);
  const after = process.memoryUsage();
  // A million entries of a map would be about 100 MB.
  const grown = after.heapTotal - before.heapTotal;
  assert.ok(grown < 40_000_000, `${grown} bytes more`);
});
