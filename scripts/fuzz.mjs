// Gives every reader a million changed samples and says which it could not stand. Needs a build.
//   npm run fuzz                     all readers, a new seed
//   npm run fuzz -- xml decode       these only
//   SEED=7 COUNT=1000 npm run fuzz   the samples of seeds 7 to 1006
import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import os from 'node:os';
import { TRIALS } from '../dist/test/fuzz/parsers.js';

const seed = Number(process.env.SEED || randomInt(2 ** 31));
const count = Number(process.env.COUNT || 1_000_000);
const names = TRIALS.map(({ name }) => name);
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0 || !Number.isInteger(seed) || !Number.isInteger(count) || count < 1) {
  console.error(`usage: [SEED=number] [COUNT=number] npm run fuzz -- [${names.join('] [')}]`);
  process.exit(1);
}

if (process.send) {
  // One reader in a process of its own: its memory is measured.
  const trial = TRIALS.find(({ name }) => name === asked[0]);
  try {
    const { read, refused, slowestMs, seconds } = await trial.run({ seed, count });
    console.log(
      `${trial.name}: ${read} read, ${refused} refused, slowest ${slowestMs.toFixed(1)} ms, ${seconds.toFixed(0)} s`,
    );
  } catch (error) {
    console.error(error.message);
    console.error(error.cause?.stack ?? error.stack);
    process.exitCode = 1;
  }
  process.disconnect();
} else {
  console.log(`SEED=${seed} COUNT=${count}`);
  const waiting = asked.length > 0 ? asked : [...names];
  const work = async () => {
    let failures = 0;
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const env = { ...process.env, SEED: String(seed), COUNT: String(count) };
      const child = fork(import.meta.filename, [name], { env, execArgv: ['--enable-source-maps'] });
      const code = await new Promise((resolve) => child.once('exit', resolve));
      if (code !== 0) failures++;
    }
    return failures;
  };
  const failures = await Promise.all(Array.from({ length: os.availableParallelism() }, work));
  process.exitCode = failures.some((number) => number > 0) ? 1 : 0;
}
