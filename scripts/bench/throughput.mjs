// Pushes as many as can be, from processes of their own to a server in a process of its own.
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { MARKER } from './pushes.mjs';

/** Connections at a time of one sending process. */
export const CONCURRENCY = 16;
const TICKS_PER_SECOND = 100;

const here = (file) => path.join(import.meta.dirname, file);
/** Sends an order to a process. @returns its answer */
export const ask = (child, order) =>
  new Promise((resolve, reject) => {
    child.once('message', (answer) => (answer.error ? reject(new Error(answer.error)) : resolve(answer)));
    child.send(order);
  });

/** Numbers of the pushes of one sending process: another one has others. */
const NUMBERS = 10_000_000;
let loaders = 0;
export const startLoader = () => fork(here('load.mjs'), [String(NUMBERS * loaders++)]);

export const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
export const median = (numbers) => sorted(numbers)[Math.floor(numbers.length / 2)];

/** A server in a process of its own. */
export async function startForked(file, pathOf, ...args) {
  const child = fork(here(file), args);
  const { port } = await new Promise((resolve) => child.once('message', resolve));
  return {
    child,
    pid: child.pid,
    target: { host: '127.0.0.1', port, path: pathOf },
    record: async () => void child.send('record'),
    report: async () => (await ask(child, 'report')).received,
    stop: async () => void child.kill(),
  };
}

/** Seconds of processor time a process has used so far. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Pushes for a while, and says what came of it and what it cost the server. @param keepAlive one connection for many */
export async function measureThroughput(loaders, server, request, milliseconds, keepAlive = false) {
  const before = cpuSeconds(server.pid);
  const results = await Promise.all(
    loaders.map((loader, index) =>
      ask(loader, {
        kind: 'throughput',
        // Each loader is a sender of its own: the listener serves 16 connections of one address at a time.
        target: { ...server.target, localAddress: `127.0.0.${index + 2}` },
        request: request.toString('base64'),
        marker: MARKER,
        keepAlive,
        concurrency: CONCURRENCY,
        milliseconds,
      }),
    ),
  );
  const cpu = cpuSeconds(server.pid) - before;
  const events = results.reduce((sum, each) => sum + each.events, 0);
  const seconds = Math.max(...results.map((each) => each.seconds));
  const failures = results.reduce((sum, each) => sum + each.failures, 0);
  return { rate: events / seconds, cpu: (cpu / events) * 1e6, busy: cpu / seconds, failures };
}
