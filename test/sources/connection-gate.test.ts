import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { LIMITS, type Limits } from '../../src/limits.js';
import { addressOf, ConnectionGate } from '../../src/sources/connection-gate.js';
import { complaints, drain, nextTurn, startListener, type TestListener } from '../support/listener.js';
import { exchange, RawClient } from './raw-client.js';
import { countOf, LARGE, MULTIPART, multipart, request, xml } from './samples.js';

const OTHER = '127.0.0.2';
const CROWD = 'overload CONNECTIONS_TOO_MANY';

/** Opens connections that are in the middle of a push, so that each keeps its place. */
async function occupy({ port, sockets }: TestListener, count: number, localAddress = '127.0.0.1') {
  const wanted = sockets.length + count;
  const bytes = request(xml());
  const clients = await Promise.all(
    Array.from({ length: count }, () => RawClient.open(port, { localAddress })),
  );
  for (const client of clients) await client.send(bytes.subarray(0, -5));
  while (sockets.length < wanted) await nextTurn();
  const finish = async (client: RawClient) => {
    await client.send(bytes.subarray(-5));
    assert.equal((await client.answer()).status, 200);
    client.socket.destroy();
  };
  return { clients, finish };
}

test('sixteen connections of an address are served, the next one waits for a place and is then served', async (t) => {
  const listener = await startListener(t);
  const { clients, finish } = await occupy(listener, LIMITS.connectionsPerAddress);
  const waiting = await RawClient.open(listener.port);
  await waiting.send(request(xml(17)));
  for (let round = 0; round < 5; round++) await exchange(listener.port, request(xml(100)), OTHER);
  assert.equal(waiting.received, '');
  assert.deepEqual((await drain(listener.alarms)).map(countOf), [100, 100, 100, 100, 100]);
  await finish(clients[5] as RawClient);
  assert.equal((await waiting.answer()).status, 200);
  assert.deepEqual((await drain(listener.alarms)).map(countOf), [1, 17]);
  for (const client of [waiting, ...clients]) client.socket.destroy();
  await listener.quiet(LIMITS.connectionsPerAddress + 6);
});

test('of sixty pushes at once from one address none is lost and each picture is whole', async (t) => {
  const { port, alarms, signs } = await startListener(t);
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, count) =>
      exchange(port, request(multipart(count, LARGE), { type: MULTIPART, headers: ['Connection: close'] })),
    ),
  );
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  const got = await drain(alarms);
  assert.deepEqual(
    got.map(countOf).sort((a, b) => a - b),
    [...answers.keys()],
  );
  for (const { attachments, event } of got) {
    assert.equal(event.truncated, undefined);
    assert.deepEqual(attachments[0]?.content, LARGE);
  }
  assert.equal(signs.size, 1);
});

test('who waits is served in order of arrival', async (t) => {
  const listener = await startListener(t, { limits: { connectionsPerAddress: 1 } });
  const { clients, finish } = await occupy(listener, 1);
  const waiting: RawClient[] = [];
  for (let count = 1; count <= 5; count++) {
    const client = await RawClient.open(listener.port);
    await client.send(request(xml(count), { headers: ['Connection: close'] }));
    await listener.accepted(1 + count);
    waiting.push(client);
  }
  await finish(clients[0] as RawClient);
  for (const client of waiting) assert.equal((await client.lastAnswer()).status, 200);
  assert.deepEqual((await drain(listener.alarms)).map(countOf), [1, 1, 2, 3, 4, 5]);
});

test('connections beyond those that may wait are closed at once and told once in a minute; other addresses are served', async (t) => {
  const clock = { now: 1_800_000_000_000 };
  const listener = await startListener(t, { now: () => clock.now });
  const { clients, finish } = await occupy(listener, LIMITS.connectionsPerAddress + LIMITS.waitingPerAddress);
  const knock = async () => {
    const client = await RawClient.open(listener.port);
    assert.equal(await client.rest(), '');
    return complaints(listener);
  };
  assert.deepEqual(await knock(), [CROWD]);
  assert.deepEqual(await knock(), []);
  clock.now += 60_000;
  assert.deepEqual(await knock(), [CROWD]);
  assert.equal((await exchange(listener.port, request(xml(7)), OTHER)).status, 200);
  for (const client of clients) await finish(client);
  const counts = (await drain(listener.alarms)).map(countOf);
  assert.deepEqual([counts.length, counts[0]], [clients.length + 1, 7]);
});

