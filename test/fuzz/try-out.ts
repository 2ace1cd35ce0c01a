import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TRIALS } from './parsers.js';

/** Always the same samples, so that a failure is about a change of the code; `npm run fuzz` tries others. */
const SEED = 20_261_122;
const COUNT = 100_000;
/** Less often than this on either side, and the changes would try nothing. */
const RARE = COUNT / 200;

/** A test for each of these readers. The files of a test run have processes of their own. */
export function tryOut(...names: string[]): void {
  for (const name of names) {
    test(`${name}: of ${COUNT} changed samples each is read or refused in time, and what follows as ever`, async (t) => {
      const found = TRIALS.find((trial) => trial.name === name);
      assert.ok(found !== undefined);
      const { read, refused, slowestMs, seconds } = await found.run({ seed: SEED, count: COUNT });
      t.diagnostic(
        `${read} read, ${refused} refused, slowest ${slowestMs.toFixed(1)} ms, ${seconds.toFixed(1)} s`,
      );
      assert.ok(read > RARE && refused > RARE, `${read} read, ${refused} refused`);
    });
  }
}
