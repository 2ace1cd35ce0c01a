import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LIMITS } from '../../src/limits.js';
import type { PortState } from '../../src/sources/http-port.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import { RawClient } from '../sources/raw-client.js';
import { SETTINGS, stopInTime } from '../support/listener.js';
import { Mailbox } from '../support/mailbox.js';
import { freePort } from '../support/node-red.js';
import { CameOut } from './support/came-out.js';
import { Door, Fleet } from './support/fleet.js';
import { checksumOf, numberedPushes, numberOf } from './support/numbered.js';
import { type Build, promise } from './support/promise.js';

const CAMERAS = 16;
/** Listeners at one time, each with cameras of its own, and how often each is stopped. */
const HOUSES = 4;
const STOPS = 25;
const FEW_STOPS = 6;
/** Whoever stops in the middle of a push has an address of its own: one address has so many connections only. */
const STALLED = '127.0.0.2';

interface House {
  readonly came: CameOut;
  readonly answered: number;
  readonly lost: number;
  readonly slowestMs: number;
}

/** Stops a listener under load and starts the next one at once, so many times. */
async function house(build: Build, folder: string, stops: number): Promise<House> {
  const { HttpListener } = build.load<typeof import('../../src/sources/http-listener.js')>(
    'src/sources/http-listener.js',
  );
  const { folderDisk } =
    build.load<typeof import('../../src/inbox/spool/disk.js')>('src/inbox/spool/disk.js');
  const port = await freePort();
  const came = new CameOut();
  const door = new Door();
  const fleet = new Fleet(door, CAMERAS);
  let slowestMs = 0;

  const run = async (underLoad: () => Promise<unknown>) => {
    const states = new Mailbox<PortState>();
    const listener = new HttpListener(
      { ...SETTINGS, port },
      {
        limits: LIMITS,
        keep: { disk: folderDisk(folder), sync: true, confirmed: false },
        onState: (state) => states.put(state),
      },
    );
    const leave = listener.inbox('/isapi', isapi).subscribe({
      alarm: (alarm) => {
        came.put(numberOf(alarm), alarm.event.redelivered === true, checksumOf(alarm));
        alarm.receipt?.handed();
      },
      sign: () => undefined,
    });
    listener.start();
    try {
      const { state } = await states.take();
      assert.equal(state, 'listening', 'the port was not free');
      door.open(port);
      await underLoad();
    } finally {
      door.close();
      const started = performance.now();
      leave();
      await stopInTime(listener, LIMITS.closeMostMs);
      slowestMs = Math.max(slowestMs, performance.now() - started);
    }
  };

  for (let stop = 0; stop < stops; stop++) {
    let stalled: RawClient | undefined;
    await run(async () => {
      await fleet.answers();
      stalled = await RawClient.open(port, { localAddress: STALLED });
      const whole = numberedPushes(CAMERAS, true)(0);
      await stalled.send(whole.subarray(0, whole.length / 2));
      await fleet.answers();
    }).finally(() => stalled?.socket.destroy());
  }
  await run(async () => {
    await came.all(await fleet.finish());
    // What came out last is settled when its flow had time for it.
    await pause(LIMITS.flowMs);
  });
  const { answered } = fleet;
  return { came, answered: answered.size, lost: came.missing(answered).length, slowestMs };
}

promise(
  'P08',
  'a listener that is stopped under load loses nothing that was answered, and its port is free at once',
  async ({ build, t, short, figure }) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'camera-alarms-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const stops = short ? FEW_STOPS : STOPS;
    const folders = Array.from({ length: short ? 1 : HOUSES }, (_, at) => path.join(folder, String(at)));
    const houses = await Promise.all(folders.map((each) => house(build, each, stops)));
    const sum = (of: (house: House) => number) => houses.reduce((total, each) => total + of(each), 0);
    const slowest = Math.max(...houses.map(({ slowestMs }) => slowestMs));
    const [answered, lost] = [sum((each) => each.answered), sum((each) => each.lost)];
    figure(
      `${stops * folders.length} stops with ${CAMERAS} cameras and one half-sent push each, ${answered} answered 200, ` +
        `${lost} lost, ${sum(({ came }) => came.twice)} came more than once, ` +
        `${sum(({ came }) => came.unmarked.length)} of them not marked so; port in use 0; ` +
        `slowest stop ${slowest.toFixed(0)} ms`,
    );
    assert.equal(lost, 0, `${lost} of ${answered} answered ones are lost`);
    assert.equal(
      sum(({ came }) => came.damaged.length),
      0,
    );
    for (const each of folders) assert.deepEqual(readdirSync(each), [], 'kept although all were dealt with');
  },
  [
    {
      what: 'waits for whoever has stopped in the middle of a push',
      file: 'src/sources/http-port.js',
      from: 'const cut = setTimeout(() => gate?.shut(), ',
      to: 'const cut = setTimeout(() => undefined, ',
    },
    {
      what: 'throws away what is left when it is stopped',
      file: 'src/inbox/spool/spool.js',
      from: 'if (this.size === 0)\n                for',
      to: 'for',
    },
    {
      what: 'keeps its port until all who are connected have gone',
      file: 'src/sources/http-port.js',
      from: 'server.close(() => resolve());',
      to: 'setTimeout(() => server.close(), 3_000); resolve();',
    },
  ],
);
