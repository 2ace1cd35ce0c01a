import assert from 'node:assert/strict';
import { Socket } from 'node:dgram';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { json, xml } from '../sources/samples.js';
import { nextTurn } from '../support/listener.js';
import { answerOf, freeUdpPort, HERE, macOf, open, senderTo, sniff } from '../support/sadp.js';
import { openUdp, sendUdp, startUdpListener } from '../support/udp.js';
import { type Build, promise, type Trial } from './support/promise.js';

const DATAGRAMS = 1_000;
const FORGED = 10_000;
const KEPT = 256;
const FEW = 100;
/** How long a search is told to last, and may last; what a busy machine may add. */
const ASKED_MS = 8_000;
const LONGEST_MS = 5_000;
const BUSY_MS = 1_500;
/** An answer would be here by then. */
const LATE_MS = 200;

/** Of every kind: good, cut off, nonsense, questions of those who search, too large. */
const KINDS: readonly (Buffer | string)[] = [
  xml(1),
  json(2),
  xml(3).slice(0, 200),
  'GET / HTTP/1.1\r\n\r\n',
  '<Probe><Uuid>A</Uuid><Types>inquiry</Types></Probe>',
  '',
  Buffer.alloc(60_000, 'x'),
];

/** Whoever sends to our UDP port hears nothing of it. */
async function listenerIsSilent({ build, t, short }: Trial): Promise<string> {
  const { port, listener } = await startUdpListener(t, {
    build,
    limits: { udpPerSender: 500, udpDatagramBytes: 8_192 },
  });
  const [sender, bystander] = [await openUdp(t), await openUdp(t, '127.0.0.9')];
  let heard = 0;
  for (const socket of [sender, bystander]) socket.on('message', () => heard++);
  const sent = t.mock.method(Socket.prototype, 'send');
  const count = short ? 50 : DATAGRAMS;
  for (let number = 0; number < count; number++) {
    await sendUdp(sender, KINDS[number % KINDS.length] ?? '', port);
    await nextTurn();
  }
  await new Promise((resolve) => setTimeout(resolve, LATE_MS));
  const ours = sent.mock.calls.filter((call) => call.this !== sender).length;
  sent.mock.restore();
  const { received, dropped } = listener.counters;
  assert.ok(received > count / 2, `only ${received} were received`);
  assert.deepEqual({ ours, heard }, { ours: 0, heard: 0 }, 'the listener sent something');
  return `${received} datagrams to a listener (${dropped.rate + dropped.size} dropped): 0 sent in reply`;
}

/**
 * Forged answers to a search cost a bounded number of devices and of seconds, and get nothing back.
 * @param devices that answer, in turn, again and again: few keep the search going, many end it
 */
async function discoveryIsBounded({ build, t, short }: Trial, devices: number): Promise<string> {
  const port = await freeUdpPort();
  let connections = 0;
  const web = net.createServer((socket) => {
    connections++;
    socket.destroy();
  });
  web.listen(0, HERE);
  await once(web, 'listening');
  t.after(() => web.close());
  const HttpPort = (web.address() as AddressInfo).port;
  const forger = await open(t);
  let replies = 0;
  forger.on('message', () => replies++);
  let [forged, probes, others] = [0, 0, 0];
  await sniff(t, port, (text, from) => {
    if (from.port === forger.address().port) forged++;
    else if (text.includes('<Probe>')) probes++;
    else others++;
  });
  const send = senderTo(forger, port);
  const sent = t.mock.method(Socket.prototype, 'send');
  const begin = performance.now();
  let over = false;
  const searching = searchOf(build)(port).finally(() => {
    over = true;
  });
  const count = short ? 2_000 : FORGED;
  for (let number = 0; number < count || (!over && devices < KEPT); number++) {
    const which = number % devices;
    const IPv4Address = `10.0.${which >> 8}.${which & 255}`;
    await send(answerOf({ MAC: macOf(which), IPv4Address, HttpPort }));
  }
  const found = await searching;
  const took = performance.now() - begin;
  await new Promise((resolve) => setTimeout(resolve, LATE_MS));
  const ours = sent.mock.calls.filter((call) => call.this !== forger).length;
  sent.mock.restore();
  assert.ok(found.length > 0 && found.length <= KEPT, `${found.length} devices kept`);
  assert.ok(took < LONGEST_MS + BUSY_MS, `searched for ${took} ms`);
  assert.ok(forged > count / 10, `only ${forged} came through`);
  assert.deepEqual({ ours, probes, others, replies, connections }, { ...NOTHING, ours: 1, probes: 1 });
  return `forged answers of ${devices} devices to a search: ${found.length} kept after ${took.toFixed(0)} ms, one question and nothing else sent`;
}

const NOTHING = { others: 0, replies: 0, connections: 0 };

function searchOf(build: Build) {
  const { discover } = build.load<typeof import('../../src/device/discovery.js')>('src/device/discovery.js');
  const { sadp } = build.load<typeof import('../../src/vendors/isapi/sadp.js')>('src/vendors/isapi/sadp.js');
  return (port: number) => discover(sadp, { port, interfaces: [HERE], waitMs: ASKED_MS });
}

promise(
  'P38',
  'UDP sockets never send in reply, and a search for devices is bounded',
  async (trial) => {
    trial.figure(await listenerIsSilent(trial));
    for (const devices of [FORGED, FEW]) trial.figure(await discoveryIsBounded(trial, devices));
  },
  [
    {
      what: 'thanks each sender',
      file: 'src/sources/udp-port.js',
      from: "socket.on('message', (bytes, { address }) => {",
      to: "socket.on('message', (bytes, { address, port }) => { socket.send('OK', port, address);",
    },
    {
      what: 'keeps as many devices as it is told',
      file: 'src/device/discovery.js',
      from: 'found.size >= limits.discoveredDevices',
      to: 'false',
    },
    {
      what: 'searches for as long as it is told',
      file: 'src/device/discovery.js',
      from: 'Math.min(options.waitMs ?? limits.discoveryMs, limits.discoveryMaxMs)',
      to: 'options.waitMs ?? limits.discoveryMs',
    },
  ],
);
