// Many alertStreams at once: ours beside a bare undici client that only drains, at the same simulated devices.
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { USUAL_RULES } from '../../dist/src/simulator/login.js';

const DEVICES = Number(process.env.DEVICES ?? 1_000);
const BUSY = 100;
const PER_SECOND = 3;
const SECONDS = 10;
const IDLE_SECONDS = 20;

const here = (file) => path.join(import.meta.dirname, file);
const ask = (child, order) =>
  new Promise((resolve, reject) => {
    child.once('message', (answer) => (answer.error ? reject(new Error(answer.error)) : resolve(answer)));
    child.send(order);
  });
const kilobytes = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
const quantile = (numbers, share) =>
  [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];

async function measure(kind) {
  const devices = fork(here('stream-devices.mjs'));
  const { ports } = await ask(devices, { kind: 'start', count: DEVICES, heartbeatMs: 10_000 });
  const env = { ...process.env, BENCH_USER: USUAL_RULES.username, BENCH_PASSWORD: USUAL_RULES.password };
  const client = fork(here('stream-client.mjs'), [kind], { env, execArgv: ['--expose-gc'] });
  await ask(client, { kind: 'settle' });
  const before = kilobytes(client.pid);
  const begun = performance.now();
  await ask(client, { kind: 'connect', ports });
  while ((await ask(devices, { kind: 'streams' })).open < DEVICES) await pause(5);
  const milliseconds = performance.now() - begun;
  const idleBegin = cpuSeconds(client.pid);
  await pause(IDLE_SECONDS * 1000);
  const idle = cpuSeconds(client.pid) - idleBegin;
  await ask(client, { kind: 'settle' });
  const memory = (kilobytes(client.pid) - before) / DEVICES;
  const busyBegin = cpuSeconds(client.pid);
  const { sent } = await ask(devices, {
    kind: 'burst',
    count: BUSY,
    perSecond: PER_SECOND,
    seconds: SECONDS,
  });
  const busy = cpuSeconds(client.pid) - busyBegin;
  const { received } = await ask(client, { kind: 'report' });
  const times = sent.flatMap((time, number) =>
    received[number] === undefined ? [] : [Number(BigInt(received[number]) - BigInt(time)) / 1e6],
  );
  devices.kill();
  client.kill();
  return { milliseconds, memory, idle, busy, times, missing: sent.length - times.length };
}

/** Prints the table. */
export async function benchStreams() {
  console.log(
    `\n### ${DEVICES} alertStreams with Digest, a heartbeat each per 10 s, then ${PER_SECOND} events/s on ${BUSY} of them\n`,
  );
  console.log(
    '| | all connected ms | KB per stream | CPU % idle | CPU % in the burst | last byte to message p50 / p99 ms | missing |',
  );
  console.log('|---|---:|---:|---:|---:|---:|---:|');
  for (const [label, kind] of [
    ['bare undici, drains', 'bare'],
    ['our alert streams, finished events', 'ours'],
  ]) {
    const { milliseconds, memory, idle, busy, times, missing } = await measure(kind);
    const cells = [
      label,
      Math.round(milliseconds),
      memory.toFixed(1),
      ((idle / IDLE_SECONDS) * 100).toFixed(1),
      ((busy / (SECONDS + 1)) * 100).toFixed(1),
      `${quantile(times, 0.5).toFixed(2)} / ${quantile(times, 0.99).toFixed(2)}`,
      missing,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
