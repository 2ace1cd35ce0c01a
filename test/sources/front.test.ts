import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complaints, drain, PATH, startListener, stopInTime } from '../support/listener.js';
import { PUSH_LOGIN } from '../support/secrets.js';
import { selfSigned } from './certificate.js';
import { basicLogin, challenges, digestLogin } from './login-client.js';
import { exchange, RawClient } from './raw-client.js';
import { chunked, countOf, request, XML_TYPE, xml } from './samples.js';

/** As recorders write it: the blank before the time of day is not encoded (wire-notes.md §1). */
const QUERY =
  'macAddress=00:00:5e:00:53:11&channelID=2&dateTime=2026-11-22 08:15:30&eventType=VMD&eventState=active&activePostCount=1';
const BODY = xml(1);
const LENGTH = Buffer.byteLength(BODY);

const raw = (head: string, body: Buffer | string = '') =>
  Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body as Buffer)]);
const lines = (...all: string[]) => [...all, '', ''].join('\r\n');
const ask = (first: string, ...more: string[]) => raw(lines(first, 'Host: a', ...more));
const push = (first: string, ...more: string[]) =>
  raw(lines(first, 'Host: a', `Content-Type: ${XML_TYPE}`, `Content-Length: ${LENGTH}`, ...more), BODY);
const withLineFeeds = (head: string, body: Buffer | string) => raw(head.replaceAll('\r\n', '\n'), body);

/** What Node's parser refuses (wire-notes.md §2): each is a push with the number 1. */
const MALFORMED: [what: string, bytes: Buffer][] = [
  ['a blank in the query', ask(`GET ${PATH}?${QUERY} HTTP/1.1`)],
  ['a blank in the query of HTTP/1.0', ask(`GET ${PATH}?${QUERY} HTTP/1.0`, 'Connection: keep-alive')],
  ['a blank in the query, and a document', push(`POST ${PATH}?time=8:15 30 HTTP/1.1`)],
  ['no slash before the path', push(`POST ${PATH.slice(1)} HTTP/1.1`)],
  ['a blank behind the version', push(`POST ${PATH} HTTP/1.1 `)],
  ['several blanks before the path', push(`POST   ${PATH} HTTP/1.1`, 'Connection: keep-alive')],
  ['its length twice', push(`POST ${PATH} HTTP/1.1`, `content-length: ${LENGTH}`)],
  [
    'line feeds alone',
    withLineFeeds(lines(`POST ${PATH} HTTP/1.1`, 'Host: a', `Content-Length: ${LENGTH}`), BODY),
  ],
  [
    'line feeds alone, and chunks',
    withLineFeeds(lines(`POST ${PATH} HTTP/1.1`, 'Transfer-Encoding: chunked'), chunked(BODY, 100)),
  ],
  [
    'a blank in the query, and chunks',
    raw(lines(`POST ${PATH}?a=b c HTTP/1.1`, 'Host: a', 'Transfer-Encoding: chunked'), chunked(BODY, 100)),
  ],
  ['a blank in the query, and no Host', raw(lines(`GET ${PATH}?${QUERY} HTTP/1.1`))],
];

for (const [what, bytes] of MALFORMED) {
  test(`a push with ${what} is its alarm, and the answer closes its connection`, async (t) => {
    const { port, alarms, signs, quiet } = await startListener(t);
    const client = await RawClient.open(port);
    await client.send(bytes);
    const answer = await client.lastAnswer();
    assert.deepEqual([answer.status, answer.headers.get('connection')], [200, ['close']]);
    await quiet(1);
    const got = await drain(alarms);
    assert.deepEqual(
      got.map((alarm) => [countOf(alarm), alarm.event.truncated]),
      [[1, undefined]],
    );
    assert.deepEqual(
      (await drain(signs)).map(({ event }) => event),
      ['online'],
    );
  });

  test(`a push with ${what} is its alarm wherever its head is cut`, async (t) => {
    const { port, alarms, read } = await startListener(t);
    const headEnd = /\r?\n\r?\n/.exec(bytes.toString('latin1')) ?? assert.fail();
    for (let at = 1; at <= headEnd.index + headEnd[0].length; at++) {
      const client = await RawClient.open(port);
      await client.send(bytes.subarray(0, at));
      await read(at, at);
      await client.send(bytes.subarray(at));
      assert.equal((await client.lastAnswer()).status, 200, `cut at ${at}`);
      assert.equal(countOf(await alarms.take()), 1, `cut at ${at}`);
    }
    assert.equal(alarms.size, 0);
  });

  test(`a push with ${what} is its alarm over TLS, whole and byte by byte`, async (t) => {
    const { port, alarms } = await startListener(t, { settings: { tls: TLS } });
    for (const size of [bytes.length, 1]) {
      const client = await RawClient.openTls(port);
      for (let at = 0; at < bytes.length; at += size) await client.send(bytes.subarray(at, at + size));
      const answer = await client.lastAnswer();
      assert.deepEqual([answer.status, answer.headers.get('connection')], [200, ['close']]);
      assert.equal(countOf(await alarms.take()), 1);
    }
    assert.equal(alarms.size, 0);
  });

  test(`a request behind a push with ${what} is not taken, at once or later`, async (t) => {
    const { port, alarms, quiet } = await startListener(t);
    const together = await RawClient.open(port);
    await together.send(Buffer.concat([bytes, request(xml(2)), bytes]));
    const later = await RawClient.open(port);
    await later.send(bytes);
    assert.equal((await later.answer()).status, 200);
    await later.send(request(xml(2)));
    assert.equal(await later.rest(), '');
    const answers = (await together.rest()).match(/^HTTP\/1\.1 \d+/gm);
    assert.deepEqual(answers, ['HTTP/1.1 200']);
    await quiet(2);
    assert.deepEqual((await drain(alarms)).map(countOf), [1, 1]);
  });
}
const TLS = selfSigned();

