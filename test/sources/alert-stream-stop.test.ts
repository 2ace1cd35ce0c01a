import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlarmError } from '../../src/errors.js';
import type { StreamDoor } from '../../src/sources/alert-stream.js';
import type { StreamSink } from '../../src/stream-sink.js';
import { type Setup, settle, streamOf, until } from '../support/stream.js';

type Bench = Awaited<ReturnType<typeof streamOf>>;

/** A state a stream can be stopped in, and how to get there. */
const STATES: [what: string, setup: Setup, get: (bench: Bench) => Promise<void>][] = [
  ['just started', {}, async () => undefined],
  ['connecting', { device: { answer: 'nothing' } }, ({ device }) => until(() => device.connections === 1)],
  ['logging in', {}, ({ device }) => until(() => device.login.attempts > 0 || device.counts.requests > 0)],
  ['behind the head', { device: { answer: 'head' } }, ({ device }) => until(() => device.streams === 1)],
  ['online', {}, online],
  [
    'in a part',
    {},
    async (bench) => {
      await online(bench);
      bench.device.write(
        Buffer.from('--boundary\r\nContent-Type: application/xml\r\nContent-Length: 900\r\n\r\n<E'),
      );
      await settle();
    },
  ],
  [
    'waiting for a picture',
    {},
    async (bench) => {
      await online(bench);
      const { bytes, contentType } = bench.device.document();
      const announcing = String(bytes).replace('<eventType>', '<picNum>2</picNum><eventType>');
      bench.device.send([{ contentType, bytes: announcing }]);
      await until(() => bench.time.waiting === 2);
    },
  ],
  [
    'stale',
    {},
    async (bench) => {
      await online(bench);
      bench.time.pass(90_000);
      await until(() => bench.told.signs.at(-1)?.event === 'stale');
    },
  ],
  [
    'offline',
    {},
    async (bench) => {
      await online(bench);
      bench.device.reset();
      await until(() => bench.told.signs.at(-1)?.event === 'offline');
    },
  ],
  [
    'auth-failed',
    { client: { password: 'wrong' } },
    ({ told }) => until(() => told.signs.at(-1)?.event === 'auth-failed'),
  ],
  [
    'busy',
    { device: { answer: { status: '404', body: 'deployExceedMax' } } },
    ({ told }) => until(() => told.signs.length === 1),
  ],
];

async function online({ device, told }: Bench): Promise<void> {
  await until(() => device.streams === 1);
  device.heartbeat();
  await until(() => told.signs.at(-1)?.event === 'online');
}

for (const [what, setup, get] of STATES) {
  test(`stopped while ${what}: no socket, no timer, no word; and it can be started again`, async (t) => {
    const bench = await streamOf(t, setup);
    const { stream, device, time, told } = bench;
    stream.start();
    await get(bench);
    const signs = told.signs.length;
    const alarms = told.alarms.length;
    await stream.stop();
    assert.equal(time.waiting, 0);
    await until(() => device.connections === 0, 'closed', 1_000);
    assert.equal(told.states.at(-1)?.state, 'closed');
    const states = told.states.length;
    time.pass(10_000_000);
    await stream.stop();
    await settle();
    assert.deepEqual([told.signs.length, told.alarms.length, told.states.length], [signs, alarms, states]);
    assert.equal(device.connections, 0);
    assert.deepEqual(told.errors, []);
    Object.assign(device.settings, { answer: 'stream' });
    device.setLogin({ password: setup.client?.password ?? 'Simulated-1' });
    stream.start();
    await until(() => device.streams === 1);
    device.event();
    await until(() => told.alarms.length === alarms + 1);
    assert.equal(device.counts.mostStreams, 1);
  });
}

