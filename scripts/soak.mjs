// Long runs of what the promises try for a minute. Needs a build.
//   npm run soak                     P01 with 1,000 kills, 100 of them of a real Node-RED, and P28: a day of 32 cameras
//   npm run soak -- day              one of: kills, node-red, day
//   KILLS=100 MINUTES=2 npm run soak shorter
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const kills = Number(process.env.KILLS ?? 1_000);
const minutes = Number(process.env.MINUTES ?? 40);
const seed = process.env.SEED ?? String(Date.now() % 2 ** 31);

const tests = (file, count) => [
  [
    '--test',
    '--test-reporter=spec',
    '--test-name-pattern=^P01(-node-red)?: ',
    path.join('dist/test/promises', file),
  ],
  { KILLS: String(count), SEED: seed },
];
const RUNS = {
  kills: tests('p01-answered-is-kept.test.js', kills),
  'node-red': tests('p01-node-red.test.js', Math.ceil(kills / 10)),
  day: [[path.join('scripts/soak/day.mjs')], { MINUTES: String(minutes) }],
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in RUNS));
if (unknown.length > 0 || !(kills >= 1) || !(minutes > 0)) {
  console.error(
    `usage: [KILLS=number] [MINUTES=number] [SEED=number] npm run soak -- [${Object.keys(RUNS).join('] [')}]`,
  );
  process.exit(1);
}
console.log(`KILLS=${kills} MINUTES=${minutes} SEED=${seed}`);
for (const name of asked.length > 0 ? asked : Object.keys(RUNS)) {
  const [args, settings] = RUNS[name];
  const env = { ...process.env, ...settings };
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: root, env });
  if (status !== 0) process.exitCode = 1;
}
