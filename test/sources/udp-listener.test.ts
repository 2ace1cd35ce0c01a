import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { AlarmError } from '../../src/errors.js';
import { LIMITS } from '../../src/limits.js';
import type { Vendor } from '../../src/notification.js';
import type { PortState } from '../../src/sources/http-port.js';
import { UdpListener, type UdpSettings } from '../../src/sources/udp-listener.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import { drain, nextTurn } from '../support/listener.js';
import { Mailbox } from '../support/mailbox.js';
import { ManualClock } from '../support/manual-clock.js';
import {
  HERE,
  makeUdpListener,
  openUdp,
  portOf,
  sendUdp,
  startUdpListener,
  UDP_SETTINGS,
} from '../support/udp.js';
import { countOf, json, MAC, xml } from './samples.js';

const GROUP = '239.192.7.10';
const OTHER_GROUP = '239.192.7.11';
const LOOPBACK = Object.values(networkInterfaces()).flatMap((infos = []) =>
  infos.filter(({ internal }) => internal),
);

/** What Linux says to the 21st membership of a socket. */
const full = () => {
  throw Object.assign(new Error('full'), { code: 'ENOBUFS' });
};

test('a datagram is an alarm that says how it came, from whom, and that anyone could have sent it', async (t) => {
  const { port, alarms, signs, listener } = await startUdpListener(t);
  const from = await openUdp(t, '127.0.0.9');
  const begin = Date.now();
  await sendUdp(from, xml(7), port);
  const alarm = await alarms.take();
  assert.equal(countOf(alarm), 7);
  const { transport, device, unauthenticated, receivedAt, truncated, id } = alarm.event;
  assert.deepEqual(
    [transport, device.address, device.mac, unauthenticated, truncated],
    ['udp', '127.0.0.9', MAC, true, undefined],
  );
  assert.match(id, /^[\da-f]{24}$/);
  assert.ok(Date.parse(receivedAt) >= begin && Date.parse(receivedAt) <= Date.now());
  assert.equal((await signs.take()).event, 'online');
  assert.deepEqual(listener.counters, {
    received: 1,
    accepted: 1,
    waiting: 0,
    dropped: { queue: 0, rate: 0, size: 0, denied: 0 },
  });
});

test('datagrams of many senders arrive one by one, XML and JSON, each once and in order', async (t) => {
  const { port, alarms } = await startUdpListener(t);
  const senders = await Promise.all([2, 3, 4, 5].map((last) => openUdp(t, `127.0.0.${last}`)));
  for (let count = 0; count < 100; count++) {
    const sender = senders[count % senders.length] as dgram.Socket;
    await sendUdp(sender, count % 2 === 0 ? xml(count) : json(count), port);
  }
  for (let count = 0; count < 100; count++) {
    const alarm = await alarms.take();
    assert.deepEqual([countOf(alarm), alarm.event.device.address], [count, `127.0.0.${2 + (count % 4)}`]);
  }
  assert.equal(alarms.size, 0);
});

test('what cannot be read is told with its bytes, an empty datagram too, and the next one is taken', async (t) => {
  const { port, alarms, signs, listener } = await startUdpListener(t);
  const from = await openUdp(t);
  for (const text of ['{"eventType":', 'hello', '']) {
    await sendUdp(from, text, port);
    const { event, device, raw, reason } = await signs.take();
    assert.deepEqual([event, device, raw?.toString()], ['undecodable', { id: HERE, address: HERE }, text]);
    assert.match(reason ?? '', /^(JSON_INVALID|DOCUMENT_MISSING): /);
  }
  await sendUdp(from, xml(), port);
  assert.equal(countOf(await alarms.take()), 1);
  assert.equal(listener.counters.accepted, 4);
});

