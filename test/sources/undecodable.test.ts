import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { LIMITS } from '../../src/limits.js';
import { multipartBody } from '../../src/simulator/http-push.js';
import { drain, startListener } from '../support/listener.js';
import { exchange, RawClient } from './raw-client.js';
import {
  countOf,
  documentPart,
  JSON_TYPE,
  LARGE,
  MULTIPART,
  multipart,
  picturePart,
  request,
  SMALL,
  SMALLER,
  xml,
} from './samples.js';

const WHOLE = multipart(1, SMALL);
const BROKEN_OFF = WHOLE.subarray(0, WHOLE.indexOf('<eventType>'));

const UNDECODABLE: [what: string, body: Buffer | string, type: string, code: string][] = [
  ['is no XML', 'hello', 'application/xml', 'DOCUMENT_MISSING'],
  ['is empty', '', 'application/xml', 'BODY_EMPTY'],
  ['is blank', ' \r\n\r\n', 'application/xml', 'DOCUMENT_MISSING'],
  ['has another root', '<Alert><eventType>VMD</eventType></Alert>', 'text/xml', 'EVENT_UNKNOWN_ROOT'],
  ['is JSON of another kind', '[{"hello":1}]', JSON_TYPE, 'EVENT_UNKNOWN_ROOT'],
  ['is a JSON text', '"hello"', JSON_TYPE, 'DOCUMENT_MISSING'],
  ['is broken JSON', '{"eventType":"VMD",}', JSON_TYPE, 'JSON_INVALID'],
  ['breaks off', xml().slice(0, 300), 'application/xml', 'XML_INVALID'],
  ['declares a DOCTYPE', `<!DOCTYPE a [<!ENTITY b "c">]>${xml()}`, 'application/xml', 'XML_DOCTYPE'],
  ['is a multipart that breaks off in its document', BROKEN_OFF, MULTIPART, 'XML_INVALID'],
  [
    'is a multipart without a document',
    multipartBody([picturePart('a', SMALL)]),
    MULTIPART,
    'DOCUMENT_MISSING',
  ],
  ['is a multipart that never begins', 'hello', MULTIPART, 'MULTIPART_NO_BOUNDARY'],
  [
    'is a multipart with an endless part head',
    `--boundary\r\nX: ${'x'.repeat(LIMITS.partHeaderBytes)}`,
    MULTIPART,
    'PART_HEADER_TOO_LARGE',
  ],
  ['is a picture', SMALL, 'image/jpeg', 'DOCUMENT_MISSING'],
  ['is compressed without saying so', gzipSync(xml()), 'application/xml', 'DOCUMENT_MISSING'],
];
for (const [what, body, type, code] of UNDECODABLE) {
  test(`a push that ${what} is answered 200, told with its bytes, and does not block the next one`, async (t) => {
    const { port, alarms, signs } = await startListener(t, { now: () => 1_800_000_000_000 });
    const client = await RawClient.open(port);
    await client.send(request(body, { type }));
    const answer = await client.answer();
    assert.deepEqual([answer.statusLine, answer.body], ['HTTP/1.1 200 OK', '']);
    const [sign, ...more] = await drain(signs);
    assert.equal(more.length, 0);
    const { reason = '', raw, ...rest } = sign ?? { event: 'online' };
    assert.deepEqual(rest, {
      event: 'undecodable',
      vendor: 'isapi',
      device: { id: '127.0.0.1', address: '127.0.0.1' },
      since: '2027-01-15T08:00:00.000Z',
    });
    assert.equal(reason.split(':')[0], code);
    assert.deepEqual(raw, Buffer.from(body as Buffer));
    assert.equal(alarms.size, 0);
    await client.send(request(xml(7)));
    assert.equal((await client.answer()).status, 200);
    assert.deepEqual((await drain(alarms)).map(countOf), [7]);
    client.socket.destroy();
  });
}

test('a POST without any body is undecodable', async (t) => {
  const subscribed = await startListener(t);
  const answer = await exchange(subscribed.port, request('', { bare: true, headers: ['Host: a'] }));
  assert.equal(answer.status, 200);
  const sign = await subscribed.signs.take();
  assert.deepEqual([sign.event, sign.raw], ['undecodable', Buffer.alloc(0)]);
});

test('every undecodable push is told, not only the first of a minute', async (t) => {
  const { port, signs } = await startListener(t);
  for (let count = 0; count < 3; count++) await exchange(port, request('hello'));
  assert.equal(signs.size, 3);
});

test('a push with more parts than are taken is a truncated alarm with those that were', async (t) => {
  const { port, alarms } = await startListener(t);
  const body = multipart(1, ...Array.from({ length: LIMITS.parts }, () => SMALLER));
  assert.equal((await exchange(port, request(body, { type: MULTIPART }))).status, 200);
  const [alarm, ...more] = await drain(alarms);
  assert.equal(more.length, 0);
  assert.equal(alarm?.event.truncated, true);
  assert.equal(alarm?.attachments.length, LIMITS.parts - 1);
});

test('a multipart of the announced length that breaks off in a picture is a truncated alarm', async (t) => {
  const { port, alarms } = await startListener(t);
  const body = multipart(1, SMALL, LARGE).subarray(0, -1_000);
  assert.equal((await exchange(port, request(body, { type: MULTIPART }))).status, 200);
  const [alarm] = await drain(alarms);
  assert.equal(alarm?.event.truncated, true);
  const [first, second] = alarm?.attachments ?? [];
  assert.deepEqual(first?.content, SMALL);
  assert.ok(second && LARGE.subarray(0, second.content.length).equals(second.content));
});

for (const [what, wrap, type] of [
  ['alone', (text: string) => text, 'application/xml'],
  ['in a multipart', (text: string) => multipartBody([documentPart(text)]), MULTIPART],
] as const) {
  test(`a document over its cap, ${what}, is answered 200 and told as too large with the bytes up to theirs`, async (t) => {
    const { port, alarms, signs } = await startListener(t);
    const filler = `<a>${'x'.repeat(LIMITS.documentBytes)}</a></EventNotificationAlert>`;
    const body = Buffer.from(wrap(xml().replace('</EventNotificationAlert>', filler)));
    assert.equal((await exchange(port, request(body, { type }))).status, 200);
    const { event, reason = '', raw } = await signs.take();
    assert.equal(event, 'undecodable');
    assert.deepEqual(raw, body.subarray(0, LIMITS.rawBytes));
    assert.match(reason, /^DOCUMENT_TOO_LARGE:/);
    assert.equal(alarms.size, 0);
  });
}

test('a picture over its cap is cut and the alarm marked, the others stay whole', async (t) => {
  const limits = { documentBytes: 20_000, pictureBytes: 50_000 };
  const { port, alarms } = await startListener(t, { limits });
  const answer = await exchange(port, request(multipart(1, SMALL, LARGE, SMALLER), { type: MULTIPART }));
  assert.equal(answer.status, 200);
  const [alarm, ...more] = await drain(alarms);
  assert.equal(more.length, 0);
  assert.equal(alarm?.event.truncated, true);
  assert.deepEqual(
    alarm?.attachments.map(({ content }) => content),
    [SMALL, LARGE.subarray(0, limits.pictureBytes), SMALLER],
  );
});