test('stopped and started in the same breath, a hundred times: one stream', async (t) => {
  const { stream, device, told, time } = await streamOf(t);
  for (let round = 0; round < 100; round++) {
    stream.start();
    if (round % 3 === 0) await settle(round % 7);
    void stream.stop();
  }
  stream.start();
  await until(() => device.streams === 1);
  device.event();
  await until(() => told.alarms.length === 1);
  await settle();
  assert.equal(device.counts.mostStreams, 1);
  assert.equal(device.connections, 1);
  assert.equal(time.waiting, 1);
});

/** A door that a test opens and shuts by itself. */
function manualDoor() {
  const opened: { sink: StreamSink; signal: AbortSignal; end(): void; fail(error: unknown): void }[] = [];
  const door: StreamDoor = (sink, signal) =>
    new Promise((resolve, reject) => {
      opened.push({ sink, signal, end: resolve, fail: reject });
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  return { door, opened };
}

const HEADERS = new Map([['content-type', 'multipart/mixed; boundary=boundary']]);

test('what an old connection still does is of no interest', async (t) => {
  const { door, opened } = manualDoor();
  const { stream, told, time } = await streamOf(t, { door });
  stream.start();
  await settle();
  opened[0]?.sink.open(HEADERS);
  opened[0]?.fail(new AlarmError('DEVICE_ANSWER_BROKEN'));
  await settle();
  assert.deepEqual(told.story, ['offline DEVICE_ANSWER_BROKEN']);
  time.pass(time.next);
  await settle();
  assert.equal(opened.length, 2);
  opened[0]?.sink.data(Buffer.from('--boundary\r\n'));
  opened[0]?.sink.open(HEADERS);
  opened[0]?.end();
  time.pass(1_000);
  await settle();
  assert.deepEqual(told.story, ['offline DEVICE_ANSWER_BROKEN']);
  assert.equal(opened[1]?.signal.aborted, false);
  opened[1]?.sink.open(HEADERS);
  opened[1]?.sink.data(Buffer.from('--boundary\r\n'));
  assert.deepEqual(told.story, ['offline DEVICE_ANSWER_BROKEN', 'online']);
});

test('who hears of a state may stop the stream: nothing follows', async (t) => {
  for (const event of ['online', 'offline']) {
    const { door, opened } = manualDoor();
    const { stream, told, time } = await streamOf(t, { door });
    const put = told.states.push.bind(told.states);
    told.states.push = (state) => {
      if (state.state === event) void stream.stop();
      return put(state);
    };
    stream.start();
    await settle();
    opened[0]?.sink.open(HEADERS);
    if (event === 'online') opened[0]?.sink.data(Buffer.from('--boundary\r\n'));
    else opened[0]?.fail(new AlarmError('DEVICE_REFUSED'));
    await settle();
    assert.deepEqual(told.story, []);
    assert.equal(time.waiting, 0);
    assert.equal(stream.state.state, 'closed');
  }
});

test('an error of our own, in a flow or in the parser, is reported and costs nothing else', async (t) => {
  const { stream, told, device, inbox, time } = await streamOf(t);
  inbox.subscribe({
    alarm: () => assert.fail('a flow that throws'),
    sign: () => assert.fail('a flow that throws'),
  });
  stream.start();
  for (let round = 1; round <= 3; round++) {
    await until(() => device.streams === 1);
    device.event();
    await until(() => told.alarms.length === round);
  }
  assert.equal(told.errors.length, 4);
  assert.equal(device.counts.streams, 1);
  assert.ok(time.waiting <= 1);
});

test('a connection that takes its time to end is waited for before the next one', async (t) => {
  const opened: (() => void)[] = [];
  const { stream, told } = await streamOf(t, { door: () => new Promise((resolve) => opened.push(resolve)) });
  stream.start();
  await settle();
  void stream.stop();
  stream.start();
  await settle();
  assert.equal(opened.length, 1);
  opened[0]?.();
  await settle();
  assert.equal(opened.length, 2);
  assert.deepEqual(told.story, []);
  opened[1]?.();
});