test('three hundred connections of one address do not keep a camera of another one out', async (t) => {
  const { port, sockets, signs } = await startListener(t);
  const crowd = await Promise.all(
    Array.from({ length: 300 }, () => RawClient.open(port, { localAddress: OTHER })),
  );
  for (let count = 1; count <= 20; count++) {
    const before = performance.now();
    assert.equal((await exchange(port, request(xml(count)), '127.0.0.3')).status, 200);
    assert.ok(performance.now() - before < 1_000);
  }
  const open = sockets.filter((socket) => !socket.destroyed && addressOf(socket) === OTHER);
  assert.equal(open.length, LIMITS.connectionsPerAddress + LIMITS.waitingPerAddress);
  assert.equal((await drain(signs)).filter(({ event }) => event === 'overload').length, 1);
  for (const client of crowd) client.socket.destroy();
});

test('when addresses that have pushed have too many connections together, one of the noisiest is closed and told', async (t) => {
  const listener = await startListener(t, { limits: { connections: 3 } });
  for (const address of ['127.0.0.2', '127.0.0.3']) {
    assert.equal((await exchange(listener.port, request(xml()), address)).status, 200);
  }
  await listener.quiet(2);
  await drain(listener.signs);
  const noisy = await occupy(listener, 2, '127.0.0.2');
  const quiet = await occupy(listener, 1, '127.0.0.3');
  const fresh = await occupy(listener, 1, '127.0.0.4');
  assert.equal(await noisy.clients[0]?.rest(), '');
  const sign = await listener.signs.take();
  assert.deepEqual([sign.event, sign.device], ['overload', { id: '127.0.0.2', address: '127.0.0.2' }]);
  // The one that was cut off may have said enough for an alarm.
  await quiet.finish(quiet.clients[0] as RawClient);
  await fresh.finish(fresh.clients[0] as RawClient);
  await noisy.finish(noisy.clients[1] as RawClient);
});

test('when all addresses together have too many connections, the oldest of a stranger is closed and told', async (t) => {
  const listener = await startListener(t, { limits: { connections: 4 } });
  assert.equal((await exchange(listener.port, request(xml()), '127.0.0.2')).status, 200);
  await listener.quiet(1);
  await drain(listener.signs);
  const known = await occupy(listener, 1, '127.0.0.2');
  const [stranger, ...others] = (await occupy(listener, 3, '127.0.0.3')).clients;
  assert.equal((await exchange(listener.port, request(xml(7)), '127.0.0.4')).status, 200);
  assert.equal(await stranger?.rest(), '');
  const [sign] = await drain(listener.signs);
  assert.deepEqual([sign?.event, sign?.device.address], ['overload', '127.0.0.3']);
  for (const client of [...known.clients, ...others]) await known.finish(client);
});

test('over an IPv6 socket, too, IPv4 peers are known by their IPv4 address', async (t) => {
  const settings = { host: '::ffff:127.0.0.1', allow: '127.0.0.0/30' };
  const { port, signs, quiet, accepted } = await startListener(t, { settings, limits: { connections: 1 } });
  assert.equal((await exchange(port, request(xml()), '127.0.0.2')).status, 200);
  await quiet(1);
  assert.equal((await exchange(port, request(xml()), '127.0.0.5')).status, 403);
  await quiet(2);
  const client = await RawClient.open(port, { localAddress: '127.0.0.2' });
  await accepted(3);
  const dropped = await RawClient.open(port, { localAddress: '127.0.0.3' });
  assert.equal(await dropped.rest(), '');
  client.socket.destroy();
  const addresses = (await drain(signs)).map(({ event, device }) => `${event} ${device.address}`);
  assert.deepEqual(addresses, ['online 127.0.0.2', 'denied 127.0.0.5', 'overload 127.0.0.3']);
});

test('a connection whose turn does not come in the time for a request is closed and told', async (t) => {
  const limits = {
    connectionsPerAddress: 1,
    requestTimeoutMs: 300,
    headersTimeoutMs: 300,
    checkIntervalMs: 50,
  };
  const listener = await startListener(t, { limits: { ...limits, keepAliveTimeoutMs: 5_000 } });
  const first = await RawClient.open(listener.port);
  await first.send(request(xml()));
  assert.equal((await first.answer()).status, 200);
  const waiting = await RawClient.open(listener.port);
  const before = performance.now();
  assert.equal(await waiting.rest(), '');
  const took = performance.now() - before;
  assert.ok(took > 250 && took < 3_000, `closed after ${took} ms`);
  assert.deepEqual(await complaints(listener), [CROWD]);
  first.socket.destroy();
});

