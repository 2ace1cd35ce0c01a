// P28: a day's work of 32 cameras, an alarm with a picture of 100 KB each second from each, at full speed and with 100
// redeploys; then nothing for a while. Nothing may be lost, nor come twice without being marked, and nothing may grow.
//   MINUTES=2 node scripts/soak/day.mjs   as much of it as can be done in this time
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { push } from '../../dist/test/promises/support/fleet.js';
import { numberedPushes } from '../../dist/test/promises/support/numbered.js';

const CAMERAS = 32;
const DAY = CAMERAS * 86_400;
const MINUTES = Number(process.env.MINUTES ?? 40);
const REDEPLOYS = 100;
/** Of the time, one part in so many is for doing nothing. */
const IDLE = 8;
const MIB = 2 ** 20;
const SETTLED_MS = 2_000;
/** Before this share of the work, the heap has not found its size. */
const WARM = 0.2;

const here = (file) => path.join(import.meta.dirname, file);
const ask = async (child, order) => {
  child.send(order);
  const [answer] = await once(child, 'message');
  return answer;
};

/** By how much something grows with each push: least squares. */
function slope(samples, of) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(samples.map(({ pushes }) => pushes)), mean(samples.map(of))];
  const up = samples.reduce((sum, each) => sum + (each.pushes - x) * (of(each) - y), 0);
  return up / samples.reduce((sum, { pushes }) => sum + (pushes - x) ** 2, 0);
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'camera-alarms-'));
const listener = fork(here('listener.mjs'), [folder], { execArgv: ['--expose-gc'] });
const cameras = fork(here('cameras.mjs'), [String(CAMERAS)]);
for (const child of [listener, cameras])
  child.once('exit', (code) => {
    if (code) throw new Error('a process ended by itself');
  });
const failures = [];
const expect = (holds, what) => {
  if (!holds) failures.push(what);
};

try {
  let { port } = await ask(listener, 'deploy');
  // With its first file, and with the timers of its first alarm over.
  await push(port, numberedPushes(0, true)(0));
  await pause(SETTLED_MS);
  const before = await ask(listener, 'measure');
  const milliseconds = (MINUTES * 60_000 * (IDLE - 1)) / IDLE;
  const begun = performance.now();
  const spent = () => (performance.now() - begun) / milliseconds;
  await ask(cameras, { kind: 'start', port, most: DAY });
  const samples = [];
  let redeploys = 0;
  let pushes = 0;
  while (pushes < DAY && spent() < 1) {
    await pause(milliseconds / REDEPLOYS / 4);
    ({ pushes } = await ask(cameras, { kind: 'count' }));
    samples.push({ pushes, ...(await ask(listener, 'measure')) });
    // All of them however fast the machine is: by what is done of the day, or of its time.
    if (Math.max(pushes / DAY, spent()) > (redeploys + 1) / (REDEPLOYS + 1)) {
      ({ port } = await ask(listener, 'deploy'));
      await ask(cameras, { kind: 'start', port, most: DAY });
      redeploys++;
    }
  }
  const work = await ask(cameras, { kind: 'finish' });
  const seconds = (performance.now() - begun) / 1000;
  await pause((MINUTES * 60_000) / IDLE);
  const { lost, twice, unmarked } = await ask(listener, { answered: work.answered });
  const after = await ask(listener, 'measure');
  const warm = samples.filter((each) => each.pushes > WARM * work.answered);
  const grows = (slope(warm, ({ rss }) => rss) * 100_000) / MIB;
  const end = await ask(listener, 'end');

  console.log(
    [
      `P28: ${work.answered} of ${DAY} pushes answered 200 in ${Math.round(seconds)} s (${Math.round(work.answered / seconds)}/s), ${redeploys} redeploys, ${work.again} pushed again`,
      `P28: ${lost} lost, ${twice} came more than once, ${unmarked} of them not marked so`,
      `P28: answer p50 ${work.p50.toFixed(1)} ms, p99 ${work.p99.toFixed(1)} ms, most ${work.most.toFixed(0)} ms`,
      `P28: memory ${(before.rss / MIB).toFixed(0)} MiB before, ${(after.rss / MIB).toFixed(0)} MiB after, grows by ${grows.toFixed(2)} MiB in 100,000 pushes (${warm.length} samples); heap ${(before.heap / MIB).toFixed(1)} and ${(after.heap / MIB).toFixed(1)} MiB`,
      `P28: file descriptors ${before.files} before, ${after.files} after; timers ${before.timers} and ${after.timers}; load of the machine ${os.loadavg()[0].toFixed(1)}`,
    ].join('\n'),
  );
  expect(lost === 0, `${lost} lost`);
  expect(unmarked === 0, `${unmarked} came more than once without being marked`);
  expect(grows < 1 || work.answered < 100_000, `memory grows by ${grows.toFixed(2)} MiB in 100,000 pushes`);
  expect(after.files <= before.files, `${after.files - before.files} file descriptors more`);
  expect(after.timers === before.timers, `${after.timers - before.timers} timers more`);
  expect(end.ended && readdirSync(folder).length === 0, 'something was left in the folder');
} finally {
  cameras.kill();
  listener.kill();
  rmSync(folder, { recursive: true, force: true });
}
for (const failure of failures) console.error(`P28 is not kept: ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;
