import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import { complaints, drain, startListener } from '../support/listener.js';
import { exchange, RawClient } from './raw-client.js';
import { chunkedRequest, countOf, MULTIPART, multipart, request, SMALL, xml } from './samples.js';

const limits = {
  headersTimeoutMs: 300,
  requestTimeoutMs: 600,
  checkIntervalMs: 50,
  keepAliveTimeoutMs: 200,
  refusedLingerMs: 100,
};
/** What the checks and a busy machine may add to a limit. */
const LATE_MS = 1_000;
const BODY = multipart(1, SMALL);
const PUSH = request(BODY, { type: MULTIPART });
const BODY_AT = PUSH.length - BODY.length;

/** Sends byte by byte, slowly, until all is sent or the connection is over. */
function drip({ socket }: RawClient, bytes: Buffer, everyMs = 20): Promise<void> {
  return new Promise((resolve) => {
    let at = 0;
    const stop = () => {
      clearInterval(timer);
      resolve();
    };
    const timer = setInterval(() => {
      if (at >= bytes.length || !socket.writable) stop();
      else socket.write(bytes.subarray(at, ++at));
    }, everyMs);
    socket.on('close', stop);
  });
}

const SLOW: [what: string, at: number, limit: number, alarms: number][] = [
  ['says nothing', 0, limits.headersTimeoutMs, 0],
  ['stops in its head', 30, limits.headersTimeoutMs, 0],
  ['stops behind its head', BODY_AT, limits.requestTimeoutMs, 0],
  ['stops in its document', BODY_AT + 400, limits.requestTimeoutMs, 0],
  ['stops in its picture', PUSH.length - 100, limits.requestTimeoutMs, 1],
  ['stops before its last byte', PUSH.length - 1, limits.requestTimeoutMs, 1],
];
for (const [what, at, limit, count] of SLOW) {
  for (const how of ['for good', 'and goes on byte by byte']) {
    test(`a device that ${what} ${how} hears 408 in time and is cut off, while others are served`, async (t) => {
      const subscribed = await startListener(t, { limits });
      const { port, alarms, quiet } = subscribed;
      const client = await RawClient.open(port);
      const before = performance.now();
      const answer = client.lastAnswer();
      await client.send(PUSH.subarray(0, at));
      // A head or body that trickles in, and never ends in time.
      const trickle = at < BODY_AT ? PUSH.subarray(at, BODY_AT - 4) : PUSH.subarray(at, -1);
      if (how !== 'for good') void drip(client, trickle);
      assert.equal((await exchange(port, request(xml(7)))).status, 200);
      assert.deepEqual((await drain(alarms)).map(countOf), [7]);
      assert.equal((await answer).status, 408);
      const took = performance.now() - before;
      assert.ok(took >= limit - 1 && took < limit + LATE_MS, `answered and closed after ${took} ms`);
      await quiet(2);
      const got = await drain(alarms);
      assert.deepEqual(
        [got.length, ...got.map(({ event }) => event.truncated)],
        [count, ...(count ? [true] : [])],
      );
      const told = await complaints(subscribed);
      assert.ok(told.includes('denied REQUEST_TOO_SLOW'), told.join());
    });
  }
}

test('the time that a slow head takes is part of the time for the whole request', async (t) => {
  const slower = { ...limits, headersTimeoutMs: 1_600, requestTimeoutMs: 2_000 };
  const { port, alarms } = await startListener(t, { limits: slower });
  const [half, late] = [await RawClient.open(port), await RawClient.open(port)];
  const before = performance.now();
  const answers = [half, late].map(async (client) => (await client.answer()).status);
  // Byte by byte: about 1.4 seconds for the head.
  const head = PUSH.subarray(0, BODY_AT);
  await Promise.all([half, late].map((client) => drip(client, head, 1_400 / head.length)));
  await late.send(PUSH.subarray(BODY_AT));
  assert.deepEqual(await Promise.all(answers), [408, 200]);
  const took = performance.now() - before;
  assert.ok(took < slower.requestTimeoutMs + LATE_MS, `cut off after ${took} ms`);
  assert.deepEqual((await drain(alarms)).map(countOf), [1]);
});

for (const [what, requestsPerConnection, sent] of [
  ['the second request', LIMITS.requestsPerConnection, 30],
  ['the body of the last request', 2, -5],
] as const)
  test(`a device that is slow with ${what} of a connection hears 408, too`, async (t) => {
    const { port, alarms } = await startListener(t, {
      limits: { ...limits, keepAliveTimeoutMs: 5_000, requestsPerConnection },
    });
    const client = await RawClient.open(port);
    await client.send(Buffer.concat([request(xml(1)), PUSH.subarray(0, sent)]));
    assert.equal((await client.answer()).status, 200);
    assert.equal((await client.lastAnswer()).status, 408);
    assert.deepEqual((await drain(alarms)).map(countOf), [1]);
  });

test('a device that sends its chunks too slowly hears 408', async (t) => {
  const { port, alarms, quiet } = await startListener(t, { limits });
  const client = await RawClient.open(port);
  const bytes = chunkedRequest(xml(), 10);
  await client.send(bytes.subarray(0, 200));
  void drip(client, bytes.subarray(200));
  assert.equal((await client.lastAnswer()).status, 408);
  await quiet(1);
  assert.equal(alarms.size, 0);
});

test('a connection that is kept alive and not used is closed without a word', async (t) => {
  const subscribed = await startListener(t, { limits });
  const client = await RawClient.open(subscribed.port);
  await client.send(request(xml()));
  assert.equal((await client.answer()).status, 200);
  const before = performance.now();
  assert.equal(await client.rest(), '');
  // Node gives a second on top.
  assert.ok(performance.now() - before < limits.keepAliveTimeoutMs + 1_000 + LATE_MS);
  assert.deepEqual(await complaints(subscribed), []);
});

test('a device that reads no answers does not keep its connection for ever', async (t) => {
  const { port, alarms, quiet } = await startListener(t, { limits });
  const client = await RawClient.open(port);
  client.socket.pause();
  await client.send(request(xml()));
  await alarms.take();
  await quiet(1);
  client.socket.destroy();
});