const LEAVING: [string, (client: RawClient) => void][] = [
  ['close', (client) => client.socket.destroy()],
  ['reset', (client) => client.socket.resetAndDestroy()],
];
for (const [how, leave] of LEAVING) {
  test(`waiting connections that ${how} without having said anything leave their places to others`, async (t) => {
    const limits = { connectionsPerAddress: 2, waitingPerAddress: 3 };
    const listener = await startListener(t, { limits });
    const { port, alarms, sockets } = listener;
    const { clients, finish } = await occupy(listener, 2);
    for (let round = 0; round < 4; round++) {
      const gone = await Promise.all([1, 2, 3].map(() => RawClient.open(port)));
      await listener.accepted(2 + 3 * (round + 1));
      for (const client of gone) leave(client);
      await until(() => sockets.slice(2).every((socket) => socket.destroyed), 'they keep their places');
    }
    const waiting = await Promise.all([1, 2, 3].map(() => RawClient.open(port)));
    const bytes = request(xml(), { headers: ['Connection: close'] });
    for (const client of waiting) await client.send(bytes);
    for (const client of clients) await finish(client);
    for (const client of waiting) assert.equal((await client.lastAnswer()).status, 200);
    assert.equal(alarms.size, 5);
  });

  test(`waiting connections that ${how} without having said anything hold nobody up when their turn comes`, async (t) => {
    const listener = await startListener(t, { limits: { connectionsPerAddress: 1 } });
    const { clients, finish } = await occupy(listener, 1);
    for (let count = 1; count <= 3; count++) leave(await RawClient.open(listener.port));
    await listener.accepted(4);
    for (let round = 0; round < 5; round++) await exchange(listener.port, request(xml(100)), OTHER);
    await finish(clients[0] as RawClient);
    const client = await RawClient.open(listener.port);
    await client.send(request(xml(8)));
    assert.equal((await client.answer('POST', 2_000)).status, 200);
    client.socket.destroy();
  });
}

test('a push whose sender closed its side while it waited is still taken and answered', async (t) => {
  const listener = await startListener(t, { limits: { connectionsPerAddress: 1 } });
  const { clients, finish } = await occupy(listener, 1);
  const waiting = await RawClient.open(listener.port);
  waiting.socket.end(request(multipart(7, LARGE), { type: MULTIPART }));
  for (let round = 0; round < 5; round++) await exchange(listener.port, request(xml(100)), OTHER);
  await drain(listener.alarms);
  await finish(clients[0] as RawClient);
  assert.equal((await waiting.lastAnswer()).status, 200);
  const [, alarm] = await drain(listener.alarms);
  assert.deepEqual([alarm && countOf(alarm), alarm?.event.truncated], [7, undefined]);
});

test('a small push whose sender was gone before its turn came is still an alarm, and holds no place', async (t) => {
  const listener = await startListener(t, { limits: { connectionsPerAddress: 1 } });
  const { clients, finish } = await occupy(listener, 1);
  const waiting = await RawClient.open(listener.port);
  await waiting.send(request(xml(7)));
  await listener.accepted(2);
  waiting.socket.destroy();
  for (let round = 0; round < 5; round++) await exchange(listener.port, request(xml(100)), OTHER);
  await drain(listener.alarms);
  await finish(clients[0] as RawClient);
  const before = performance.now();
  assert.equal((await exchange(listener.port, request(xml(8)))).status, 200);
  assert.ok(performance.now() - before < 2_000, 'its place was held');
  assert.deepEqual((await drain(listener.alarms)).map(countOf), [1, 7, 8]);
});

/** Looks again at every turn. */
async function until(holds: () => boolean, otherwise: string): Promise<void> {
  const end = Date.now() + 3_000;
  while (!holds()) {
    assert.ok(Date.now() < end, otherwise);
    await nextTurn();
  }
}

/** A connection that only has an address and can be closed. */
class FakeSocket extends EventEmitter {
  destroyed = false;
  constructor(readonly remoteAddress: string | undefined) {
    super();
  }
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }
}

