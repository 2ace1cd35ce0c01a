import assert from 'node:assert/strict';
import { LIMITS } from '../../src/limits.js';
import { addressOf } from '../../src/sources/connection-gate.js';
import { exchange, RawClient } from '../sources/raw-client.js';
import { request, xml } from '../sources/samples.js';
import { startListener } from '../support/listener.js';
import { promise } from './support/promise.js';

const CROWD = '127.0.0.2';
const CAMERA = '127.0.0.3';
const SOCKETS = 300;
const PUSHES = 20;
/** One address has as many as are served and wait, no more. */
const MOST = LIMITS.connectionsPerAddress + LIMITS.waitingPerAddress;

promise(
  'P25',
  'one address cannot take all connections',
  async ({ build, t, figure }) => {
    const { port, sockets } = await startListener(t, { build });
    const crowd = await Promise.all(
      Array.from({ length: SOCKETS }, () => RawClient.open(port, { localAddress: CROWD })),
    );
    t.after(() => {
      for (const { socket } of crowd) socket.destroy();
    });
    let slowest = 0;
    for (let count = 1; count <= PUSHES; count++) {
      const before = performance.now();
      assert.equal((await exchange(port, request(xml(count)), CAMERA)).status, 200);
      slowest = Math.max(slowest, performance.now() - before);
    }
    const held = sockets.filter((socket) => !socket.destroyed && addressOf(socket) === CROWD).length;
    assert.equal(held, MOST, `${held} connections of one address`);
    const most = build.load<typeof import('../../src/limits.js')>('src/limits.js').LIMITS.connections;
    assert.ok(MOST <= most / 4, `${MOST} of ${most}`);
    figure(
      `${SOCKETS} sockets of one address hold ${held} of ${most} places; ${PUSHES} pushes of another all served, the slowest in ${slowest.toFixed(0)} ms`,
    );
  },
  [
    {
      what: 'lets as many of one address wait as like',
      file: 'src/sources/connection-gate.js',
      from: '(waiting?.size ?? 0) >= this.#limits.waitingPerAddress',
      to: 'false',
    },
    {
      what: 'serves as many of one address as like',
      file: 'src/sources/connection-gate.js',
      from: 'served.size >= this.#limits.connectionsPerAddress',
      to: 'false',
    },
  ],
);
