import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from '../../src/inbox/turns.js';
import { LIMITS } from '../../src/limits.js';
import type { AlarmDraft } from '../../src/notification.js';
import { nextTurn } from '../support/listener.js';
import { ManualClock } from '../support/manual-clock.js';
import { wordDraft, wordOf } from '../support/spooling.js';

const GAP_MS = 1_000 / LIMITS.redeliveriesPerSecond;

/** Turns, what went, and a door that can be closed. */
function make() {
  const clock = new ManualClock();
  const went: string[] = [];
  const failed: unknown[] = [];
  const loaded: string[] = [];
  const door = { open: true };
  const turns = new Turns(
    LIMITS,
    clock,
    () => door.open,
    (error) => failed.push(String(error)),
  );
  const turnOf = (word: string, device: string, again: boolean) => ({
    device,
    again,
    load: async () => {
      loaded.push(word);
      if (word.startsWith('lost')) throw new Error(word);
      return wordDraft(word, device);
    },
    go: (draft: AlarmDraft) => went.push(wordOf(draft)),
    fail: (error: unknown) => failed.push(String(error)),
  });
  const fresh = (word: string, device = 'a') =>
    turns.take(turnOf(word, device, false), wordDraft(word, device));
  const again = (word: string, device = 'a') => turns.take(turnOf(word, device, true));
  return { turns, clock, went, failed, loaded, door, fresh, again };
}

test('what may go goes at once and is not loaded', () => {
  const { went, loaded, fresh, turns } = make();
  fresh('1');
  fresh('2');
  assert.deepEqual([went, loaded, turns.waiting], [['1', '2'], [], 0]);
});

test('while nothing may go all waits, and goes in order for each device when it may', async () => {
  const { turns, door, went, fresh } = make();
  door.open = false;
  for (const word of ['a1', 'a2', 'a3']) fresh(word);
  for (const word of ['b1', 'b2']) fresh(word, 'b');
  await nextTurn();
  assert.deepEqual([went, turns.waiting], [[], 5]);
  door.open = true;
  turns.resume();
  await nextTurn();
  const of = (device: string) => went.filter((word) => word.startsWith(device));
  assert.deepEqual(
    [of('a'), of('b')],
    [
      ['a1', 'a2', 'a3'],
      ['b1', 'b2'],
    ],
  );
  assert.equal(turns.waiting, 0);
});

test('what comes behind something that waits does not overtake it', async () => {
  const { turns, door, went, fresh } = make();
  door.open = false;
  fresh('1');
  door.open = true;
  fresh('2');
  await nextTurn();
  assert.deepEqual(went, ['1', '2']);
  assert.equal(turns.waiting, 0);
});

test('a device with many that wait does not keep another waiting', async () => {
  const { turns, door, went, fresh } = make();
  door.open = false;
  for (let count = 0; count < 100; count++) fresh(`a${count}`);
  fresh('b0', 'b');
  door.open = true;
  turns.resume();
  await nextTurn();
  assert.ok(went.indexOf('b0') <= 1, `b went as number ${went.indexOf('b0')}`);
  assert.equal(went.length, 101);
});

test('a door that closes in between stops them, those too that are loaded just then', async () => {
  const { turns, door, went, fresh } = make();
  door.open = false;
  for (let count = 0; count < 20; count++) fresh(`${count}`, `device ${count}`);
  door.open = true;
  turns.resume();
  door.open = false;
  await nextTurn();
  assert.equal(went.length, 0);
  assert.equal(turns.waiting, 20);
});

test('what comes once more goes at its pace, and a new one of another device is not held up by it', async () => {
  const { clock, went, again, fresh } = make();
  for (const word of ['a1', 'a2', 'a3']) again(word);
  again('b1', 'b');
  await nextTurn();
  assert.deepEqual(went, ['a1']);
  fresh('c1', 'c');
  assert.deepEqual(went, ['a1', 'c1']);
  for (const count of [3, 4, 5]) {
    clock.pass(GAP_MS - 1);
    await nextTurn();
    assert.equal(went.length, count - 1);
    clock.pass(1);
    await nextTurn();
    assert.equal(went.length, count);
  }
  assert.deepEqual(went, ['a1', 'c1', 'b1', 'a2', 'a3']);
  assert.equal(clock.waiting, 0);
});

test('a new one waits for those of its device that come once more', async () => {
  const { clock, went, again, fresh } = make();
  for (const word of ['a1', 'a2']) again(word);
  fresh('a3');
  await nextTurn();
  clock.pass(GAP_MS);
  await nextTurn();
  assert.deepEqual(went, ['a1', 'a2', 'a3']);
});

test('what can be had no more is told and costs the next ones nothing', async () => {
  const { turns, clock, went, failed, again } = make();
  for (const word of ['lost 1', 'a2']) again(word);
  await nextTurn();
  clock.pass(GAP_MS);
  await nextTurn();
  assert.deepEqual([went, failed, turns.waiting], [['a2'], ['Error: lost 1'], 0]);
});

test('after a stop nothing goes, not even what was being loaded, and no timer is left', async () => {
  const { turns, clock, went, again, fresh } = make();
  for (const word of ['a1', 'a2']) again(word);
  await nextTurn();
  again('b1', 'b');
  turns.stop();
  fresh('a3');
  clock.pass(10_000);
  await nextTurn();
  assert.deepEqual(went.slice(0, 1), ['a1']);
  assert.deepEqual([went.includes('a2'), went.includes('b1')], [false, false]);
  assert.equal(clock.waiting, 0);
});