test('a datagram above the limit is counted and told once a minute for each sender, with its first bytes', async (t) => {
  const clock = new ManualClock();
  const most = 8_192;
  const { port, alarms, signs, listener } = await startUdpListener(t, {
    clock,
    limits: { udpDatagramBytes: most },
  });
  const [one, two] = [await openUdp(t, '127.0.0.2'), await openUdp(t, '127.0.0.3')];
  const largest = `${xml(1)}${' '.repeat(most)}`.slice(0, most);
  const large = Buffer.alloc(65_507, 'x');
  for (const [from, bytes] of [
    [one, large],
    [one, large],
    [two, `${largest} `],
    [one, largest],
  ] as const)
    await sendUdp(from, bytes, port);
  assert.equal(countOf(await alarms.take()), 1);
  const told = (await drain(signs)).filter(({ event }) => event !== 'online');
  assert.deepEqual(
    told.map(({ event, device, reason }) => [event, device.address, reason?.split(':')[0]]),
    [
      ['undecodable', '127.0.0.2', 'DATAGRAM_TOO_LARGE'],
      ['undecodable', '127.0.0.3', 'DATAGRAM_TOO_LARGE'],
    ],
  );
  assert.deepEqual(told[0]?.raw, large.subarray(0, most));
  clock.pass(LIMITS.complaintIntervalMs);
  await sendUdp(one, large, port);
  assert.equal((await signs.take()).device.address, '127.0.0.2');
  const { received, accepted, dropped } = listener.counters;
  assert.deepEqual([received, accepted, dropped], [5, 1, { queue: 0, rate: 0, size: 4, denied: 0 }]);
});

test('the largest datagram there is gives its alarm', async (t) => {
  const { port, alarms } = await startUdpListener(t);
  const from = await openUdp(t, '127.0.0.2');
  await sendUdp(from, `${xml(1)}${' '.repeat(65_507)}`.slice(0, 65_507), port);
  assert.equal(countOf(await alarms.take()), 1);
});

test('who is not allowed is counted and told, and reaches nobody', async (t) => {
  const { port, alarms, signs, listener } = await startUdpListener(t, {
    settings: { allow: '127.0.0.2, 127.0.3.0/24' },
  });
  for (const [address, count] of [
    ['127.0.0.2', 1],
    ['127.0.0.4', 2],
    ['127.0.0.4', 3],
    ['127.0.3.9', 4],
  ] as const)
    await sendUdp(await openUdp(t, address), xml(count, `00:00:5e:00:53:0${count}`), port);
  assert.deepEqual([countOf(await alarms.take()), countOf(await alarms.take())], [1, 4]);
  const told = (await drain(signs)).filter(({ event }) => event !== 'online');
  assert.deepEqual(
    told.map(({ event, device, reason }) => [event, device.address, reason?.split(':')[0]]),
    [['denied', '127.0.0.4', 'ADDRESS_DENIED']],
  );
  assert.deepEqual(listener.counters.dropped, { queue: 0, rate: 0, size: 0, denied: 2 });
});

