// What one process carries, for docs/fleet.md: a gateway that keeps alarms on disk and gives them to a small flow; the
// same with the flow of examples/20 to a broker, a worker with examples/21, and back again; and how long cameras wait for
// their answers. In rounds by turns, medians. Alone: node scripts/bench/fleet.mjs. Needs mosquitto for the way by a broker.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Mosquitto } from '../../dist/test/fleet/support/mosquitto.js';
import { exampleFlow, freePort, startNodeRed } from '../../dist/test/support/node-red.js';
import { MARKER, picturePush, xmlPush } from './pushes.mjs';
import { ask, CONCURRENCY, cpuSeconds, median, sorted, startLoader } from './throughput.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECRET = 'bench1234567';
/** No alarm comes again while it is measured, all have room, and all pushes come from one address. */
const LIMITS = {
  confirmMs: 600_000,
  confirmMostMs: 600_000,
  spoolBytes: 4 * 1024 ** 3,
  spoolEvents: 100_000,
  connections: 1_024,
  connectionsPerAddress: 1_024,
};
const CASES = [
  { name: '700 bytes', request: xmlPush, alarms: 3_000, rates: [100, 300] },
  { name: '300 KB', request: (target) => picturePush(target), alarms: 600, rates: [25, 75] },
];
const SECONDS = 4;

/** Counts what reaches its end, and says so over HTTP. */
const counter = (z) => [
  {
    id: 'count',
    type: 'function',
    z,
    outputs: 0,
    func: "global.set('count', (global.get('count') || 0) + 1);",
    x: 1,
    y: 1,
    wires: [],
  },
  { id: 'ask', type: 'http in', z, url: '/count', method: 'get', x: 1, y: 2, wires: [['tell']] },
  {
    id: 'tell',
    type: 'function',
    z,
    outputs: 1,
    func: "msg.payload = String(global.get('count') || 0); return msg;",
    x: 2,
    y: 2,
    wires: [['answer']],
  },
  { id: 'answer', type: 'http response', z, x: 3, y: 2, wires: [] },
];

/** Both flows end at the counter: behind our node, or behind the confirmation of a worker. */
function flowOf(kind, port, brokerPort) {
  const listener = { host: '127.0.0.1', port: String(port), confirm: kind === 'gateway' };
  const flow = exampleFlow('20-fleet-gateway', {
    'alarm-listener': listener,
    'mqtt-broker': { broker: '127.0.0.1', port: String(brokerPort) },
    // Pushes of the same camera are alarms of their own.
    'isapi-alarm-in': { pairing: 'off', ...(kind === 'small' && { wires: [['count'], []] }) },
    'alarm-settle': { wires: [['count']] },
  });
  const wanted =
    kind === 'gateway'
      ? flow
      : flow.filter(({ type }) => ['tab', 'isapi-alarm-in', 'alarm-listener'].includes(type));
  return [...wanted, ...counter('fleet-gateway')];
}

async function startGateway(kind, brokerPort) {
  const port = await freePort();
  const nodeRed = await startNodeRed({
    flows: flowOf(kind, port, brokerPort),
    credentials: { 'fleet-gateway-listener': { secret: SECRET } },
    settings: { cameraAlarms: { limits: LIMITS } },
  });
  await nodeRed.said(kind === 'gateway' ? /Connected to broker/ : /waiting for alarms/);
  return {
    nodeRed,
    pid: nodeRed.process.pid,
    target: { host: '127.0.0.1', port, path: `/${SECRET}/isapi`, localAddress: '127.0.0.2' },
  };
}

/** Confirms all it gets, without mailing it. */
const startWorker = (brokerPort) =>
  startNodeRed({
    modules: ['node-red-node-email'],
    flows: exampleFlow('21-fleet-worker', {
      'mqtt-broker': { broker: '127.0.0.1', port: String(brokerPort) },
      switch: { wires: [['fleet-worker-done'], ['fleet-worker-done']] },
    }),
  });

const countOf = async ({ nodeRed }) =>
  Number(await (await fetch(`http://127.0.0.1:${nodeRed.port}/count`)).text());
const peakMegabytes = (pid) =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
const quantile = (numbers, share) =>
  sorted(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];

