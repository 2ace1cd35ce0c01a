import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Turns } from '../../src/device/turns.js';

const { signal } = new AbortController();

/** Runs everything that is ready to run. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('places are given in the order of asking, and never more than there are', async () => {
  const turns = new Turns(2);
  const served: number[] = [];
  const releases: (() => void)[] = [];
  for (let count = 0; count < 6; count++) {
    void turns.take(signal).then((release) => {
      served.push(count);
      releases.push(release);
    });
  }
  await settle();
  assert.deepEqual(served, [0, 1]);
  assert.equal(turns.busy, true);
  for (let count = 0; count < 6; count++) {
    releases[count]?.();
    await settle();
  }
  assert.deepEqual(served, [0, 1, 2, 3, 4, 5]);
  assert.equal(turns.busy, false);
});

test('a place given back twice is one place', async () => {
  const turns = new Turns(1);
  const release = await turns.take(signal);
  release();
  release();
  await turns.take(signal);
  assert.equal(turns.busy, true);
});

test('who gives up waiting takes no place with him', async () => {
  const turns = new Turns(1);
  const release = await turns.take(signal);
  const stop = new AbortController();
  const given = turns.take(stop.signal);
  const next = turns.take(signal);
  stop.abort(new Error('no more'));
  await assert.rejects(given, { message: 'no more' });
  await assert.rejects(turns.take(stop.signal), { message: 'no more' });
  release();
  (await next)();
  assert.equal(turns.busy, false);
});