test('a name that is not encoded at all arrives in its own letters', async (t) => {
  const { port, alarms } = await startListener(t);
  const query = Buffer.from(`${QUERY}&channelName=大门 voilà`).toString('latin1');
  assert.equal((await exchange(port, ask(`GET ${PATH}?${query} HTTP/1.1`))).status, 200);
  const { event } = await alarms.take();
  assert.deepEqual([event.channelName, event.timeRaw], ['大门 voilà', '2026-11-22 08:15:30']);
});

test('a good push keeps its connection, and what is malformed on it later is refused', async (t) => {
  const { port, alarms } = await startListener(t);
  const client = await RawClient.open(port);
  for (let count = 1; count <= 3; count++) {
    await client.send(request(xml(count)));
    const { status, headers } = await client.answer();
    assert.deepEqual([status, headers.get('connection')], [200, ['keep-alive']]);
  }
  await client.send(ask(`GET ${PATH}?${QUERY} HTTP/1.1`));
  assert.equal((await client.lastAnswer()).status, 400);
  assert.deepEqual((await drain(alarms)).map(countOf), [1, 2, 3]);
});

test('a malformed push whose sender closed its side at once is taken and answered', async (t) => {
  const { port, alarms, quiet } = await startListener(t);
  for (const [, bytes] of MALFORMED) {
    const client = await RawClient.open(port);
    client.socket.end(bytes);
    assert.equal((await client.lastAnswer()).status, 200);
  }
  await quiet(MALFORMED.length);
  assert.equal(alarms.size, MALFORMED.length);
});

const HALF = 'POST /x HTTP/1.1\r\nX-A: ';
const LEAVING: [how: string, leave: (client: RawClient) => void][] = [
  ['closes', (client) => client.socket.end()],
  ['is cut off', (client) => client.socket.resetAndDestroy()],
];
for (const [how, leave] of LEAVING) {
  for (const said of ['', 'P', HALF]) {
    test(`a peer that ${how} after ${JSON.stringify(said)} leaves its place at once, and nothing is told`, async (t) => {
      const limits = { connectionsPerAddress: 1 };
      const subscribed = await startListener(t, { limits });
      for (let count = 1; count <= 3; count++) {
        const client = await RawClient.open(subscribed.port);
        await client.send(said);
        await subscribed.read(count, said.length);
        leave(client);
        await subscribed.quiet(count);
        assert.equal(await client.rest(), '');
      }
      assert.deepEqual(await complaints(subscribed), []);
      assert.equal((await exchange(subscribed.port, request(BODY))).status, 200);
    });
  }
}

for (const [how, settings] of [
  ['', {}],
  [' over TLS', { tls: selfSigned() }],
] as const) {
  test(`a head without end is refused with 431 and told${how}, however it comes`, async (t) => {
    const subscribed = await startListener(t, { settings, limits: { requestHeadBytes: 1_000 } });
    const { port, alarms, quiet } = subscribed;
    const head = Buffer.from(HALF.padEnd(1_000, 'x'));
    for (const size of [100, 300, 999, 1_000]) {
      const client = settings.tls === undefined ? await RawClient.open(port) : await RawClient.openTls(port);
      for (let at = 0; at < head.length; at += size) await client.send(head.subarray(at, at + size));
      const answer = await client.lastAnswer();
      assert.deepEqual([answer.status, answer.headers.get('connection')], [431, ['close']], `by ${size}`);
    }
    await quiet(4);
    assert.deepEqual(await complaints(subscribed), ['denied HEAD_TOO_LARGE']);
    assert.equal(alarms.size, 0);
  });

  test(`a peer that goes on behind a head that is too long sees the answer${how}`, async (t) => {
    const { port, quiet } = await startListener(t, { settings });
    const client = settings.tls === undefined ? await RawClient.open(port) : await RawClient.openTls(port);
    await client.send(HALF.padEnd(2_000_000, 'x'));
    assert.equal((await client.lastAnswer()).status, 431);
    await quiet(1);
  });
}

