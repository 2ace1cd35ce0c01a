import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { AlarmError } from '../../src/errors.js';
import { LIMITS, type Limits } from '../../src/limits.js';
import { HttpListener, type ListenerSettings } from '../../src/sources/http-listener.js';
import type { PortState } from '../../src/sources/http-port.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import {
  drain,
  joinInbox,
  nextTurn,
  SECRET,
  SETTINGS,
  startListener,
  stopInTime,
} from '../support/listener.js';
import { Mailbox } from '../support/mailbox.js';
import { exchange, RawClient } from './raw-client.js';
import { countOf, LARGE, MULTIPART, multipart, request, xml } from './samples.js';

/** Nothing else here binds to it, so that a port which was free once is free again. */
const HOST = '127.77.0.1';

/** A server of another program, until it is freed or the test is over. */
async function occupyPort(t: TestContext, port = 0): Promise<{ port: number; free: () => Promise<void> }> {
  const server = net.createServer().listen(port, HOST);
  await once(server, 'listening');
  const free = async () => {
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  t.after(free);
  return { port: (server.address() as AddressInfo).port, free };
}

const push = (port: number, bytes: Buffer, from?: string) => exchange(port, bytes, from, HOST);

async function isFree(t: TestContext, port: number): Promise<boolean> {
  try {
    await (await occupyPort(t, port)).free();
    return true;
  } catch {
    return false;
  }
}

/** A listener that is not started. */
function makeListener(t: TestContext, settings: Partial<ListenerSettings>, limits: Partial<Limits> = {}) {
  const states = new Mailbox<PortState>();
  const listener = new HttpListener(
    { ...SETTINGS, host: HOST, ...settings },
    {
      limits: { ...LIMITS, listenRetryMs: 20, sameNotificationMs: 0, ...limits },
      onState: (state) => states.put(state),
    },
  );
  t.after(() => stopInTime(listener));
  return { listener, states, ...joinInbox(listener.inbox('/isapi', isapi)) };
}

test('a port in use is told, tried again and opened when it gets free', async (t) => {
  const other = await occupyPort(t);
  const { listener, states, alarms } = makeListener(t, { port: other.port });
  listener.start();
  for (let attempt = 0; attempt < 3; attempt++) {
    const state = await states.take();
    assert.equal(state.state, 'retrying');
    const { error, port } = state as Extract<PortState, { state: 'retrying' }>;
    assert.equal(port, other.port);
    assert.ok(error instanceof AlarmError);
    assert.equal(error.code, 'LISTENER_PORT_IN_USE');
    assert.match(error.message, new RegExp(`port ${other.port}, EADDRINUSE`));
    assert.doesNotMatch(error.message, new RegExp(SECRET));
  }
  await other.free();
  let state = await states.take();
  while (state.state === 'retrying') state = await states.take();
  assert.deepEqual(state, { state: 'listening', port: other.port });
  assert.equal((await push(other.port, request(xml()))).status, 200);
  assert.equal(alarms.size, 1);
});

test('the time between two tries doubles up to its limit and begins anew after success', async (t) => {
  const other = await occupyPort(t);
  const { listener, states } = makeListener(
    t,
    { port: other.port },
    { listenRetryMs: 50, listenRetryMaxMs: 200 },
  );
  for (let round = 0; round < 2; round++) {
    const taken = round === 0 ? other : await occupyPort(t, other.port);
    listener.start();
    const times: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      assert.equal((await states.take()).state, 'retrying');
      times.push(performance.now());
    }
    const pauses = times.slice(1).map((time, index) => time - (times[index] as number));
    for (const [index, least] of [50, 100, 200, 200, 200].entries()) {
      const pause = pauses[index] as number;
      assert.ok(pause >= least - 15 && pause < 2 * least + 100, `pause ${index}: ${pause} ms`);
    }
    await taken.free();
    let state = await states.take();
    while (state.state === 'retrying') state = await states.take();
    assert.equal(state.state, 'listening');
    await listener.stop();
    assert.equal((await states.take()).state, 'closed');
  }
});

test('an address that is not ours is told as such and tried again', async (t) => {
  const { listener, states } = makeListener(t, { host: '192.0.2.1' });
  listener.start();
  for (let attempt = 0; attempt < 2; attempt++) {
    const state = await states.take();
    assert.equal(state.state === 'retrying' && state.error.code, 'LISTENER_FAILED');
  }
});

test('a listener that is stopped while it waits for its port does not try again', async (t) => {
  const other = await occupyPort(t);
  const { listener, states } = makeListener(t, { port: other.port });
  listener.start();
  assert.equal((await states.take()).state, 'retrying');
  await listener.stop();
  assert.equal((await states.take()).state, 'closed');
  await other.free();
  await assert.rejects(states.take(300));
  assert.ok(await isFree(t, other.port));
});

