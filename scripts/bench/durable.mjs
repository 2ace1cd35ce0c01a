// What it costs that an alarm is on disk before it is answered: a bare node:http server, our listener that keeps nothing
// (`off`), that writes (`normal`) and that syncs (`always`), and the bare disk. In rounds by turns; what counts are the
// ratios within a round. Alone: node scripts/bench/durable.mjs
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { keptAlive, MARKER, picturePush, xmlPush } from './pushes.mjs';
import {
  ask,
  CONCURRENCY,
  measureThroughput,
  median,
  sorted,
  startForked,
  startLoader,
} from './throughput.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const MILLISECONDS = Number(process.env.MILLISECONDS ?? 1500);
/** On the disk in question. */
const FOLDER = process.env.SPOOL_DIR ?? os.tmpdir();
const PATH = '/bench1234567/isapi';
const PICTURE_BYTES = 300 * 1024;
const RATE = 300;
const SECONDS = 10;
const MODES = ['off', 'normal', 'always'];

const CASES = [
  { name: 'XML alone, one connection per event', request: xmlPush, keepAlive: false },
  {
    name: 'XML alone, 16 connections kept',
    request: (target) => keptAlive(xmlPush(target)),
    keepAlive: true,
  },
  {
    name: 'XML and a picture of 300 KB, 16 connections kept',
    request: (target) => keptAlive(picturePush(target, PICTURE_BYTES)),
    keepAlive: true,
    withDisk: true,
  },
];

/** Alarms in one write of a listener, since it was last asked. */
async function groupOf(server) {
  const { alarms, groups } = await ask(server.child, 'groups');
  return groups === 0 ? 0 : alarms / groups;
}

/** Each first in every other round. */
async function rounds(loader, servers, disk, { request, keepAlive, withDisk }) {
  const always = servers.at(-1);
  const bytes = new Map(servers.map((server) => [server, request(server.target)]));
  const measure = (server, milliseconds) =>
    measureThroughput([loader], server, bytes.get(server), milliseconds, keepAlive);
  for (const server of servers) await measure(server, 1000);
  await groupOf(always);
  const found = [];
  for (let round = 0; round < ROUNDS; round++) {
    const rates = new Map();
    let group = 0;
    let bare;
    const steps = servers.map((server) => async () => {
      rates.set(server.label, await measure(server, MILLISECONDS));
      if (server === always) group = await groupOf(always);
    });
    for (const step of round % 2 === 0 ? steps : steps.toReversed()) await step();
    if (withDisk) {
      const order = {
        bytes: PICTURE_BYTES,
        group: Math.max(1, Math.round(group)),
        milliseconds: MILLISECONDS,
      };
      bare = (await ask(disk, order)).rate;
    }
    found.push({ rates, group, bare });
  }
  return found;
}

function print(name, bytes, servers, found) {
  console.log(`\n### Durable: ${name} (${bytes} bytes with its head)\n`);
  console.log('| | events/s | of bare | of off | of the bare disk | CPU µs/event | failed |');
  console.log('|---|---:|---:|---:|---:|---:|---:|');
  const ratio = (label, other) =>
    median(found.map(({ rates }) => rates.get(label).rate / rates.get(other).rate)).toFixed(2);
  const [bare] = servers;
  for (const { label } of servers) {
    const of = (key) => median(found.map(({ rates }) => rates.get(label)[key]));
    const failed = found.reduce((sum, { rates }) => sum + rates.get(label).failures, 0);
    const disks = found.map((round) => round.bare && round.rates.get(label).rate / round.bare);
    const ofDisk = disks[0] === undefined ? '' : median(disks).toFixed(2);
    const cells = [
      label,
      Math.round(of('rate')),
      ratio(label, bare.label),
      ratio(label, 'off'),
      ofDisk,
      Math.round(of('cpu')),
      failed,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  const group = median(found.map((round) => round.group));
  if (found[0].bare !== undefined)
    console.log(
      `| append + fdatasync, groups of ${group.toFixed(1)} | ${Math.round(median(found.map((round) => round.bare)))} | | | 1.00 | | |`,
    );
  else console.log(`\n${group.toFixed(1)} alarms to a sync.`);
}

const quantile = (numbers, share) =>
  sorted(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];

async function printAnswers(loader, servers) {
  console.log(`\n### Durable: the answer to 300 KB at ${RATE}/s, one connection per event\n`);
  console.log('| | p50 ms | p99 ms | p99.9 ms | most ms | failed |\n|---|---:|---:|---:|---:|---:|');
  for (const server of servers) {
    const target = { ...server.target, localAddress: '127.0.0.2' };
    const request = picturePush(target, PICTURE_BYTES).toString('base64');
    const order = { kind: 'answers', target, request, marker: MARKER, rate: RATE, count: RATE * SECONDS };
    const { times, failures } = await ask(loader, order);
    const cells = [0.5, 0.99, 0.999, 1].map((share) => quantile(times, share).toFixed(1));
    console.log(`| ${[server.label, ...cells, failures].join(' | ')} |`);
  }
}

/** Prints tables. */
export async function benchDurable() {
  const folder = mkdtempSync(path.join(FOLDER, 'camera-alarms-'));
  const servers = [{ label: 'bare node:http', ...(await startForked('bare-server.mjs', PATH)) }];
  for (const mode of MODES) {
    const own = path.join(folder, mode);
    mkdirSync(own);
    servers.push({ label: mode, ...(await startForked('listener-server.mjs', PATH, mode, own)) });
  }
  const loader = startLoader();
  const disk = fork(path.join(import.meta.dirname, 'append.mjs'), [folder]);
  const load = os.loadavg()[0].toFixed(1);
  console.log(
    `\n${ROUNDS} rounds of ${MILLISECONDS} ms by turns, ${CONCURRENCY} connections; medians. Load of the machine ${load}.`,
  );
  for (const each of CASES) {
    const found = await rounds(loader, servers, disk, each);
    print(each.name, each.request(servers[0].target).length, servers, found);
  }
  await printAnswers(loader, servers);
  for (const server of servers) await server.stop();
  loader.kill();
  disk.kill();
  rmSync(folder, { recursive: true, force: true });
}

if (process.argv[1] === import.meta.filename) await benchDurable();
