import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { discover } from '../../src/device/discovery.js';
import { AlarmError } from '../../src/errors.js';
import { dh, readDh } from '../../src/vendors/vstarcam/dh.js';

const HERE = '127.0.0.1';
/** Of this machine alone. */
const EVERYONE_HERE = '127.255.255.255';

interface Said {
  readonly number?: number;
  readonly address?: string;
  readonly port?: number;
  readonly id?: string;
  readonly name?: string;
}

/** The 524 bytes of an answer, with the secrets that are in a real one. */
function answerOf({
  number = 1,
  address = '192.0.2.8',
  port = 81,
  id = 'VC0000000ABCD',
  name = 'Door',
}: Said = {}) {
  const bytes = Buffer.alloc(524);
  bytes.set([0x44, 0x48, 0x01, 0x08]);
  bytes.write(address, 0x04);
  bytes.write('255.255.255.0', 0x14);
  bytes.set([0, 0, 0x5e, 0, 0x53, number], 0x54);
  bytes.writeUInt16LE(port, 0x5a);
  bytes.write(id, 0x5c);
  bytes.write(name, 0x7c);
  bytes.write('1.2.3.4', 0xcc);
  bytes.write('var app_ver="Canary', 0xdc);
  bytes.write('Canary-password', 0x1a4);
  return bytes;
}

async function open(t: TestContext, port = 0): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  t.after(() => socket.close());
  socket.bind(port);
  await once(socket, 'listening');
  return socket;
}

/** A port that is free just now. */
async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, HERE);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

/** Cameras behind one port, which answer everyone who asks as they do: twice, to the port of the answers. */
async function startCameras(t: TestContext, answers: readonly Buffer[]) {
  const socket = await open(t);
  const heard: { readonly hex: string; readonly from: number }[] = [];
  const { port } = socket.address();
  const answerPort = await freeUdpPort();
  socket.on('message', (bytes, from) => {
    heard.push({ hex: bytes.toString('hex'), from: from.port });
    for (const answer of answers) for (const _ of 'ab') socket.send(answer, answerPort, HERE);
  });
  const search = (options: object = {}) =>
    discover(dh, { port, answerPort, group: EVERYONE_HERE, interfaces: [HERE], waitMs: 300, ...options });
  return { heard, answerPort, search };
}

test('cameras are found, each once, by address, with no more than is asked for', async (t) => {
  const { heard, answerPort, search } = await startCameras(t, [
    answerOf({ number: 2, address: '192.0.2.20', port: 46_737, id: 'VC0000000ABCE', name: 'Küche 门' }),
    answerOf(),
    answerOf({ number: 3, address: '0.0.0.0', port: 0, id: '', name: '' }),
    Buffer.from('nonsense'),
    answerOf().subarray(0, 0xcb),
    Buffer.from([0x44, 0x48, 0x01, 0x01]),
  ]);
  const found = await search();
  assert.deepEqual(found, [
    { mac: '00:00:5e:00:53:03', address: HERE },
    { mac: '00:00:5e:00:53:01', address: '192.0.2.8', httpPort: 81, vuid: 'VC0000000ABCD', name: 'Door' },
    {
      mac: '00:00:5e:00:53:02',
      address: '192.0.2.20',
      httpPort: 46_737,
      vuid: 'VC0000000ABCE',
      name: 'Küche 门',
    },
  ]);
  assert.doesNotMatch(JSON.stringify(found), /Canary/);
  assert.deepEqual(heard, [{ hex: '44480101', from: answerPort }]);
});

test('without a network it says so', async (t) => {
  const { search } = await startCameras(t, []);
  const code = await search({ group: '::1', interfaces: ['198.51.100.77'] }).then(
    () => 'none',
    (error: unknown) => (error instanceof AlarmError ? error.code : error),
  );
  assert.equal(code, 'DISCOVERY_FAILED');
});

test('an answer cut anywhere, or with any byte changed, is read or not, and never throws', () => {
  const whole = answerOf();
  for (let cut = 0; cut < whole.length; cut++)
    assert.equal(readDh(whole.subarray(0, cut)) !== undefined, cut >= 0xcc);
  for (let at = 0; at < whole.length; at++) {
    const changed = Buffer.from(whole);
    changed[at] = 0xff;
    const read = readDh(changed);
    assert.doesNotMatch(JSON.stringify(read ?? {}), /Canary|\\u0000/);
  }
  // A name that fills its field ends where that ends.
  const long = `${'门'.repeat(26)}ab`;
  assert.equal(readDh(answerOf({ name: long }))?.name, long);
  const full = answerOf({ id: 'x'.repeat(32), name: '<b>\u202e'.repeat(20).slice(0, 40) });
  assert.equal(readDh(full)?.vuid, 'x'.repeat(32));
  assert.doesNotMatch(readDh(full)?.name ?? '', /\u202e/);
});