test('a head that is not whole in time is answered 408, also when it trickles in, and others are served', async (t) => {
  const limits = { headersTimeoutMs: 300, checkIntervalMs: 50, refusedLingerMs: 100 };
  const subscribed = await startListener(t, { limits });
  const silent = await RawClient.open(subscribed.port);
  const slow = await RawClient.open(subscribed.port);
  const trickle = setInterval(() => slow.socket.writable && slow.socket.write('x'), 10);
  t.after(() => clearInterval(trickle));
  await slow.send(HALF);
  assert.equal((await exchange(subscribed.port, request(BODY))).status, 200);
  assert.deepEqual([(await silent.lastAnswer()).status, (await slow.lastAnswer()).status], [408, 408]);
  assert.deepEqual(await complaints(subscribed), ['denied REQUEST_TOO_SLOW']);
});

test('stop() cuts a head that does not end, and lets one finish that does', async (t) => {
  const { port, listener, read, quiet, alarms } = await startListener(t);
  const [, bytes] = MALFORMED[0] ?? assert.fail();
  const silent = await RawClient.open(port);
  const half = await RawClient.open(port);
  await half.send(HALF);
  await read(2, HALF.length);
  const whole = await RawClient.open(port);
  await whole.send(bytes.subarray(0, 20));
  await read(3, 20);
  const stopped = stopInTime(listener);
  await whole.send(bytes.subarray(20));
  assert.equal((await whole.lastAnswer()).status, 200);
  await stopped;
  await quiet(3);
  for (const client of [silent, half]) assert.equal(await client.rest(), '');
  assert.deepEqual((await drain(alarms)).map(countOf), [1]);
});

test('of heads that were cut by stop() nobody hears later that they were slow', async (t) => {
  const limits = { headersTimeoutMs: 200, checkIntervalMs: 20, closeGraceMs: 20 };
  const { port, listener, accepted, signs } = await startListener(t, { limits });
  const silent = await RawClient.open(port);
  await accepted(1);
  await stopInTime(listener);
  assert.equal(await silent.rest(), '');
  await assert.rejects(signs.take(400));
});

const LOGIN = PUSH_LOGIN;

test('a Digest login over the target as the device wrote it is good, over another one it is not', async (t) => {
  const { port, alarms } = await startListener(t, { settings: { auth: 'digest', ...LOGIN } });
  const onWire = (text: string) => Buffer.from(text).toString('latin1');
  const cases: [target: string, signed: string, status: number][] = [
    [`${PATH}?${QUERY}`, `${PATH}?${QUERY}`, 200],
    [`${PATH}?${QUERY}`, `${PATH}?${QUERY.replaceAll(' ', '%20')}`, 200],
    [`${PATH.slice(1)}?${QUERY}`, `${PATH.slice(1)}?${QUERY}`, 200],
    [`${PATH}?${QUERY}&a=大门`, `${PATH}?${QUERY}&a=大门`, 200],
    [`${PATH}?${QUERY}`, `${PATH}?${QUERY}&a=b`, 401],
    [`${PATH}?${QUERY}`, `${PATH}?${QUERY.replace(' ', '+')}`, 401],
    [`${PATH}?${QUERY}`, '/', 401],
  ];
  for (const [target, signed, status] of cases) {
    const first = onWire(`GET ${target} HTTP/1.1`);
    const [challenge] = challenges(await exchange(port, ask(first)));
    const login = onWire(digestLogin({ ...(challenge ?? assert.fail()), method: 'GET', uri: signed }));
    assert.equal((await exchange(port, ask(first, login))).status, status, `${target} signed as ${signed}`);
  }
  assert.equal(alarms.size, 4);
});

test('a Basic login counts with a malformed request as with any', async (t) => {
  const { port, alarms } = await startListener(t, { settings: { auth: 'basic', ...LOGIN } });
  const first = `GET ${PATH}?${QUERY} HTTP/1.1`;
  assert.equal((await exchange(port, ask(first, basicLogin('camera', 'wrong')))).status, 401);
  assert.equal((await exchange(port, ask(first, basicLogin('camera', PUSH_LOGIN.password)))).status, 200);
  assert.equal(alarms.size, 1);
});
