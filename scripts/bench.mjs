// The benchmark: the same pushes against a bare node:http server, our listener, our node in Node-RED, and Node-RED's own
// http in with an XML node; then what it costs to keep alarms on disk, reading documents, reading streams, a thousand alert streams, and datagrams. Side by side in
// rounds; what counts are the ratios within a round. Figures of one machine and day: nothing here passes or fails.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { benchDecode } from './bench/decode.mjs';
import { benchDurable } from './bench/durable.mjs';
import { benchFront } from './bench/front.mjs';
import { benchMultipart } from './bench/multipart.mjs';
import { startHttpIn, startOurs } from './bench/node-red-servers.mjs';
import { MARKER, picturePush, xmlPush } from './bench/pushes.mjs';
import { benchStreams } from './bench/streams.mjs';
import {
  ask,
  CONCURRENCY,
  measureThroughput,
  median,
  sorted,
  startForked,
  startLoader,
} from './bench/throughput.mjs';
import { benchUdp } from './bench/udp.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const MILLISECONDS = Number(process.env.MILLISECONDS ?? 1500);
const LOADERS = Number(process.env.LOADERS ?? 1);
const CASES = [
  {
    name: 'XML alone',
    withPictures: false,
    request: xmlPush,
  },
  {
    name: 'XML and a picture of 300 KB',
    withPictures: true,
    request: (target) => picturePush(target),
  },
];

async function startInNodeRed(start, withPictures) {
  const { nodeRed, port, path: pathOf } = await start(withPictures);
  const received = async () => (await fetch(`http://127.0.0.1:${nodeRed.port}/received`)).json();
  return {
    pid: nodeRed.process.pid,
    target: { host: '127.0.0.1', port, path: pathOf },
    record: async () => void (await received()),
    report: received,
    stop: () => nodeRed.stop(),
  };
}

const SERVERS = [
  ['bare node:http, drains and answers 200', () => startForked('bare-server.mjs', '/bench1234567/isapi')],
  ['node:http that collects the body', () => startForked('collecting-server.mjs', '/bench1234567/isapi')],
  ['our listener', () => startForked('listener-server.mjs', '/bench1234567/isapi')],
  ['isapi-alarm-in in Node-RED', (withPictures) => startInNodeRed(startOurs, withPictures)],
  ['Node-RED http in + xml', (withPictures) => startInNodeRed(startHttpIn, withPictures)],
];

const peakMegabytes = (pid) =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

const quantile = (numbers, share) =>
  sorted(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];

async function measureLatency(loader, server, request) {
  await server.record();
  const order = {
    kind: 'latency',
    target: server.target,
    request: request.toString('base64'),
    marker: MARKER,
    rate: 150,
    count: 450,
  };
  const { sent } = await ask(loader, order);
  const received = await server.report();
  const numbers = Object.keys(sent);
  const times = numbers.flatMap((number) =>
    received[number] === undefined ? [] : [Number(BigInt(received[number]) - BigInt(sent[number])) / 1000],
  );
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), missing: numbers.length - times.length };
}

async function run() {
  const loaders = Array.from({ length: LOADERS }, () => startLoader());
  console.log(
    `Node.js ${process.version}, ${os.cpus().length} cores; ${ROUNDS} rounds of ${MILLISECONDS} ms, ` +
      `${LOADERS} sending process(es) with ${CONCURRENCY} connections at a time, one connection per event; medians.`,
  );
  for (const { name, withPictures, request } of CASES) {
    const servers = [];
    for (const [label, start] of SERVERS) servers.push({ label, ...(await start(withPictures)), rounds: [] });
    const bytesFor = new Map(servers.map((server) => [server, request(server.target)]));
    for (const server of servers) await measureThroughput(loaders, server, bytesFor.get(server), 1000);
    for (let round = 0; round < ROUNDS; round++) {
      for (const server of servers) {
        server.rounds.push(await measureThroughput(loaders, server, bytesFor.get(server), MILLISECONDS));
      }
    }
    for (const server of servers)
      server.latency = await measureLatency(loaders[0], server, bytesFor.get(server));
    print(name, bytesFor.get(servers[0]).length, servers);
    for (const server of servers) await server.stop();
  }
  const [{ request }] = CASES;
  await benchFront(loaders, request, MILLISECONDS);
  for (const loader of loaders) loader.kill();
  await benchDurable();
  benchDecode();
  await benchMultipart();
  await benchStreams();
  await benchUdp();
}

function print(name, bytes, servers) {
  console.log(`\n### ${name} (${bytes} bytes with its head)\n`);
  console.log(
    '| | events/s | of bare | of http in | CPU µs/event | CPU busy | peak MB | to message p50 / p99 µs |',
  );
  console.log('|---|---:|---:|---:|---:|---:|---:|---:|');
  const [bare] = servers;
  const stock = servers.at(-1);
  const ratio = (server, other) =>
    median(server.rounds.map((each, round) => each.rate / other.rounds[round].rate)).toFixed(2);
  for (const server of servers) {
    const of = (key) => median(server.rounds.map((each) => each[key]));
    const { p50, p99, missing } = server.latency;
    const failures = server.rounds.reduce((sum, each) => sum + each.failures, 0);
    const notes = [failures > 0 && `${failures} failed`, missing > 0 && `${missing} missing`].filter(Boolean);
    const cells = [
      server.label + (notes.length > 0 ? ` (${notes.join(', ')})` : ''),
      Math.round(of('rate')),
      ratio(server, bare),
      ratio(server, stock),
      Math.round(of('cpu')),
      `${Math.round(of('busy') * 100)} %`,
      Math.round(peakMegabytes(server.pid)),
      `${Math.round(p50)} / ${Math.round(p99)}`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

await run();