/** Pushes so many as fast as they are answered. @returns alarms a second, answered and at the end of the flow */
async function burst(loader, gateway, request, alarms) {
  const before = await countOf(gateway);
  const cpu = cpuSeconds(gateway.pid);
  const begun = performance.now();
  const order = {
    kind: 'burst',
    target: gateway.target,
    request,
    marker: MARKER,
    concurrency: CONCURRENCY,
    count: alarms,
  };
  const { failures } = await ask(loader, order);
  const answered = performance.now() - begun;
  while ((await countOf(gateway)) - before < alarms - failures) await pause(20);
  const through = performance.now() - begun;
  const used = cpuSeconds(gateway.pid) - cpu;
  return {
    failures,
    answered: (alarms / answered) * 1000,
    through: (alarms / through) * 1000,
    cpu: (used / alarms) * 1e3,
  };
}

async function measure(loader, gateways, { name, request, alarms, rates }) {
  const bytes = new Map(gateways.map((each) => [each, request(each.target).toString('base64')]));
  const found = new Map(gateways.map((each) => [each, []]));
  for (const gateway of gateways) await burst(loader, gateway, bytes.get(gateway), alarms / 3);
  for (let round = 0; round < ROUNDS; round++)
    for (const gateway of round % 2 === 0 ? gateways : gateways.toReversed())
      found.get(gateway).push(await burst(loader, gateway, bytes.get(gateway), alarms));
  console.log(`\n### Alarms of ${name}, ${alarms} at once\n`);
  console.log(
    '| | answered/s | at the end of the flow/s | CPU ms each | peak MB | failed |\n|---|---:|---:|---:|---:|---:|',
  );
  for (const gateway of gateways) {
    const of = (key) => median(found.get(gateway).map((each) => each[key]));
    const failed = found.get(gateway).reduce((sum, { failures }) => sum + failures, 0);
    const cells = [
      Math.round(of('answered')),
      Math.round(of('through')),
      of('cpu').toFixed(2),
      Math.round(peakMegabytes(gateway.pid)),
      failed,
    ];
    console.log(`| ${[gateway.label, ...cells].join(' | ')} |`);
  }
  console.log(`\n| answers to ${name}, ms p50 / p99 | ${rates.map((rate) => `${rate}/s`).join(' | ')} |`);
  console.log(`|---|${rates.map(() => '---:|').join('')}`);
  const waits = new Map(gateways.map((each) => [each, rates.map(() => [])]));
  for (let round = 0; round < ROUNDS; round++)
    for (const gateway of gateways)
      for (const [index, rate] of rates.entries())
        waits.get(gateway)[index].push(await steady(loader, gateway, bytes.get(gateway), rate));
  for (const gateway of gateways) {
    const cells = waits.get(gateway).map((rounds) => {
      const of = (key) => median(rounds.map((each) => each[key]));
      const failed = rounds.reduce((sum, { failures }) => sum + failures, 0);
      return `${of('p50').toFixed(1)} / ${of('p99').toFixed(1)}${failed > 0 ? ` (${failed} failed)` : ''}`;
    });
    console.log(`| ${[gateway.label, ...cells].join(' | ')} |`);
  }
}

/** Pushes at a steady rate. @returns how long cameras wait for their answers, milliseconds */
async function steady(loader, gateway, request, rate) {
  const order = {
    kind: 'answers',
    target: gateway.target,
    request,
    marker: MARKER,
    rate,
    count: rate * SECONDS,
  };
  const before = await countOf(gateway);
  const { times, failures } = await ask(loader, order);
  while ((await countOf(gateway)) - before < times.length) await pause(20);
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), failures };
}

/** Prints tables. */
export async function benchFleet() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'camera-alarms-'));
  const hasBroker = spawnSync(process.env.MOSQUITTO ?? 'mosquitto', ['-h']).error === undefined;
  const broker = new Mosquitto(folder, await freePort());
  const gateways = [{ label: 'small flow', ...(await startGateway('small', broker.port)) }];
  let worker;
  if (hasBroker) {
    await broker.start();
    worker = await startWorker(broker.port);
    await worker.said(/Connected to broker/);
    gateways.push({
      label: 'gateway, broker, worker and back',
      ...(await startGateway('gateway', broker.port)),
    });
  }
  const loader = startLoader();
  console.log(
    `Node.js ${process.version}, ${os.cpus().length} cores, load ${os.loadavg()[0].toFixed(1)}; medians of ${ROUNDS} rounds by turns.`,
  );
  for (const each of CASES) await measure(loader, gateways, each);
  loader.kill();
  for (const { nodeRed } of gateways) await nodeRed.stop();
  await worker?.stop();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
}

if (process.argv[1] === import.meta.filename) await benchFleet();
