import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeInTime } from '../../nodes/lib/closing.js';

const never = new Promise<void>(() => undefined);

/** Resolves when Node-RED is told, with how often it was told by then. */
async function closing(ends: readonly (Promise<unknown> | undefined)[], closeMostMs: number) {
  let told = 0;
  await new Promise<void>((resolve) => {
    closeInTime(ends, { closeMostMs }, () => {
      told++;
      resolve();
    });
  });
  return told;
}

test('what never ends holds a deploy up no longer than the limit', async () => {
  assert.equal(await closing([never, Promise.resolve()], 1), 1);
});

test('a node is closed when all of it has ended, well or not, and at once where there is nothing to end', async () => {
  for (const ends of [[], [undefined], [Promise.resolve(1), Promise.reject(new Error('broken'))]])
    assert.equal(await closing(ends, 600_000), 1);
});

test('it is not closed before the last one has ended', async () => {
  let end: () => void = () => undefined;
  const last = new Promise<void>((resolve) => {
    end = resolve;
  });
  let ended = false;
  const closed = closing([Promise.resolve(), last], 600_000).then(() => assert.ok(ended));
  setImmediate(() => {
    ended = true;
    end();
  });
  await closed;
});
