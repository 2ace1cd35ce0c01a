import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { LIMITS } from '../../src/limits.js';
import { HttpListener } from '../../src/sources/http-listener.js';
import type { PortState } from '../../src/sources/http-port.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import {
  complaints,
  drain,
  joinInbox,
  PATH,
  SECRET,
  SETTINGS,
  startListener,
  takeUntil,
} from '../support/listener.js';
import { Mailbox } from '../support/mailbox.js';
import { type Answer, exchange, RawClient } from './raw-client.js';
import { chunked, chunkedRequest, countOf, LARGE, MULTIPART, multipart, request, xml } from './samples.js';

const MINUTE = 60_000;
/** Of an answer what a peer could learn from it. */
const told = ({ statusLine, headers, body }: Answer) => ({
  statusLine,
  headers: [...headers].filter(([name]) => name !== 'date'),
  body,
});

async function refused(port: number, bytes: Buffer | string, localAddress = '127.0.0.1', method = 'POST') {
  const client = await RawClient.open(port, { localAddress });
  await client.send(bytes);
  const answer = await client.lastAnswer(method);
  assert.deepEqual(answer.headers.get('connection'), ['close']);
  return answer;
}

test('a body announced over the cap is refused before it is sent, and told once in a minute', async (t) => {
  let now = 1_800_000_000_000;
  const subscribed = await startListener(t, {
    limits: { bodyBytes: 1_000, refusedLingerMs: 100 },
    now: () => now,
  });
  const send = () => refused(subscribed.port, request('', { length: 1_001 }));
  const reason = 'overload BODY_TOO_LARGE';
  assert.equal((await send()).status, 413);
  assert.equal((await send()).status, 413);
  assert.deepEqual(await complaints(subscribed), [reason]);
  now += MINUTE - 1;
  await send();
  assert.deepEqual(await complaints(subscribed), []);
  now += 1;
  await send();
  assert.deepEqual(await complaints(subscribed), [reason]);
  assert.equal(subscribed.alarms.size, 0);
});

test('a device that waits for 100 Continue with a body over the cap hears 413 at once', async (t) => {
  const { port } = await startListener(t, { limits: { bodyBytes: 1_000, refusedLingerMs: 100 } });
  const answer = await refused(port, request('', { length: 1_001, headers: ['Expect: 100-continue'] }));
  assert.equal(answer.status, 413);
});

test('a body as large as the cap is taken, one in chunks beyond it is refused and told once in a minute', async (t) => {
  let now = 1_800_000_000_000;
  const body = multipart(1, LARGE);
  const limits = { bodyBytes: body.length };
  const subscribed = await startListener(t, { limits, now: () => now });
  assert.equal((await exchange(subscribed.port, request(body, { type: MULTIPART }))).status, 200);
  assert.equal((await exchange(subscribed.port, chunkedRequest(body, 999, MULTIPART))).status, 200);
  assert.equal((await drain(subscribed.alarms)).length, 2);
  const tooMuch = chunkedRequest(Buffer.concat([body, Buffer.of(0)]), 999, MULTIPART);
  for (const expected of [['overload BODY_TOO_LARGE'], []]) {
    assert.equal((await refused(subscribed.port, tooMuch)).status, 413);
    assert.deepEqual(await complaints(subscribed), expected);
  }
  now += MINUTE;
  await refused(subscribed.port, tooMuch);
  assert.equal((await complaints(subscribed)).length, 1);
  assert.equal(subscribed.alarms.size, 0);
});

test('chunks without end are cut off with a 413', async (t) => {
  const { port, alarms, sockets } = await startListener(t, { limits: { bodyBytes: 100_000 } });
  const client = await RawClient.open(port);
  const chunk = chunked(Buffer.alloc(10_000, 0x20), 10_000).subarray(0, -5);
  const head = chunkedRequest('', 1).subarray(0, -5);
  await client.send(Buffer.concat([head, Buffer.from(chunked(xml(), 5_000).subarray(0, -5))]));
  const answer = client.lastAnswer();
  while (client.socket.writable && !client.socket.readableEnded) await client.send(chunk);
  assert.equal((await answer).status, 413);
  assert.ok((sockets[0]?.bytesRead ?? 0) < 100_000 + LIMITS.refusedBodyBytes + 2 * 65_536);
  assert.equal(alarms.size, 0);
});

