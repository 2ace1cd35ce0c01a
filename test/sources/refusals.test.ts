import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { LIMITS } from '../../src/limits.js';
import { complaints, type ListenerPlan, startListener } from '../support/listener.js';
import { PUSH_LOGIN } from '../support/secrets.js';
import { RawClient } from './raw-client.js';
import { chunked, type RequestPlan, request, xml } from './samples.js';

const TEN_MB = Buffer.alloc(10_000_000, xml());
/** What Node takes from a socket at a time: it cannot read less than that of what is already there. */
const ONE_READ = 65_536;
/** The read that brought the head; from Node.js 24 on also the one it asks for before it lets go. */
const READS = Number.parseInt(process.versions.node, 10) >= 24 ? 2 : 1;

const REFUSALS: [status: number, why: string, request: RequestPlan, listener: ListenerPlan][] = [
  [404, 'path', { target: '/x' }, {}],
  [404, 'path, for a device that wants to go on', { target: '/x', headers: ['Connection: keep-alive'] }, {}],
  [403, 'address', {}, { settings: { allow: '192.0.2.1' } }],
  [
    401,
    'missing login',
    {},
    { settings: { auth: 'digest', username: 'camera', password: PUSH_LOGIN.password } },
  ],
  [
    401,
    'wrong login',
    { headers: ['Authorization: Basic eDp5'] },
    { settings: { auth: 'basic', username: 'camera', password: PUSH_LOGIN.password } },
  ],
  [405, 'method', { method: 'PUT' }, {}],
  [415, 'content coding', { headers: ['Content-Encoding: gzip'] }, {}],
  [413, 'length', {}, { limits: { bodyBytes: 9_999_999 } }],
  [404, 'path, with an expectation', { target: '/x', headers: ['Expect: 100-continue'] }, {}],
  [404, 'path, with an unknown expectation', { target: '/x', headers: ['Expect: the-unexpected'] }, {}],
];
for (const [status, why, plan, listener] of REFUSALS) {
  test(`a device that sends on and on sees that it was refused for its ${why}, and next to nothing is read`, async (t) => {
    const { port, alarms, sockets, quiet } = await startListener(t, listener);
    const client = await RawClient.open(port);
    const answer = client.lastAnswer();
    const sent = client.send(request(TEN_MB, plan));
    const { status: told, headers } = await answer;
    assert.equal(told, status);
    assert.deepEqual(headers.get('connection'), ['close']);
    await Promise.all([sent, quiet(1)]);
    const read = sockets[0]?.bytesRead ?? 0;
    assert.ok(read <= READS * ONE_READ, `${read} bytes were read`);
    assert.equal(alarms.size, 0);
  });

  test(`a device that sends bit by bit is cut off soon after it was refused for its ${why}`, async (t) => {
    const { port, sockets, quiet } = await startListener(t, listener);
    const client = await RawClient.open(port);
    const bytes = request(TEN_MB, plan);
    const answer = client.lastAnswer();
    let over = false;
    const end = () => {
      over = true;
    };
    answer.then(end, end);
    for (let at = 0; at < bytes.length && !over && client.socket.writable; at += 1_000) {
      await client.send(bytes.subarray(at, at + 1_000));
      const wanted = Math.min(at + 1_000, LIMITS.refusedBodyBytes);
      while (!over && (sockets[0]?.bytesRead ?? 0) < wanted) await new Promise(setImmediate);
    }
    assert.equal((await answer).status, status);
    await quiet(1);
    const read = sockets[0]?.bytesRead ?? 0;
    assert.ok(read <= LIMITS.refusedBodyBytes + ONE_READ, `${read} bytes were read`);
  });
}

test('a device that was refused and sends nothing more is let go after the linger time', async (t) => {
  const { port, quiet } = await startListener(t, { limits: { refusedLingerMs: 200 } });
  const client = await RawClient.open(port);
  const before = performance.now();
  await client.send(request('', { target: '/x', length: 1_000 }));
  assert.equal((await client.answer()).status, 404);
  const answered = performance.now() - before;
  assert.equal(await client.rest(), '');
  const took = performance.now() - before;
  assert.ok(answered < 150, `answered after ${answered} ms`);
  assert.ok(took >= 190 && took < 1_000, `closed after ${took} ms`);
  await quiet(1);
});

test('a bomb of 100 MiB is refused by its head alone, also in chunks', async (t) => {
  const subscribed = await startListener(t);
  const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024));
  const headers = ['Host: a', 'Content-Encoding: gzip', 'Transfer-Encoding: chunked'];
  const memory = process.memoryUsage().rss;
  for (const bytes of [
    request(bomb, { headers: ['Content-Encoding: gzip'] }),
    request(chunked(bomb, 10_000), { bare: true, headers }),
  ]) {
    const client = await RawClient.open(subscribed.port);
    const answer = client.answer();
    const before = performance.now();
    const sent = client.send(bytes);
    assert.equal((await answer).status, 415);
    assert.ok(performance.now() - before < 500);
    assert.equal(await client.rest(), '');
    await sent;
  }
  assert.ok(process.memoryUsage().rss - memory < 50 * 1024 * 1024);
  assert.deepEqual(await complaints(subscribed), ['denied ENCODING_REFUSED']);
});