for (const host of [HOST, 'localhost']) {
  test(`a listener on ${host} that is stopped right after its start opens nothing`, async (t) => {
    const made = t.mock.method(http, 'createServer').mock;
    const { listener, states } = makeListener(t, { host });
    listener.start();
    await listener.stop();
    const told = [(await states.take()).state];
    await new Promise((resolve) => setTimeout(resolve, 200));
    told.push(...(await drain(states)).map(({ state }) => state));
    const open = made.calls.filter(({ result }) => result?.listening);
    for (const { result } of open) result?.close();
    assert.deepEqual([told, open.length, made.callCount()], [['closed'], 0, 1]);
  });
}

test('to start and to stop twice is the same as once; a stopped listener can be started again', async (t) => {
  const { listener, states, alarms } = makeListener(t, {});
  for (let round = 1; round <= 3; round++) {
    listener.start();
    listener.start();
    const state = await states.take();
    assert.equal(state.state, 'listening');
    const { port } = state as Extract<PortState, { state: 'listening' }>;
    assert.equal((await push(port, request(xml(round)))).status, 200);
    await Promise.all([listener.stop(), listener.stop()]);
    await listener.stop();
    assert.ok(await isFree(t, port));
    assert.deepEqual(new Set((await drain(states)).map(({ state: each }) => each)), new Set(['closed']));
  }
  assert.deepEqual((await drain(alarms)).map(countOf), [1, 2, 3]);
});

test('stop() frees the port at once and lets a push under way finish', async (t) => {
  const { listener, port, read, alarms, states } = await startListener(t, { settings: { host: HOST } });
  const client = await RawClient.open(port, { host: HOST });
  const bytes = request(multipart(1, LARGE), { type: MULTIPART });
  await client.send(bytes.subarray(0, -9));
  await read(1, bytes.length - 9);
  const stopped = listener.stop();
  assert.ok(await isFree(t, port));
  await client.send(bytes.subarray(-9));
  assert.equal((await client.lastAnswer()).status, 200);
  await stopped;
  const [alarm] = await drain(alarms);
  assert.equal(alarm?.event.truncated, undefined);
  assert.equal((await states.take()).state, 'closed');
});

test('stop() takes less than two seconds with half a body, a waiting, an idle and a silent connection', async (t) => {
  const { listener, port, read, accepted, alarms, quiet } = await startListener(t, {
    settings: { host: HOST },
    limits: { connectionsPerAddress: 3 },
  });
  const idle = await RawClient.open(port, { host: HOST });
  await idle.send(request(xml(1)));
  assert.equal((await idle.answer()).status, 200);
  const silent = await RawClient.open(port, { host: HOST });
  const half = await RawClient.open(port, { host: HOST });
  const bytes = request(multipart(2, LARGE), { type: MULTIPART });
  await accepted(3);
  await half.send(bytes.subarray(0, -9));
  await read(3, bytes.length - 9);
  const waiting = await RawClient.open(port, { host: HOST });
  await waiting.send(bytes.subarray(0, 99));
  await accepted(4);
  await stopInTime(listener);
  assert.ok(await isFree(t, port));
  await quiet(4);
  for (const client of [idle, silent, half, waiting]) assert.equal(await client.rest(), '');
  const [first, second, ...more] = await drain(alarms);
  assert.equal(more.length, 0);
  assert.equal(first && countOf(first), 1);
  assert.deepEqual([second && countOf(second), second?.event.truncated], [2, true]);
});

test('a head that may take longer than its whole request keeps no port closed', async (t) => {
  const { listener, states } = makeListener(t, { port: 0 }, { headersTimeoutMs: 900, requestTimeoutMs: 300 });
  listener.start();
  assert.equal((await states.take()).state, 'listening');
});

test('thirty rounds of start and stop under load: the port is always had, and what was answered was delivered', async (t) => {
  const { listener, states, alarms } = makeListener(t, { port: 0 }, { closeGraceMs: 50 });
  listener.start();
  const first = (await states.take()) as Extract<PortState, { state: 'listening' }>;
  await listener.stop();
  await states.take();
  const onPort = makeListener(t, { port: first.port }, { closeGraceMs: 50 });
  let answered = 0;
  const bytes = request(multipart(1, LARGE), { type: MULTIPART });
  for (let round = 0; round < 30; round++) {
    onPort.listener.start();
    assert.equal((await onPort.states.take()).state, 'listening', `round ${round}`);
    let going = true;
    const pushing = Array.from({ length: 16 }, async (_, index) => {
      while (going) {
        const sent = await push(first.port, bytes, `127.0.0.${2 + (index % 4)}`).catch(() => undefined);
        if (sent?.status === 200) answered++;
        await nextTurn();
      }
    });
    const half = await RawClient.open(first.port, { host: HOST });
    await half.send(bytes.subarray(0, 100));
    const enough = answered + 16;
    while (answered < enough) await nextTurn();
    await stopInTime(onPort.listener);
    going = false;
    await Promise.all([...pushing, half.rest()]);
    assert.equal((await onPort.states.take()).state, 'closed');
  }
  const got = await drain(onPort.alarms);
  const whole = got.filter(({ event }) => event.truncated === undefined);
  assert.ok(whole.length >= answered, `${answered} answered, ${whole.length} delivered`);
  for (const { attachments } of whole) assert.deepEqual(attachments[0]?.content, LARGE);
  assert.equal(alarms.size, 0);
});
