import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import { FakeDisk } from '../support/fake-disk.js';
import { complaints, drain, PATH, startListener } from '../support/listener.js';
import { RawClient } from './raw-client.js';
import { chunked, countOf, request, xml } from './samples.js';

/** What an attacker wants to see taken: a whole push of its own, number 99. */
const SMUGGLED = request(xml(99));
const BODY = xml(1);
const LENGTH = Buffer.byteLength(BODY);
const CHUNKS = chunked(BODY, 100).toString('latin1');

/** A request whose framing lines are given, with something behind it. */
function framed(lines: readonly string[], body: string | Buffer = BODY, behind: string | Buffer = SMUGGLED) {
  const head = [`POST ${PATH} HTTP/1.1`, 'Host: a', 'Content-Type: text/xml', ...lines, '', ''].join('\r\n');
  return Buffer.concat([
    Buffer.from(head, 'latin1'),
    Buffer.from(body as Buffer),
    Buffer.from(behind as Buffer),
  ]);
}
const length = (text: string) => framed([`Content-Length: ${text}`]);
const coding = (text: string) => framed([`Transfer-Encoding: ${text}`], CHUNKS);
const chunk = (body: string) => framed(['Transfer-Encoding: chunked'], body);
const firstLine = (line: string) =>
  Buffer.from(`${line}\r\nHost: a\r\nContent-Length: ${LENGTH}\r\n\r\n${BODY}`, 'latin1');

