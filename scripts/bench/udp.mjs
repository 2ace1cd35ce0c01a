// Events over UDP: our listener with finished alarms beside a bare socket that counts, at the same senders.
import { fork } from 'node:child_process';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LIMITS } from '../../dist/src/limits.js';
import { GATE_SCENES } from '../../dist/src/simulator/hikvision.js';
import { alertJson } from '../../dist/src/simulator/isapi-documents.js';
import { MARKER } from './pushes.mjs';

const SECONDS = Number(process.env.UDP_SECONDS ?? 10);
const PER_SECOND = 10_000;
const BYTES = 500;
/** So many that none of them comes near what one sender may. */
const ADDRESSES = 252;
const SENDERS = 3;
/** Alarms of one sending process: another one has others. */
const NUMBERS = 10_000_000;
/** Of the search for the highest rate. */
const FIRST = 10_000;
const FACTOR = 1.15;
const STEP_SECONDS = 2;
const TRIES = 3;

const here = (file) => path.join(import.meta.dirname, file);
const ask = (child, order) =>
  new Promise((resolve) => {
    child.once('message', resolve);
    child.send(order);
  });

function text() {
  const [, motion] = GATE_SCENES;
  const identity = { mac: '00:00:5e:00:53:01', address: '192.0.2.7', serial: 'SIM-CAMERA-1' };
  return alertJson({ ...motion, eventState: 'active', count: MARKER, time: new Date(), zone: 60 }, identity)
    .padEnd(BYTES)
    .slice(0, BYTES);
}

async function startSenders() {
  const senders = Array.from({ length: SENDERS }, (_, index) =>
    fork(here('udp-sender.mjs'), [String(NUMBERS * index)]),
  );
  await Promise.all(
    senders.map((sender, index) => {
      const addresses = Array.from(
        { length: ADDRESSES / SENDERS },
        (_, each) => `127.0.${index + 1}.${each + 1}`,
      );
      return ask(sender, { addresses });
    }),
  );
  return senders;
}

async function startReceiver(kind, perSender) {
  const child = fork(here('udp-receiver.mjs'), [kind, perSender]);
  const { port } = await new Promise((resolve) => child.once('message', resolve));
  return { child, port };
}

/** What became of so many a second for a while. */
async function run(senders, { child, port }, perSecond, seconds) {
  await ask(child, {});
  const order = { port, text: text(), marker: MARKER, perSecond: perSecond / senders.length, seconds };
  const results = await Promise.all(senders.map((sender) => ask(sender, order)));
  await pause(300);
  const { count, dropped, lag } = await ask(child, {});
  const sum = (key) => results.reduce((all, each) => all + each[key], 0);
  return { sent: sum('sent'), skipped: sum('skipped'), count, dropped, lag };
}

/** The highest rate at which all arrives; `limited` when the senders could not send more. */
async function highestRate(senders, kind) {
  const receiver = await startReceiver(kind, 1_000_000);
  let best = 0;
  let arrived = true;
  let limited = false;
  for (let rate = FIRST; arrived; rate *= FACTOR) {
    arrived = false;
    limited = true;
    for (let attempt = 0; attempt < TRIES && !arrived; attempt++) {
      const { sent, skipped, count } = await run(senders, receiver, rate, STEP_SECONDS);
      if (skipped > sent / 100) continue;
      limited = false;
      arrived = count === sent;
      if (arrived) best = sent / STEP_SECONDS;
    }
  }
  receiver.child.kill();
  return { best, limited };
}

const RECEIVERS = [
  ['bare dgram, counts', 'bare'],
  ['our listener, reads nothing', 'blank'],
  ['our listener, finished alarms', 'ours'],
];

/** Prints the table. */
export async function benchUdp() {
  const senders = await startSenders();
  console.log(
    `\n### UDP: ${PER_SECOND}/s of ${BYTES} bytes from ${ADDRESSES} addresses for ${SECONDS} s, then the highest rate without loss\n`,
  );
  console.log(
    '| | sent | arrived | lost % | of it counted | loop lag p99 ms | highest rate without loss | of bare |',
  );
  console.log('|---|---:|---:|---:|---:|---:|---:|---:|');
  let bare;
  for (const [label, kind] of RECEIVERS) {
    const receiver = await startReceiver(kind, LIMITS.udpPerSender);
    const { sent, count, dropped, lag } = await run(senders, receiver, PER_SECOND, SECONDS);
    receiver.child.kill();
    const { best, limited } = await highestRate(senders, kind);
    bare ??= best;
    const cells = [
      label,
      sent,
      count,
      ((1 - count / sent) * 100).toFixed(3),
      dropped,
      lag.toFixed(1),
      `${Math.round(best)}${limited ? ' (the senders are the limit)' : ''}`,
      (best / bare).toFixed(2),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  for (const sender of senders) sender.kill();
}
