import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { LIMITS } from '../../src/limits.js';
import { addressOf } from '../../src/sources/connection-gate.js';
import { exchange } from '../sources/raw-client.js';
import { request, xml } from '../sources/samples.js';
import { startListener } from '../support/listener.js';
import { promise } from './support/promise.js';
import { kindOf, type SlowKind, type SlowPlan } from './support/slow-places.js';

const CAMERAS = 32;
/** What a limit may be exceeded by (reliability.md §8), and what a busy machine may add. */
const LATE_MS = 1_000;
const BUSY_MS = 2_000;
/** Five times what the table says, as other work may have the processor. */
const GOOD_MS = 1_000;
const LOOK_MS = 50;

const FULL = { count: 2_000, dripMs: 1_000, pushMs: 500, limits: LIMITS };
/** The same shape in a fraction of the time. */
const SHORT = {
  count: 600,
  dripMs: 20,
  pushMs: 100,
  limits: {
    headersTimeoutMs: 1_000,
    requestTimeoutMs: 1_500,
    keepAliveTimeoutMs: 100,
    checkIntervalMs: 50,
    refusedLingerMs: 50,
  },
};

/** Resolves when all are connected. */
async function openSlowPeers(t: TestContext, plan: SlowPlan): Promise<void> {
  const child = fork(path.join(__dirname, 'support/slow-peers.js'), [JSON.stringify(plan)]);
  t.after(() => child.disconnect());
  await once(child, 'message');
}

/** Pushes again and again until it is told to stop. @returns milliseconds of each push, and what went wrong */
function startCameras(push: (camera: number) => Promise<number>, everyMs: number) {
  let over = false;
  const times: number[] = [];
  const failures: unknown[] = [];
  const running = Array.from({ length: CAMERAS }, async (_, camera) => {
    await pause((camera * everyMs) / CAMERAS);
    while (!over) {
      await push(camera).then(
        (ms) => times.push(ms),
        (error) => failures.push(error),
      );
      await pause(everyMs);
    }
  });
  return async () => {
    over = true;
    await Promise.all(running);
    return { times: times.sort((a, b) => a - b), failures };
  };
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`;

promise(
  'P24',
  'slow and idle peers are cut off in time and do not disturb real cameras',
  async ({ build, t, short, figure }) => {
    const { count, dripMs, pushMs, limits } = short ? SHORT : FULL;
    const { port, sockets } = await startListener(t, { build, limits });
    const push = async (camera: number) => {
      const before = performance.now();
      const { status } = await exchange(port, request(xml(camera)), `127.0.2.${camera + 1}`);
      assert.equal(status, 200);
      return performance.now() - before;
    };
    for (let camera = 0; camera < CAMERAS; camera++) await push(camera);

    const stopCameras = startCameras(push, pushMs);
    await openSlowPeers(t, { port, count, dripMs });
    const begin = performance.now();
    /** Since when the listener has each of them; how long it had those of each kind. */
    const since = new Map<Socket, number>();
    const held: Record<SlowKind, number> = { idle: 0, head: 0, body: 0 };
    const look = () => {
      const now = performance.now();
      let left = 0;
      for (const socket of sockets) {
        const kind = kindOf(addressOf(socket));
        if (kind === undefined) continue;
        if (!since.has(socket)) since.set(socket, now);
        if (socket.destroyed) continue;
        left++;
        held[kind] = Math.max(held[kind], now - (since.get(socket) ?? now));
      }
      return left;
    };
    const most = limits.requestTimeoutMs + LATE_MS + BUSY_MS;
    let left = look();
    for (; left > 0 && performance.now() - begin < most; left = look()) await pause(LOOK_MS);
    const { times, failures } = await stopCameras();
    assert.deepEqual(failures.map(String), [], 'a good camera was not served');
    assert.equal(left, 0, `slow peers are still there after ${most} ms`);
    for (const kind of ['idle', 'head'] as const)
      assert.ok(held[kind] < limits.headersTimeoutMs + LATE_MS + BUSY_MS, `${kind}: ${held[kind]} ms`);
    assert.ok(held.body < most, `body: ${held.body} ms`);
    const p99 = times[Math.floor(times.length * 0.99)] ?? assert.fail('no push');
    assert.ok(p99 < GOOD_MS, `p99 of the good ones ${p99} ms`);
    figure(
      `${count} slow peers: idle ones cut off after ${seconds(held.idle)}, slow heads after ${seconds(held.head)}, slow bodies after ${seconds(held.body)}; ${times.length} pushes of ${CAMERAS} cameras beside them, 0 errors, p99 ${p99.toFixed(1)} ms, slowest ${times.at(-1)?.toFixed(0)} ms`,
    );
  },
  [
    {
      what: 'turns cameras away when slow peers have all places',
      file: 'src/sources/connection-gate.js',
      from: 'if (socket === undefined || owner === undefined)',
      to: 'if (true)',
    },
    {
      what: 'waits for a body without end',
      file: 'src/sources/http-port.js',
      from: 'requestTimeout: this.#limits.requestTimeoutMs',
      to: 'requestTimeout: 0',
    },
    {
      what: 'waits for a head without end',
      file: 'src/sources/head-front.js',
      from: 'else if (since <= due)',
      to: 'else if (since < 0)',
    },
  ],
);