test('more than fits in memory at one time hears 503, and is taken when there is room again', async (t) => {
  const limits = { bodyBytesInMemory: 150_000 };
  const subscribed = await startListener(t, { limits, now: () => 1_800_000_000_000 });
  const { port, alarms, read } = subscribed;
  const bytes = request(multipart(1, LARGE), { type: MULTIPART });
  for (let round = 0; round < 3; round++) {
    const slow = await RawClient.open(port);
    await slow.send(bytes.subarray(0, -10));
    await read(1 + 3 * round, bytes.length - 10);
    const answer = await refused(port, bytes);
    assert.equal(answer.status, 503);
    assert.deepEqual(answer.headers.get('retry-after'), [String(LIMITS.retryAfterSeconds)]);
    assert.deepEqual(await complaints(subscribed), round === 0 ? ['overload MEMORY_FULL'] : []);
    await slow.send(bytes.subarray(-10));
    assert.equal((await slow.answer()).status, 200);
    slow.socket.destroy();
    assert.equal((await exchange(port, bytes)).status, 200);
    assert.equal((await drain(alarms)).length, 2);
  }
});

test('a push that breaks off gives its memory back', async (t) => {
  const { port, alarms, read, quiet } = await startListener(t, { limits: { bodyBytesInMemory: 150_000 } });
  const bytes = request(multipart(1, LARGE), { type: MULTIPART });
  for (let count = 1; count <= 5; count++) {
    const client = await RawClient.open(port);
    await client.send(bytes.subarray(0, -10));
    await read(count, bytes.length - 10);
    client.socket.resetAndDestroy();
    await quiet(count);
  }
  assert.equal((await drain(alarms)).length, 5);
  assert.equal((await exchange(port, bytes)).status, 200);
});

test('a wrong path, a wrong secret and no secret are answered with the same bytes', async (t) => {
  const { port, alarms } = await startListener(t);
  const targets = [
    `${PATH}x`,
    `/${SECRET}`,
    `/${SECRET}/`,
    `/${SECRET}/ISAPI`,
    `/${SECRET}/x/../isapi`,
    `/${SECRET}/%69sapi`,
    '/wrongsecret1/isapi',
    `/${SECRET}x/isapi`,
    `/${SECRET.slice(1)}/isapi`,
    `/${SECRET.toUpperCase()}/isapi`,
    `/x/../${SECRET}/isapi`,
    '/isapi',
    '/',
    '*',
    `http://${SECRET}/isapi`,
    `http://127.0.0.1/?${PATH}`,
    '/../../etc/passwd',
  ];
  const answers = [];
  for (const target of targets) answers.push(told(await refused(port, request(xml(), { target }))));
  const [first] = answers;
  assert.equal(first?.statusLine, 'HTTP/1.1 404 Not Found');
  for (const [index, answer] of answers.entries()) assert.deepEqual(answer, first, targets[index]);
  assert.equal(alarms.size, 0);
});

test('a wrong path and a wrong secret are told apart to the flow, each once in a minute for an address', async (t) => {
  let now = 1_800_000_000_000;
  const subscribed = await startListener(t, { now: () => now });
  const other = joinInbox(subscribed.listener.inbox('/other', subscribed.inbox.vendor));
  const scan = async (from: string) => {
    for (const target of [`/${SECRET}/a`, `/${SECRET}/b`, '/guess1/isapi', '/guess2/isapi']) {
      await refused(subscribed.port, request(xml(), { target }), from);
    }
  };
  const reasons = ['denied PATH_UNKNOWN', 'denied SECRET_WRONG'];
  await scan('127.0.0.2');
  await scan('127.0.0.2');
  const told = await drain(other.signs);
  assert.deepEqual(told[0]?.device, { id: '127.0.0.2', address: '127.0.0.2' });
  assert.deepEqual(await complaints(subscribed), reasons);
  await scan('127.0.0.3');
  assert.deepEqual(await complaints(subscribed), reasons);
  now += MINUTE;
  await scan('127.0.0.2');
  assert.deepEqual(await complaints(subscribed), reasons);
});

test('an address that is not allowed hears 403, whatever it asks for', async (t) => {
  const subscribed = await startListener(t, { settings: { allow: '127.0.0.2, 192.0.2.0/24' } });
  const { port, alarms } = subscribed;
  const here = await refused(port, request(xml()));
  const nowhere = await refused(port, request(xml(), { target: '/' }), '127.0.0.3');
  assert.equal(here.status, 403);
  assert.deepEqual(told(nowhere), told(here));
  assert.equal((await exchange(port, request(xml()), '127.0.0.2')).status, 200);
  assert.equal(alarms.size, 1);
  assert.deepEqual(await complaints(subscribed), ['denied ADDRESS_DENIED', 'denied ADDRESS_DENIED']);
});