test('of one sender so many a second are taken, of the others all the same', async (t) => {
  const clock = new ManualClock();
  const { port, alarms, signs, drops, listener } = await startUdpListener(t, { clock });
  const [loud, calm] = [await openUdp(t, '127.0.0.2'), await openUdp(t, '127.0.0.3')];
  for (let count = 1; count <= 80; count++) await sendUdp(loud, xml(count), port);
  await sendUdp(calm, xml(999), port);
  const got = [];
  while (got.at(-1) !== 999) got.push(countOf(await alarms.take()));
  assert.deepEqual(got, [...Array.from({ length: 50 }, (_, index) => index + 1), 999]);
  clock.pass(LIMITS.udpDropsMs);
  assert.equal(await drops.take(), 30);
  const [online, overload, ...more] = await drain(signs);
  assert.deepEqual([online?.event, overload?.event, more], ['online', 'overload', []]);
  assert.equal(overload?.device.address, '127.0.0.2');
  assert.match(overload?.reason ?? '', /^UDP_OVERLOAD: .*\(30 dropped/);
  await sendUdp(loud, xml(81), port);
  assert.equal(countOf(await alarms.take()), 81);
  const { received, accepted, waiting, dropped } = listener.counters;
  assert.deepEqual([received, accepted, waiting, dropped.rate], [82, 52, 0, 30]);
});

test('drops are told as overload once a minute, each of them once, and shown once a second', async (t) => {
  const clock = new ManualClock();
  const { port, signs, drops, alarms } = await startUdpListener(t, { clock, limits: { udpPerSender: 1 } });
  const [loud, last] = [await openUdp(t, '127.0.0.2'), await openUdp(t, '127.0.0.3')];
  const flood = async (count: number) => {
    for (let each = 0; each < count; each++) await sendUdp(loud, xml(), port);
    await sendUdp(last, xml(), port);
    while ((await alarms.take()).event.device.address !== '127.0.0.3');
  };
  const told = async () => {
    const overloads = (await drain(signs)).filter(({ event }) => event === 'overload');
    return overloads.map(({ reason }) => Number(/\((\d+) dropped/.exec(reason ?? '')?.[1]));
  };
  await flood(11);
  clock.pass(1_000);
  assert.deepEqual([await told(), await drain(drops)], [[10], [10]]);
  await flood(6);
  clock.pass(1_000);
  await flood(8);
  clock.pass(1_000);
  assert.deepEqual([await told(), await drain(drops)], [[], [15, 22]]);
  clock.pass(57_999);
  assert.deepEqual([await told(), await drain(drops)], [[], []]);
  clock.pass(1);
  assert.deepEqual([await told(), await drain(drops)], [[12], []]);
  clock.pass(600_000);
  assert.deepEqual([await told(), await drain(drops)], [[], []]);
});

test('a queue that is full drops what comes then, counted to one', async (t) => {
  const { port, alarms, listener } = await startUdpListener(t, {
    limits: { udpPerSender: 10_000, udpQueue: 20, udpTurn: 1, udpTurnBusy: 1 },
  });
  const from = await openUdp(t, '127.0.0.2');
  for (let count = 1; count <= 200; count++) from.send(xml(count), port, HERE);
  while (listener.counters.received < 200 || listener.counters.waiting > 0) await nextTurn();
  const { received, accepted, dropped } = listener.counters;
  assert.equal(received, accepted + dropped.queue);
  assert.ok(dropped.queue > 0 && accepted >= 20, `${accepted} accepted`);
  const counts = (await drain(alarms)).map(countOf);
  assert.equal(counts.length, accepted);
  assert.deepEqual(
    counts,
    [...counts].sort((a, b) => a - b),
  );
});

test('what comes while a flow is redeployed waits for its nodes, and no longer than Node-RED does', async (t) => {
  const clock = new ManualClock();
  const { port, alarms, leave, listener } = await startUdpListener(t, { clock });
  const from = await openUdp(t);
  const arrived = async (received: number) => {
    while (listener.counters.received < received) await nextTurn();
  };
  leave();
  assert.ok(listener.deserted);
  await sendUdp(from, xml(1), port);
  await arrived(1);
  clock.pass(LIMITS.udpWaitMs + 1);
  await sendUdp(from, xml(2), port);
  await arrived(2);
  for (let turn = 0; turn < 10; turn++) await nextTurn();
  assert.equal(listener.counters.waiting, 2);
  listener.subscribe({ alarm: (alarm) => alarms.put(alarm), sign: () => undefined });
  assert.equal(countOf(await alarms.take()), 2);
  const { accepted, dropped, waiting } = listener.counters;
  assert.deepEqual([accepted, dropped.queue, waiting], [1, 1, 0]);
});

test('a group is heard by every listener in it, and by no listener of another group on the same port', async (t) => {
  const settings: Partial<UdpSettings> = { mode: 'multicast', group: GROUP };
  const first = await startUdpListener(t, { settings });
  const { port } = first;
  const second = await startUdpListener(t, { settings: { ...settings, port } });
  const other = await startUdpListener(t, { settings: { ...settings, port, group: OTHER_GROUP } });
  const from = await openUdp(t);
  from.setMulticastInterface(HERE);
  await sendUdp(from, xml(1), port, GROUP);
  await sendUdp(from, xml(2), port, OTHER_GROUP);
  for (const { alarms } of [first, second]) assert.equal(countOf(await alarms.take()), 1);
  assert.equal(countOf(await other.alarms.take()), 2);
  await sendUdp(from, xml(3), port, GROUP);
  for (const { alarms } of [first, second]) assert.equal(countOf(await alarms.take()), 3);
  assert.equal(other.alarms.size, 0);
});

test('without a chosen network a group is joined on all of them, loopback too', async (t) => {
  const { port, alarms } = await startUdpListener(t, {
    settings: { mode: 'multicast', group: GROUP, interface: '' },
  });
  const from = await openUdp(t);
  from.setMulticastInterface(HERE);
  await sendUdp(from, xml(1), port, GROUP);
  assert.equal(countOf(await alarms.take()), 1);
});

test('a membership that was lost is asked for again, and one that is there is not taken for lost', async (t) => {
  const clock = new ManualClock();
  const join = t.mock.method(dgram.Socket.prototype, 'addMembership');
  const drop = t.mock.method(dgram.Socket.prototype, 'dropMembership');
  let networks = { lo: LOOPBACK, eth7: [] as typeof LOOPBACK };
  const { port, alarms } = await startUdpListener(t, {
    settings: { mode: 'multicast', group: GROUP, interface: '' },
    clock,
    networks: () => networks,
  });
  const socket = join.mock.calls[0]?.this as dgram.Socket;
  const from = await openUdp(t);
  from.setMulticastInterface(HERE);
  // The system forgets it behind our back, as when a link is taken away.
  socket.dropMembership(GROUP, HERE);
  drop.mock.resetCalls();
  for (let round = 1; round <= 3; round++) {
    clock.pass(LIMITS.udpJoinMs);
    await sendUdp(from, xml(round), port, GROUP);
    assert.equal(countOf(await alarms.take()), round);
  }
  assert.deepEqual([join.mock.callCount(), drop.mock.callCount()], [4, 0]);
  // A network that is gone is left, so that memberships do not pile up.
  networks = { lo: [], eth7: [] };
  clock.pass(2 * LIMITS.udpJoinMs);
  assert.deepEqual(
    drop.mock.calls.map(({ arguments: told }) => told),
    [[GROUP, HERE]],
  );
});

test('when only a new socket can join again, there is one', async (t) => {
  const clock = new ManualClock();
  const join = t.mock.method(dgram.Socket.prototype, 'addMembership');
  const { states, port, alarms } = await startUdpListener(t, {
    settings: { mode: 'multicast', group: GROUP, interface: '' },
    clock,
    networks: () => ({ lo: LOOPBACK }),
  });
  // The link is another one by now, and then the system has counted enough of them.
  join.mock.mockImplementationOnce(() => undefined, 1);
  join.mock.mockImplementationOnce(full, 2);
  clock.pass(2 * LIMITS.udpJoinMs);
  const state = await states.take();
  assert.equal(state.state === 'retrying' && state.error.code, 'LISTENER_FAILED');
  clock.pass(1_000);
  const next = await portOf(states);
  assert.notEqual(next, port);
  const from = await openUdp(t);
  from.setMulticastInterface(HERE);
  await sendUdp(from, xml(1), next, GROUP);
  assert.equal(countOf(await alarms.take()), 1);
});

test('where a machine has more networks than a socket may join, those it joined are enough', async (t) => {
  const clock = new ManualClock();
  const join = t.mock.method(dgram.Socket.prototype, 'addMembership');
  for (const call of [1, 3]) join.mock.mockImplementationOnce(full, call);
  const [info] = LOOPBACK;
  const { states, port, alarms } = await startUdpListener(t, {
    settings: { mode: 'multicast', group: GROUP, interface: '' },
    clock,
    networks: () => (info === undefined ? {} : { docker0: [{ ...info, address: '127.0.0.2' }], lo: [info] }),
  });
  clock.pass(LIMITS.udpJoinMs);
  assert.deepEqual(
    join.mock.calls.map(({ arguments: [, own] }) => own),
    [HERE, '127.0.0.2', HERE, '127.0.0.2'],
  );
  const from = await openUdp(t);
  from.setMulticastInterface(HERE);
  await sendUdp(from, xml(1), port, GROUP);
  assert.equal(countOf(await alarms.take()), 1);
  assert.equal(states.size, 0);
});

test('broadcasts are taken from the chosen network alone', async (t) => {
  const { port, alarms, listener } = await startUdpListener(t, {
    settings: { mode: 'broadcast' },
    networks: () => ({ lo: LOOPBACK.map((info) => ({ ...info, cidr: '127.0.0.1/24' })) }),
  });
  for (const [address, count] of [
    ['127.0.1.2', 1],
    ['127.0.0.77', 2],
  ] as const) {
    const from = await openUdp(t, address);
    from.setBroadcast(true);
    await sendUdp(from, xml(count), port, '127.255.255.255');
  }
  assert.equal(countOf(await alarms.take()), 2);
  assert.equal(listener.counters.received, 1);
});

for (const [what, settings] of [
  ['a group that is none', { mode: 'multicast', group: '192.0.2.10' }],
  ['a group that is no address', { mode: 'multicast', group: 'cameras' }],
  ['no group', { mode: 'multicast', group: '' }],
  ['an IPv6 address that is no group', { mode: 'multicast', group: '2001:db8::1' }],
] as const) {
  test(`a listener of ${what} is refused`, () => {
    assert.throws(
      () => new UdpListener({ ...UDP_SETTINGS, ...settings }, isapi),
      (error) => error instanceof AlarmError && error.code === 'UDP_GROUP_INVALID',
    );
  });
}

test('an allow list that holds no addresses is refused; a group is of no meaning with unicast', () => {
  assert.throws(
    () => new UdpListener({ ...UDP_SETTINGS, allow: 'my camera' }, isapi),
    (error) => error instanceof AlarmError && error.code === 'ALLOW_INVALID',
  );
  new UdpListener({ ...UDP_SETTINGS, group: 'cameras' }, isapi);
});

for (const [mode, address] of [
  ['unicast', '192.0.2.1'],
  ['unicast', 'eth0'],
  ['multicast', '192.0.2.1'],
  ['multicast', 'eth0'],
  ['broadcast', '192.0.2.1'],
  ['broadcast', '::1'],
] as const) {
  test(`${mode} on ${address}, which is no address of ours, is told and tried again`, async (t) => {
    const { listener, states } = makeUdpListener(t, {
      settings: { mode, group: GROUP, interface: address },
    });
    listener.start();
    for (let attempt = 0; attempt < 3; attempt++) {
      const state = await states.take();
      assert.equal(state.state === 'retrying' && state.error.code, 'UDP_INTERFACE_UNKNOWN');
    }
    await listener.stop();
    assert.equal((await states.take()).state, 'closed');
  });
}

test('a network that comes up later is received from then on', async (t) => {
  let networks = {};
  const { listener, states, alarms } = makeUdpListener(t, {
    settings: { mode: 'multicast', group: GROUP },
    networks: () => networks,
  });
  listener.start();
  assert.equal((await states.take()).state, 'retrying');
  networks = { lo: LOOPBACK };
  const port = await portOf(states);
  const from = await openUdp(t);
  from.setMulticastInterface(HERE);
  await sendUdp(from, xml(1), port, GROUP);
  assert.equal(countOf(await alarms.take()), 1);
});

test('a port another program has for itself is told, tried again, and had when it is free', async (t) => {
  const clock = new ManualClock();
  const other = await openUdp(t);
  const { port } = other.address();
  const { listener, states, alarms } = makeUdpListener(t, {
    settings: { port },
    clock,
    limits: { listenRetryMs: 1_000, listenRetryMaxMs: 4_000 },
  });
  listener.start();
  for (const wait of [1_000, 2_000, 4_000, 4_000]) {
    const state = await states.take();
    assert.equal(state.state, 'retrying');
    const { error } = state as Extract<typeof state, { state: 'retrying' }>;
    assert.equal(error.code, 'LISTENER_PORT_IN_USE');
    assert.match(error.message, new RegExp(`port ${port}, EADDRINUSE`));
    assert.equal(clock.next, wait);
    if (wait === 4_000) break;
    clock.pass(wait);
  }
  other.close();
  await once(other, 'close');
  clock.pass(4_000);
  assert.equal(await portOf(states), port);
  await sendUdp(await openUdp(t), xml(1), port);
  assert.equal(countOf(await alarms.take()), 1);
});

test('a port that another program shares is opened; one that it has for itself is in use', async (t) => {
  const open = async (reuseAddr: boolean) => {
    const { port } = (await openUdp(t, HERE, { reuseAddr })).address();
    const { listener, states } = makeUdpListener(t, { settings: { port } });
    listener.start();
    const state = await states.take();
    return state.state === 'retrying' ? state.error.code : state.state;
  };
  assert.equal(await open(true), 'listening');
  assert.equal(await open(false), 'LISTENER_PORT_IN_USE');
});

test('stopped it frees the port and hands on what waits; started again it receives', async (t) => {
  const { listener, states, alarms, port } = await startUdpListener(t, {
    limits: { udpTurn: 1, udpTurnBusy: 1 },
  });
  const again = makeUdpListener(t, { settings: { port } });
  const from = await openUdp(t);
  for (let count = 1; count <= 20; count++) await sendUdp(from, xml(count), port);
  while (listener.counters.received < 20) await nextTurn();
  await Promise.all([listener.stop(), listener.stop()]);
  assert.equal((await states.take()).state, 'closed');
  assert.equal(listener.counters.waiting, 0);
  assert.deepEqual(
    (await drain(alarms)).map(countOf),
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  for (let round = 0; round < 5; round++) {
    again.listener.start();
    again.listener.start();
    assert.equal(await portOf(again.states), port);
    await sendUdp(from, xml(round), port);
    assert.equal(countOf(await again.alarms.take()), round);
    await again.listener.stop();
    assert.equal((await again.states.take()).state, 'closed');
  }
});

for (const settings of [
  {},
  { mode: 'multicast', group: GROUP },
  { interface: '192.0.2.1' },
] as const satisfies readonly Partial<UdpSettings>[]) {
  test(`stopped right after its start it opens nothing: ${JSON.stringify(settings)}`, async (t) => {
    const clock = new ManualClock();
    const { listener, states } = makeUdpListener(t, { settings, clock });
    listener.start();
    await listener.stop();
    assert.equal((await states.take()).state, 'closed');
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    assert.deepEqual([states.size, clock.waiting], [0, 0]);
  });
}

test('an error of the socket later on closes it, is told, and the port is opened again', async (t) => {
  const bind = t.mock.method(dgram.Socket.prototype, 'bind');
  const { states, port, alarms } = await startUdpListener(t);
  const socket = bind.mock.calls[0]?.this as dgram.Socket;
  socket.emit('error', Object.assign(new Error('network is down'), { code: 'ENETDOWN' }));
  const state = await states.take();
  assert.equal(state.state === 'retrying' && state.error.code, 'LISTENER_FAILED');
  const next = await portOf(states);
  assert.ok(port > 0 && next > 0);
  await sendUdp(await openUdp(t), xml(1), next);
  assert.equal(countOf(await alarms.take()), 1);
});

test('what a socket says after its listener was stopped is of no interest', async (t) => {
  const bind = t.mock.method(dgram.Socket.prototype, 'bind');
  const clock = new ManualClock();
  const { listener, states } = await startUdpListener(t, { clock });
  await listener.stop();
  const socket = bind.mock.calls[0]?.this as dgram.Socket;
  socket.emit('error', Object.assign(new Error('network is down'), { code: 'ENETDOWN' }));
  assert.deepEqual([(await states.take()).state, states.size, clock.waiting], ['closed', 0, 0]);
});

test('a vendor that breaks costs one datagram, and is told to whom it may concern', async (t) => {
  const failing: Vendor = {
    ...isapi,
    heartbeat: () => undefined,
    decode: (notification) => {
      if (notification.parts[0]?.bytes.toString() === 'break') throw new TypeError('a defect');
      return isapi.decode(notification, LIMITS);
    },
  };
  const { port, alarms, signs } = await startUdpListener(t, { vendor: failing });
  const from = await openUdp(t);
  await sendUdp(from, 'break', port);
  assert.match((await signs.take()).reason ?? '', /^INTERNAL: /);
  await sendUdp(from, xml(1), port);
  assert.equal(countOf(await alarms.take()), 1);
});

test('a subscriber that throws is reported and does not stop the others', async (t) => {
  const errors = new Mailbox<unknown>();
  const states = new Mailbox<PortState>();
  const listener = new UdpListener({ ...UDP_SETTINGS, allow: HERE }, isapi, {
    onState: (state) => states.put(state),
    onError: (error) => errors.put(error),
  });
  t.after(() => listener.stop());
  const fail = () => {
    throw new Error('a defect');
  };
  listener.subscribe({ alarm: fail, sign: fail });
  listener.start();
  const port = await portOf(states);
  await sendUdp(await openUdp(t, '127.0.0.2'), xml(1), port);
  await sendUdp(await openUdp(t), xml(2), port);
  for (let count = 0; count < 2; count++) assert.match(String(await errors.take()), /a defect/);
  assert.equal(listener.counters.accepted, 1);
});

test('it never sends a byte, whatever comes', async (t) => {
  const sends = t.mock.method(dgram.Socket.prototype, 'send');
  const { port, alarms, listener } = await startUdpListener(t, {
    settings: { allow: '127.0.0.2' },
    limits: { udpPerSender: 3 },
  });
  const [peer, stranger] = [await openUdp(t, '127.0.0.2'), await openUdp(t, '127.0.0.3')];
  const heard: Buffer[] = [];
  for (const socket of [peer, stranger]) {
    socket.on('message', (bytes) => heard.push(bytes));
    // Connected, so that a refusal of the kernel would be heard as well.
    socket.connect(port, HERE);
    await once(socket, 'connect');
    socket.on('error', (error) => assert.fail(error));
  }
  const give = (socket: dgram.Socket, bytes: Buffer | string) =>
    new Promise<void>((resolve, reject) => {
      socket.send(bytes, (error) => (error === null ? resolve() : reject(error)));
    });
  const mine = [xml(1), 'hello', Buffer.alloc(60_000), '{', xml(2), xml(3), xml(4)];
  for (const bytes of mine) await give(peer, bytes);
  await give(stranger, xml(5));
  while (listener.counters.received < mine.length + 1) await nextTurn();
  assert.equal(countOf(await alarms.take()), 1);
  await listener.stop();
  for (let turn = 0; turn < 50; turn++) await nextTurn();
  assert.deepEqual(heard, []);
  const senders = new Set(sends.mock.calls.map((call) => call.this));
  assert.deepEqual([...senders], [peer, stranger]);
});
