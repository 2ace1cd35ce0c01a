import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Node } from 'node-red';
import { FilterStore } from '../../nodes/lib/filter-store.js';
import { FilterMemory } from '../../src/index.js';
import { LIMITS } from '../../src/limits.js';
import { ManualClock } from '../support/manual-clock.js';

type Answer = (error: unknown, kept?: unknown) => void;

/** A store behind a node whose context answers when the test says so. */
function trial() {
  const clock = new ManualClock();
  const asked: Answer[] = [];
  const written: unknown[] = [];
  const errors: unknown[] = [];
  const context = {
    get: (_key: string, answer: Answer) => asked.push(answer),
    set: (_key: string, value: unknown, done: (error?: unknown) => void) => {
      written.push(value);
      done();
    },
  };
  const node = { context: () => context, error: (error: unknown) => errors.push(error) };
  const store = new FilterStore<string>(node as unknown as Node, LIMITS, clock);
  const told: string[] = [];
  store.read((kept) => told.push(`begins with ${JSON.stringify(kept)}`));
  store.ready(() => told.push('first'));
  store.ready(() => told.push('second'));
  return { clock, asked, written, errors, store, told };
}

test('alarms wait for what was stored, in order', async () => {
  const { asked, store, told, clock } = trial();
  await turn();
  assert.equal(told.length, 0);
  asked[0]?.(null, { armed: false });
  await turn();
  store.ready(() => told.push('third'));
  assert.deepEqual(told, ['begins with {"armed":false}', 'first', 'second', 'third']);
  assert.equal(clock.waiting, 0);
});

test('alarms do not wait for a store that never answers, and what it says in the end changes nothing', async () => {
  const { asked, told, clock } = trial();
  clock.pass(LIMITS.filterReadMs - 1);
  await turn();
  assert.equal(told.length, 0);
  clock.pass(1);
  await turn();
  const begun = ['begins with undefined', 'first', 'second'];
  assert.deepEqual(told, begun);
  asked[0]?.(null, { armed: false });
  await turn();
  assert.deepEqual(told, begun);
});

test('a store that fails costs what was stored, and is told', async () => {
  const { asked, told, errors } = trial();
  asked[0]?.(new Error('no disk'));
  await turn();
  assert.equal(told.length, 3);
  assert.equal(String(errors[0]), 'Error: no disk');
});

test('alarms that wait as the node is closed are decided, and the one after begins once', async () => {
  const { asked, told, store } = trial();
  store.stop();
  assert.deepEqual(told, ['begins with undefined', 'first', 'second']);
  asked[0]?.(null, {});
  await turn();
  assert.equal(told.length, 3);
});

test('a node that is removed writes nothing', async () => {
  const { store, written, clock } = trial();
  store.changed(new FilterMemory<string>(LIMITS, true));
  store.stop();
  await new Promise<void>((resolve) => store.close(undefined, resolve));
  clock.pass(LIMITS.filterStoreMs);
  assert.equal(written.length, 0);
});

test('what a filter remembers is written from time to time, and as its node is closed', async () => {
  const { store, written, clock, asked } = trial();
  asked[0]?.(null, {});
  await turn();
  const memory = new FilterMemory<string>(LIMITS, true);
  for (let count = 0; count < 10; count++) store.changed(memory);
  clock.pass(LIMITS.filterStoreMs);
  assert.deepEqual(written, [memory.toJSON()]);
  store.changed(memory);
  store.stop();
  await new Promise<void>((resolve) => store.close(memory, resolve));
  assert.equal(written.length, 2);
  assert.equal(clock.waiting, 0);
});