for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND']) {
  test(`the method ${method} is refused with what would be right, and with 404 where there is no path`, async (t) => {
    const subscribed = await startListener(t);
    const body = ['PUT', 'PATCH', 'DELETE'].includes(method) ? xml() : '';
    const answer = await refused(subscribed.port, request(body, { method }), '127.0.0.1', method);
    assert.equal(answer.status, 405);
    assert.deepEqual(answer.headers.get('allow'), ['POST']);
    assert.deepEqual(await complaints(subscribed), ['denied METHOD_WRONG']);
    const lost = await refused(subscribed.port, request(body, { method, target: '/' }), '127.0.0.1', method);
    assert.equal(lost.status, 404);
    assert.equal(subscribed.alarms.size, 0);
  });
}

for (const coding of ['gzip', 'deflate', 'br', 'GZIP', 'identity, gzip', 'gzip, gzip, gzip', 'x-unknown']) {
  test(`a body with the content coding ${coding} is refused`, async (t) => {
    const subscribed = await startListener(t);
    const bytes = request(gzipSync(xml()), { headers: [`Content-Encoding: ${coding}`] });
    assert.equal((await refused(subscribed.port, bytes)).status, 415);
    assert.deepEqual(await complaints(subscribed), ['denied ENCODING_REFUSED']);
  });
}

test('a body with gzip as transfer coding is refused', async (t) => {
  const { port, alarms } = await startListener(t);
  const headers = ['Host: a', 'Transfer-Encoding: gzip, chunked'];
  const answer = await exchange(port, request(chunked(gzipSync(xml()), 100), { bare: true, headers }));
  assert.ok([400, 415, 501].includes(answer.status), answer.statusLine);
  assert.equal(alarms.size, 0);
});

test('an inbox nobody listens to asks the device to come again', async (t) => {
  const { port, inbox, leave } = await startListener(t);
  leave();
  const answer = await refused(port, request(xml()));
  assert.equal(answer.status, 503);
  assert.deepEqual(answer.headers.get('retry-after'), [String(LIMITS.retryAfterSeconds)]);
  const back = joinInbox(inbox);
  assert.equal((await exchange(port, request(xml()))).status, 200);
  assert.equal(back.alarms.size, 1);
});

test('when the last subscriber leaves while a body is under way, the device hears 503', async (t) => {
  const { port, leave, alarms, read } = await startListener(t);
  const client = await RawClient.open(port);
  const bytes = request(xml());
  await client.send(bytes.subarray(0, -5));
  await read(1, bytes.length - 5);
  leave();
  await client.send(bytes.subarray(-5));
  const answer = await client.lastAnswer();
  assert.equal(answer.status, 503);
  assert.deepEqual(answer.headers.get('retry-after'), [String(LIMITS.retryAfterSeconds)]);
  assert.equal(alarms.size, 0);
});

test('who subscribes while a body is under way gets its alarm', async (t) => {
  const { port, inbox, read, signs } = await startListener(t);
  const client = await RawClient.open(port);
  const bytes = request(xml());
  await client.send(bytes.subarray(0, -5));
  await read(1, bytes.length - 5);
  const late = joinInbox(inbox);
  await client.send(bytes.subarray(-5));
  assert.equal((await client.answer()).status, 200);
  client.socket.destroy();
  assert.equal(late.alarms.size, 1);
  assert.ok(await takeUntil(signs, ({ event }) => event === 'online'));
});

test('an error of our own code is answered 500 and reported, and the next push is taken', async (t) => {
  const problem = new TypeError('x is not a function');
  const errors: unknown[] = [];
  const states = new Mailbox<PortState>();
  const listener = new HttpListener(SETTINGS, {
    onError: (error) => errors.push(error),
    onState: (state) => states.put(state),
  });
  t.after(() => listener.stop());
  let replies = 0;
  const reply = () => {
    if (++replies === 1) throw problem;
    return isapi.reply('accepted');
  };
  const { alarms } = joinInbox(listener.inbox('/isapi', { ...isapi, reply }));
  listener.start();
  const { port } = (await states.take()) as Extract<PortState, { state: 'listening' }>;
  const answer = await refused(port, request(xml(1)));
  assert.deepEqual([answer.status, answer.body], [500, 'Internal Server Error\n']);
  assert.deepEqual(errors, [problem]);
  assert.equal((await exchange(port, request(xml(2)))).status, 200);
  assert.deepEqual((await drain(alarms)).map(countOf), [1, 2]);
});
