// A client of many alertStreams, ours or a bare one, in a process of its own: `ours` or `bare` as its argument.
import { randomBytes } from 'node:crypto';
import { Pool } from 'undici';
import {
  AlertStream,
  createIds,
  DeviceClient,
  Inbox,
  isapi,
  LIMITS,
  openAlertStream,
} from '../../dist/src/index.js';
import { chooseChallenge } from '../../dist/src/wire/challenge.js';
import { digestAuthorization } from '../../dist/src/wire/digest.js';

const PATH = '/ISAPI/Event/notification/alertStream';
const LOGIN = { username: process.env.BENCH_USER, password: process.env.BENCH_PASSWORD };
const CLOCK = {
  now: Date.now,
  ticks: () => performance.now(),
  after: (milliseconds, action) => {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};

let received = {};
const note = (number) => {
  received[number] ??= String(process.hrtime.bigint());
};

/** All that our node does, without Node-RED. */
function ours(port) {
  const settings = { protocol: 'http', host: '127.0.0.1', port, verifyTls: true, ...LOGIN };
  const inbox = new Inbox(isapi, createIds(), LIMITS, { announces: false });
  inbox.subscribe({
    alarm: ({ event }) => note(event.document.activePostCount),
    sign: () => undefined,
  });
  const device = { id: '127.0.0.1', address: '127.0.0.1' };
  const door = openAlertStream(new DeviceClient(settings));
  new AlertStream(door, inbox, device, { clock: CLOCK, random: Math.random }).start();
}

/** undici with a login, which drains: it looks for the number of an event and knows nothing else. */
async function bare(port) {
  const pool = new Pool(`http://127.0.0.1:${port}`, { bodyTimeout: 0 });
  const refused = await pool.request({ path: PATH, method: 'GET' });
  await refused.body.dump();
  const challenge = chooseChallenge([refused.headers['www-authenticate'] ?? []].flat());
  const authorization = digestAuthorization({
    ...challenge,
    ...LOGIN,
    method: 'GET',
    uri: PATH,
    nc: '00000001',
    cnonce: randomBytes(8).toString('hex'),
  });
  const { statusCode, body } = await pool.request({ path: PATH, method: 'GET', headers: { authorization } });
  if (statusCode !== 200) throw new Error(`status ${statusCode}`);
  body.on('data', (chunk) => {
    const at = chunk.lastIndexOf('<activePostCount>');
    if (at >= 0) note(Number.parseInt(chunk.toString('latin1', at + 17, at + 27), 10));
  });
}

process.on('message', (order) => {
  if (order.kind === 'connect') {
    const connect = process.argv[2] === 'ours' ? ours : bare;
    for (const port of order.ports) void connect(port);
    process.send({});
  } else if (order.kind === 'settle') {
    global.gc();
    process.send({});
  } else if (order.kind === 'report') {
    process.send({ received });
    received = {};
  }
});