function fakeGate(limits: Partial<Limits> = {}) {
  const served: FakeSocket[] = [];
  const crowded: string[] = [];
  const gate = new ConnectionGate(
    { ...LIMITS, connectionsPerAddress: 2, waitingPerAddress: 2, ...limits },
    (socket) => served.push(socket as unknown as FakeSocket),
    (address) => crowded.push(address),
  );
  const come = (address: string | undefined) => {
    const socket = new FakeSocket(address);
    gate.admit(socket as unknown as Socket);
    return socket;
  };
  return { gate, served, crowded, come };
}

test('the gate lets in, holds and turns away by address, IPv4 the same with and without the IPv6 prefix', () => {
  const { served, crowded, come } = fakeGate();
  const [a, b, c, d, e] = ['1', '::ffff:1', '1', '::ffff:1', '::ffff:1'].map((address) => come(address));
  const other = come('2');
  assert.deepEqual(served, [a, b, other]);
  assert.deepEqual(
    [c, d, e].map((socket) => socket?.destroyed),
    [false, false, true],
  );
  assert.deepEqual(crowded, ['1']);
  b?.destroy();
  assert.deepEqual(served, [a, b, other, c]);
  a?.destroy();
  assert.deepEqual(served, [a, b, other, c, d]);
});

test('the gate forgets who has gone: nothing of its own stays on a connection that was let in or has left', () => {
  const { served, come } = fakeGate();
  for (let round = 0; round < 100; round++) {
    const sockets = [1, 2, 3, 4].map(() => come('1'));
    sockets[2]?.emit('error', new Error('reset'));
    sockets[2]?.destroy();
    sockets[0]?.destroy();
    assert.equal(served.at(-1), sockets[3]);
    assert.equal(sockets[3]?.listenerCount('error'), 0);
    for (const socket of sockets) socket.destroy();
    assert.equal(sockets[2]?.listenerCount('close'), 0);
  }
  assert.equal(served.length, 300);
});

test('a gate that was shut cuts everyone and serves nobody who waited', () => {
  const { gate, served, come } = fakeGate();
  const sockets = [1, 2, 3, 4].map(() => come('1'));
  gate.shut();
  assert.ok(sockets.every(({ destroyed }) => destroyed));
  assert.deepEqual(served, sockets.slice(0, 2));
});

test('a full gate closes the oldest stranger, and nobody that is known', () => {
  const { gate, crowded, come } = fakeGate({ connections: 4 });
  gate.remember('1');
  const [one, two, three] = ['1', '2', '3'].map((address) => come(address));
  const [four, five] = ['4', '5'].map((address) => come(address));
  assert.deepEqual(
    [one, two, three, four, five].map((socket) => socket?.destroyed),
    [false, true, false, false, false],
  );
  for (const address of ['3', '4', '5']) gate.remember(address);
  assert.equal(come('6').destroyed, true);
  assert.deepEqual(crowded, ['2', '6']);
});

test('a full gate without strangers closes the oldest connection of the address that has the most', () => {
  const { gate, crowded, come } = fakeGate({ connections: 6 });
  for (const address of ['1', '2', '3']) gate.remember(address);
  const before = ['1', '2', '2', '3', '2', '3'].map((address) => come(address));
  assert.equal(come('4').destroyed, false);
  assert.deepEqual(crowded, ['2']);
  // That one has never pushed: it goes before all that have.
  assert.equal(come('3').destroyed, false);
  assert.deepEqual(crowded, ['2', '4']);
  assert.deepEqual(
    before.map(({ destroyed }) => destroyed),
    [false, true, false, false, false, false],
  );
});

test('for an address that has enough, nobody else is closed by a full gate', () => {
  const { crowded, come } = fakeGate({ connections: 5 });
  const other = come('1');
  for (let count = 0; count < 5; count++) come('2');
  assert.deepEqual([other.destroyed, crowded], [false, ['2']]);
});

test('the gate remembers a bounded number of addresses, the latest ones', () => {
  const { gate } = fakeGate({ knownDevices: 3 });
  for (const address of ['1', '2', '3', '4']) gate.remember(address);
  assert.deepEqual(
    ['1', '2', '3', '4'].map((address) => gate.knows(address)),
    [false, true, true, true],
  );
});

test('peers without an address are counted together', () => {
  const { served, crowded, come } = fakeGate();
  for (let count = 0; count < 5; count++) come(undefined);
  assert.deepEqual([served.length, crowded], [2, ['']]);
});