/** Not one of these is a request: none may be taken, nor what stands behind it. */
const NO_REQUESTS: [string, Buffer][] = [
  ['a length and chunks', framed([`Content-Length: ${LENGTH}`, 'Transfer-Encoding: chunked'])],
  ['chunks and a length', framed(['Transfer-Encoding: chunked', 'Content-Length: 4'], CHUNKS)],
  ['two different lengths', framed([`Content-Length: ${LENGTH}`, 'Content-Length: 0'])],
  ['a list of lengths', length(`${LENGTH}, ${LENGTH}`)],
  ['a length with a sign', length(`+${LENGTH}`)],
  ['a negative length', length('-1')],
  ['a hexadecimal length', length('0x10')],
  ['an exponent as length', length('1e2')],
  ['a fraction as length', length(`${LENGTH}.0`)],
  ['a length with a blank inside', length('1 0')],
  ['an empty length', length('')],
  ['a length beyond 64 bits', length('18446744073709551617')],
  ['a length that is a word', length('all')],
  ['a blank before the colon', framed([`Content-Length : ${LENGTH}`])],
  ['a tab before the colon', framed([`Transfer-Encoding\t: chunked`], CHUNKS)],
  ['a folded header', framed(['X-A: b', ' c', `Content-Length: ${LENGTH}`])],
  ['a folded first header', Buffer.from(`POST ${PATH} HTTP/1.1\r\n Host: a\r\n\r\n`)],
  ['a length on a folded line', framed(['Content-Length:', ` ${LENGTH}`])],
  ['a line feed alone in the head', framed([`X-A: b\nContent-Length: ${LENGTH}`])],
  ['a NUL in a header', framed(['X-A: b\0c', `Content-Length: ${LENGTH}`])],
  ['a carriage return alone in a header', framed([`X-A: b\rContent-Length: ${LENGTH}`])],
  ['a carriage return that ends the head', framed([`Content-Length: ${LENGTH}\r\n\rX: y`])],
  ['a control character in a header', framed(['X-A: b\x01c', `Content-Length: ${LENGTH}`])],
  ['a header without a colon', framed(['Content-Length', `Content-Length: ${LENGTH}`])],
  ['a header without a name', framed([': b', `Content-Length: ${LENGTH}`])],
  ['a blank in a header name', framed([`Content Length: ${LENGTH}`])],
  ['a chunk size that is no number', chunk(`zz\r\n${BODY}\r\n0\r\n\r\n`)],
  ['a negative chunk size', chunk(`-5\r\n${BODY}\r\n0\r\n\r\n`)],
  ['a chunk size with a prefix', chunk(`0x${LENGTH.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`)],
  ['a chunk size beyond 64 bits', chunk(`FFFFFFFFFFFFFFFFF\r\n${BODY}\r\n0\r\n\r\n`)],
  ['an empty chunk size', chunk(`\r\n${BODY}\r\n0\r\n\r\n`)],
  ['a chunk longer than its size', chunk(`5\r\n${BODY}\r\n0\r\n\r\n`)],
  ['a line feed behind a chunk size', chunk(`${LENGTH.toString(16)}\n${BODY}\r\n0\r\n\r\n`)],
  ['a line feed in a chunk extension', chunk(`5;a=\nb\r\n${BODY}\r\n0\r\n\r\n`)],
  ['an endless chunk extension', chunk(`5;${'x'.repeat(100_000)}\r\n${BODY}\r\n0\r\n\r\n`)],
  ['an unknown transfer coding', coding('xchunked')],
  ['identity behind chunked', coding('chunked, identity')],
  ['identity as transfer coding', coding('identity')],
  ['chunked twice over two lines', framed(['Transfer-Encoding: chunked', 'Transfer-Encoding: x'], CHUNKS)],
  ['a vertical tab before chunked', coding('\x0bchunked')],
  ['quoted chunked', coding('"chunked"')],
  ['another version', firstLine(`POST ${PATH} HTTP/1.2`)],
  ['a version of one digit', firstLine(`POST ${PATH} HTTP/1`)],
  ['the preface of HTTP/2', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
  ['a method in small letters', firstLine(`post ${PATH} HTTP/1.1`)],
  ['an unknown method', firstLine(`ALARM ${PATH} HTTP/1.1`)],
  ['a blank before the method', firstLine(` POST ${PATH} HTTP/1.1`)],
  ['a blank in the target', firstLine(`POST ${PATH} x HTTP/1.1`)],
  ['a NUL in the target', firstLine(`POST ${PATH}\0 HTTP/1.1`)],
  ['a document without a head', Buffer.from(BODY)],
  ['zeros', Buffer.alloc(1_000)],
  ['line noise', Buffer.from(Array.from({ length: 1_000 }, (_, at) => 0x80 + ((at * 89) % 0x7f)))],
];

/** Sends bytes, waits for the listener to close. @returns the status codes of what came back */
async function statuses(port: number, bytes: Buffer): Promise<number[]> {
  const client = await RawClient.open(port);
  await client.send(bytes);
  const text = await client.rest(3_000);
  return [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}

for (const [what, bytes] of NO_REQUESTS) {
  test(`${what}: refused, closed, and nothing of it taken`, async (t) => {
    const { port, alarms, signs, quiet } = await startListener(t);
    const answers = await statuses(port, bytes);
    await quiet(1);
    assert.equal(answers.length, 1);
    assert.match(String(answers[0]), /^4\d\d$/);
    assert.equal(alarms.size, 0);
    const [denied, ...more] = await drain(signs);
    assert.equal(denied?.event, 'denied');
    // Of a body in bad chunks something may have been read before.
    for (const { event } of more) assert.ok(['undecodable', 'denied'].includes(event), event);
  });
}

test('CONNECT is closed, and nothing of it taken', async (t) => {
  const { port, alarms, quiet } = await startListener(t);
  const connect = request('', { method: 'CONNECT', target: 'a:1' });
  const answers = await statuses(port, Buffer.concat([connect, SMUGGLED]));
  await quiet(1);
  assert.deepEqual(
    answers.filter((status) => status < 400),
    [],
  );
  assert.equal(alarms.size, 0);
});

const withChunksIn10 = Buffer.from(
  framed(['Transfer-Encoding: chunked'], CHUNKS, '').toString('latin1').replace('HTTP/1.1', 'HTTP/1.0'),
  'latin1',
);
/** These are requests, but never more than they say: the alarms that may come of them, and the answers. */
const LIMITED: [what: string, bytes: Buffer, alarms: number[], statuses: number[]][] = [
  ['a request in the body of one for another path', request(SMUGGLED, { target: '/x' }), [], [404]],
  ['a request in the body of one with another method', request(SMUGGLED, { method: 'PUT' }), [], [405]],
  ['a request in the body of a GET', request(SMUGGLED, { method: 'GET', target: '/' }), [], [404]],
  [
    'a request behind one for another path',
    Buffer.concat([request(BODY, { target: '/x' }), SMUGGLED]),
    [],
    [404],
  ],
  ['a request behind a GET', Buffer.concat([request('', { method: 'GET' }), SMUGGLED]), [], [405]],
  [
    'a request behind a push that is the last',
    framed(['Connection: close', `Content-Length: ${LENGTH}`]),
    [1],
    [200],
  ],
  ['noise behind a push', Buffer.concat([request(BODY), Buffer.from('noise')]), [1], [200]],
  ['chunks in HTTP/1.0', withChunksIn10, [1], [200]],
  ['a push without a version', firstLine(`POST ${PATH}`), [1], [200]],
];
for (const [what, bytes, counts, expected] of LIMITED) {
  test(`${what}: not more is taken than is answered`, async (t) => {
    const { port, alarms, quiet } = await startListener(t, { limits: { keepAliveTimeoutMs: 200 } });
    const answers = await statuses(port, bytes);
    await quiet(1);
    assert.deepEqual((await drain(alarms)).map(countOf), counts);
    // What is behind a push may be refused, the push itself not.
    assert.deepEqual(
      answers.filter((status) => status !== 400),
      expected,
    );
  });
}

const TWO = Buffer.concat([request(xml(1)), request(xml(2))]);
const MANY = Buffer.concat([1, 2, 3, 4, 5].map((count) => request(xml(count))));
for (const [what, bytes, limits] of [
  ['two pushes with noise behind them', Buffer.concat([TWO, Buffer.from('noise')]), {}],
  ['a push and one that breaks off', TWO.subarray(0, -9), {}],
  ['more pushes than a connection may have, all at once', MANY, { requestsPerConnection: 3 }],
] as const) {
  for (const keep of [undefined, { disk: new FakeDisk(), sync: true, confirmed: false }])
    test(`${what}: each whole push that is taken is answered, ${keep ? 'kept' : 'at once'}`, async (t) => {
      const { port, alarms, quiet } = await startListener(t, { limits, ...(keep !== undefined && { keep }) });
      const client = await RawClient.open(port);
      client.socket.end(bytes);
      const text = await client.rest(3_000);
      await quiet(1);
      const whole = (await drain(alarms)).filter(({ event }) => event.truncated === undefined);
      assert.ok(whole.length > 0);
      assert.equal([...text.matchAll(/^HTTP\/1\.1 200 /gm)].length, whole.length);
    });
}

/** With the three usual ones, one more than may be. */
const LINES = Array.from({ length: LIMITS.requestHeadLines - 2 }, (_, at) => `X-${at}: y`);
const REFUSED: [what: string, bytes: Buffer, status: number][] = [
  ['for another path', request(BODY, { target: '/x' }), 404],
  ['with another method', request(BODY, { method: 'PUT' }), 405],
  ['with too many lines', request('', { headers: LINES }), 431],
  ['that is too long', request(BODY, { length: LIMITS.bodyBytes + 1 }), 413],
];
for (const isKept of [false, true])
  for (const [what, refused, status] of REFUSED) {
    const how = isKept ? 'when it is kept' : 'at once';
    test(`a push before a request ${what} is answered ${how}, and what stands behind is not taken`, async (t) => {
      const keep = isKept ? { disk: new FakeDisk(), sync: true, confirmed: false } : undefined;
      const { port, alarms, quiet } = await startListener(t, { ...(keep !== undefined && { keep }) });
      const answers = await statuses(port, Buffer.concat([request(xml(1)), refused, SMUGGLED]));
      await quiet(1);
      assert.deepEqual(answers, [200, status]);
      assert.deepEqual((await drain(alarms)).map(countOf), [1]);
    });
  }

test('a body that was not announced is no push, nor is what stands behind it', async (t) => {
  const { port, alarms, quiet } = await startListener(t);
  const answers = await statuses(port, framed([], BODY));
  await quiet(1);
  // What was announced, a push without a body, may be answered as such.
  for (const status of answers) assert.ok([200, 400].includes(status), String(status));
  assert.equal(alarms.size, 0);
});

test('a request in the body of a push is part of the body', async (t) => {
  const bytes = request(`${BODY}\r\n\r\n${SMUGGLED.toString('latin1')}`);
  const { port, alarms, signs } = await startListener(t);
  const client = await RawClient.open(port);
  await client.send(bytes);
  assert.equal((await client.answer()).status, 200);
  client.socket.destroy();
  assert.equal(alarms.size, 0);
  const { event, raw } = await signs.take();
  assert.equal(event, 'undecodable');
  assert.deepEqual(raw, bytes.subarray(bytes.indexOf('<?xml')));
});

test('a bad chunk behind a whole document is refused; the document is kept like that of a cut push', async (t) => {
  const { port, alarms, quiet } = await startListener(t);
  const bad = `${CHUNKS.slice(0, -5)}zz\r\n${SMUGGLED.toString('latin1')}`;
  assert.deepEqual(await statuses(port, framed(['Transfer-Encoding: chunked'], bad, '')), [400]);
  await quiet(1);
  const [alarm, ...more] = await drain(alarms);
  assert.equal(more.length, 0);
  assert.deepEqual([alarm && countOf(alarm), alarm?.event.truncated], [1, true]);
});

test('headers in a trailer change nothing', async (t) => {
  const { port, alarms } = await startListener(t);
  const client = await RawClient.open(port);
  const trailer = `${CHUNKS.slice(0, -2)}X-Checksum: 5\r\nContent-Type: image/jpeg\r\n\r\n`;
  await client.send(framed(['Transfer-Encoding: chunked'], trailer, ''));
  assert.equal((await client.answer()).status, 200);
  await client.send(request(xml(2)));
  assert.equal((await client.answer()).status, 200);
  assert.deepEqual((await drain(alarms)).map(countOf), [1, 2]);
  client.socket.destroy();
});

test('empty lines before a request are skipped', async (t) => {
  const { port, alarms } = await startListener(t);
  const client = await RawClient.open(port);
  await client.send(
    Buffer.concat([Buffer.from('\r\n\r\n'), request(BODY), Buffer.from('\r\n'), request(BODY)]),
  );
  assert.deepEqual([(await client.answer()).status, (await client.answer()).status], [200, 200]);
  assert.equal(alarms.size, 2);
  client.socket.destroy();
});

for (const [what, lines, target] of [
  ['a long header', [`X-A: ${'x'.repeat(20_000)}`], PATH],
  ['many headers', Array.from({ length: 2_000 }, (_, at) => `X-${at}: yyyy`), PATH],
  ['a long query', [], `${PATH}?${'x'.repeat(20_000)}`],
] as const) {
  test(`a head that is too large for ${what} is refused with 431`, async (t) => {
    const subscribed = await startListener(t);
    const bytes = request(BODY, { headers: lines, target });
    assert.deepEqual(await statuses(subscribed.port, bytes), [431]);
    assert.equal(subscribed.alarms.size, 0);
    assert.deepEqual(await complaints(subscribed), ['denied HEAD_TOO_LARGE']);
  });
}

// The parser of Node.js 20 hands lines on in lots of 31.
for (const most of [10, 31, 62, LIMITS.requestHeadLines]) {
  test(`a head has no more lines than the ${most} it may, in any request: nothing in it is passed over`, async (t) => {
    const subscribed = await startListener(t, { limits: { requestHeadLines: most } });
    const withLines = (count: number) =>
      request(BODY, { headers: Array.from({ length: count - 3 }, (_, at) => `X-${at}: y`) });
    const client = await RawClient.open(subscribed.port);
    for (const [lines, status] of [
      [most, 200],
      [most, 200],
      [most + 1, 431],
    ] as const) {
      await client.send(withLines(lines));
      assert.equal((await client.answer()).status, status);
    }
    await client.rest();
    for (const lines of [most + 1, most + 2, 10 * most])
      assert.deepEqual(await statuses(subscribed.port, withLines(lines)), [431]);
    assert.equal(subscribed.alarms.size, 2);
    assert.deepEqual(await complaints(subscribed), ['denied HEAD_TOO_LARGE']);
  });
}

test('a TLS greeting on a port without TLS is told as what it is', async (t) => {
  const subscribed = await startListener(t);
  const hello = Buffer.from('160301004a010000460303', 'hex');
  assert.deepEqual(await statuses(subscribed.port, Buffer.concat([hello, Buffer.alloc(70, 7)])), [400]);
  assert.deepEqual(await complaints(subscribed), ['denied HTTP_EXPECTED']);
});

test('what cannot be read is told once in a minute for an address', async (t) => {
  let now = 1_800_000_000_000;
  const subscribed = await startListener(t, { now: () => now });
  const noise = async () => {
    await statuses(subscribed.port, Buffer.from('noise\r\n\r\n'));
    return complaints(subscribed);
  };
  assert.deepEqual(await noise(), ['denied REQUEST_MALFORMED']);
  assert.deepEqual(await noise(), []);
  now += 60_000;
  assert.deepEqual(await noise(), ['denied REQUEST_MALFORMED']);
});
