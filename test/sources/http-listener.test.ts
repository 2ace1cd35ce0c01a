import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm } from '../../src/event.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import { complaints, drain, joinInbox, PATH, SECRET, startListener } from '../support/listener.js';
import { exchange, RawClient } from './raw-client.js';
import {
  chunkedRequest,
  countOf,
  JSON_TYPE,
  json,
  LARGE,
  MAC,
  MULTIPART,
  multipart,
  type RequestPlan,
  request,
  SMALL,
  SMALLER,
  xml,
} from './samples.js';

const pictures = (alarm: Alarm | undefined) => alarm?.attachments.map(({ content }) => content);

test('a push of XML, of JSON and of a document with pictures is one alarm each', async (t) => {
  const { port, alarms, signs } = await startListener(t);
  const cases: [Buffer, Buffer[]][] = [
    [request(xml(1)), []],
    [request(json(2), { type: JSON_TYPE }), []],
    [request(multipart(3, SMALL, LARGE, SMALLER), { type: MULTIPART }), [SMALL, LARGE, SMALLER]],
  ];
  for (const [index, [bytes, shown]] of cases.entries()) {
    const answer = await exchange(port, bytes);
    assert.equal(answer.status, 200);
    const [alarm, ...more] = await drain(alarms);
    assert.equal(more.length, 0);
    assert.equal(alarm && countOf(alarm), index + 1);
    assert.deepEqual(pictures(alarm), shown);
    assert.equal(alarm?.event.kind, 'line-crossing');
    assert.equal(alarm?.event.truncated, undefined);
    assert.deepEqual(alarm?.event.device, {
      id: MAC,
      mac: MAC,
      ...(index !== 1 && { serial: 'TEST-CAMERA-1' }),
      address: '127.0.0.1',
    });
  }
  assert.deepEqual(
    (await drain(signs)).map(({ event }) => event),
    ['online'],
  );
});

test('the answer is a 200 with an empty body and nothing that names the software', async (t) => {
  const { port } = await startListener(t);
  const answer = await exchange(port, request(xml()));
  assert.equal(answer.statusLine, 'HTTP/1.1 200 OK');
  assert.equal(answer.body, '');
  assert.deepEqual(answer.headers.get('content-length'), ['0']);
  assert.deepEqual([...answer.headers.keys()].sort(), ['connection', 'content-length', 'date', 'keep-alive']);
});

test('an event goes by the time of the injected clock', async (t) => {
  const { port, alarms, signs } = await startListener(t, {
    now: () => Date.UTC(2026, 10, 22, 7, 15, 31, 204),
  });
  await exchange(port, request(xml()));
  const { event } = await alarms.take();
  assert.equal(event.receivedAt, '2026-11-22T07:15:31.204Z');
  assert.equal(event.time, '2026-11-22T08:15:30+01:00');
  assert.equal((await signs.take()).since, '2026-11-22T07:15:31.204Z');
});

const SPELLINGS: [string, RequestPlan & { type?: string }][] = [
  ['HTTP/1.0', { version: 'HTTP/1.0' }],
  ['no Host header', { bare: true, headers: [`Content-Length: ${xml().length}`, 'Content-Type: text/xml'] }],
  ['no Content-Type', { bare: true, headers: [`Content-Length: ${xml().length}`] }],
  ['an address as target, with the scheme', { target: `http://192.0.2.1:8089${PATH}` }],
  ['the same in capitals', { target: `HTTP://CAMERA.EXAMPLE${PATH}` }],
  ['a slash behind the path', { target: `${PATH}/` }],
  ['a query', { target: `${PATH}?channel=1&name=/../x` }],
  ['a slash and a query', { target: `${PATH}/?` }],
  ['lower-case header names', { bare: true, headers: [`content-length:${xml().length}`] }],
  ['an expectation nobody knows', { headers: ['Expect: the-unexpected'] }],
  ['identity as content coding', { headers: ['Content-Encoding: Identity'] }],
  ['an upgrade nobody asked for', { headers: ['Connection: Upgrade', 'Upgrade: h2c'] }],
];
for (const [what, plan] of SPELLINGS) {
  test(`a push with ${what} is taken`, async (t) => {
    const { port, alarms } = await startListener(t);
    const answer = await exchange(port, request(xml(), plan));
    assert.equal(answer.status, 200);
    assert.deepEqual((await drain(alarms)).map(countOf), [1]);
  });
}

test('a body in chunks of any size arrives whole', async (t) => {
  const { port, alarms } = await startListener(t);
  const body = multipart(1, SMALL, SMALLER);
  for (const size of [1, 7, 100, body.length]) {
    assert.equal((await exchange(port, chunkedRequest(body, size, MULTIPART))).status, 200);
    const [alarm, ...more] = await drain(alarms);
    assert.equal(more.length, 0);
    assert.deepEqual(pictures(alarm), [SMALL, SMALLER], `chunks of ${size}`);
  }
});

test('a device that waits for 100 Continue gets it and then sends', async (t) => {
  const { port, alarms } = await startListener(t);
  const client = await RawClient.open(port);
  const bytes = request(xml(), { headers: ['Expect: 100-continue'] });
  const head = bytes.indexOf('\r\n\r\n') + 4;
  await client.send(bytes.subarray(0, head));
  const interim = await client.answer();
  assert.equal(interim.text, 'HTTP/1.1 100 Continue\r\n\r\n');
  assert.equal(alarms.size, 0);
  await client.send(bytes.subarray(head));
  assert.equal((await client.answer()).status, 200);
  assert.deepEqual((await drain(alarms)).map(countOf), [1]);
  client.socket.destroy();
});

test('an HTTP/1.0 device that expects 100 Continue gets the final answer only', async (t) => {
  const { port, alarms } = await startListener(t);
  const answer = await exchange(
    port,
    request(xml(), { version: 'HTTP/1.0', headers: ['Expect: 100-continue'] }),
  );
  assert.equal(answer.status, 200);
  assert.equal(alarms.size, 1);
});

test('several pushes over one connection are answered one after the other', async (t) => {
  const { port, alarms } = await startListener(t);
  const client = await RawClient.open(port);
  for (let count = 1; count <= 5; count++) {
    const bytes =
      count % 2 === 0 ? chunkedRequest(multipart(count, SMALL), 99, MULTIPART) : request(xml(count));
    await client.send(bytes);
    const answer = await client.answer();
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.headers.get('connection'), ['keep-alive']);
    assert.deepEqual((await drain(alarms)).map(countOf), [count]);
  }
  client.socket.destroy();
});

test('pushes sent without waiting for the answers are each taken and answered', async (t) => {
  const { port, alarms } = await startListener(t);
  const client = await RawClient.open(port);
  await client.send(
    Buffer.concat([1, 2, 3].map((count) => request(multipart(count, SMALL), { type: MULTIPART }))),
  );
  for (let count = 1; count <= 3; count++) assert.equal((await client.answer()).status, 200);
  assert.deepEqual((await drain(alarms)).map(countOf), [1, 2, 3]);
  client.socket.destroy();
});

test('a connection is closed behind its last request, and the device goes on over a new one', async (t) => {
  const { port, alarms } = await startListener(t, { limits: { requestsPerConnection: 3 } });
  for (let round = 0; round < 2; round++) {
    const client = await RawClient.open(port);
    for (let count = 1; count <= 3; count++) {
      await client.send(request(xml(count)));
      const answer = await client.answer();
      assert.equal(answer.status, 200);
      assert.deepEqual(answer.headers.get('connection'), [count < 3 ? 'keep-alive' : 'close']);
    }
    assert.equal(await client.rest(1_000), '');
  }
  assert.equal(alarms.size, 6);
});

test('a device that closes its side behind the request still gets the answer', async (t) => {
  const { port, alarms } = await startListener(t);
  const client = await RawClient.open(port);
  client.socket.end(request(multipart(1, LARGE), { type: MULTIPART }));
  const answer = await client.lastAnswer();
  assert.equal(answer.status, 200);
  const [alarm] = await drain(alarms);
  assert.equal(alarm?.event.truncated, undefined);
  assert.deepEqual(pictures(alarm), [LARGE]);
});

test('two paths have inboxes of their own', async (t) => {
  const { port, listener, alarms } = await startListener(t);
  const yard = joinInbox(listener.inbox('yard//cameras/', isapi));
  await exchange(port, request(xml(1)));
  await exchange(port, request(xml(2), { target: `/${SECRET}/yard/cameras` }));
  assert.deepEqual((await drain(alarms)).map(countOf), [1]);
  assert.deepEqual((await drain(yard.alarms)).map(countOf), [2]);
});

test('an inbox that is asked for twice is the same, unless the path belongs to another vendor', async (t) => {
  const { listener, inbox } = await startListener(t);
  assert.equal(listener.inbox('/isapi/', isapi), inbox);
  const other = { ...isapi, id: 'vstarcam' } as const;
  assert.throws(() => listener.inbox('isapi', other), { name: 'AlarmError', code: 'PATH_TAKEN' });
});

test('a path that was given up is answered like one that never was, and can belong to another vendor', async (t) => {
  const { port, listener } = await startListener(t);
  const before = await exchange(port, request(xml(), { target: `/${SECRET}/never` }));
  listener.abandon('isapi/');
  const after = await exchange(port, request(xml()));
  assert.equal(after.status, 404);
  assert.equal(after.body, before.body);
  assert.ok(listener.inbox('/isapi', { ...isapi, id: 'vstarcam' }));
});

test('everyone who subscribed to a path gets each alarm', async (t) => {
  const { port, inbox, alarms } = await startListener(t);
  const second = joinInbox(inbox);
  await exchange(port, request(multipart(1, SMALL), { type: MULTIPART }));
  const [one, two] = [await drain(alarms), await drain(second.alarms)];
  assert.equal(one.length, 1);
  assert.deepEqual(one, two);
});

test('who has left gets nothing more while others do', async (t) => {
  const { port, inbox, alarms } = await startListener(t);
  const second = joinInbox(inbox);
  second.leave();
  await exchange(port, request(xml()));
  assert.deepEqual([alarms.size, second.alarms.size, second.signs.size], [1, 0, 0]);
});

test('a sender chosen by MAC or by address gets its own alarms with its name, and no others', async (t) => {
  const { port, inbox, alarms } = await startListener(t, { sender: { name: 'Gate', mac: MAC } });
  const byAddress = joinInbox(inbox, { name: 'Yard', address: '127.0.0.5' });
  const send = (count: number, mac: string, from: string) =>
    exchange(port, request(xml(count, mac)), from).then(({ status }) => assert.equal(status, 200));
  await send(1, MAC, '127.0.0.1');
  await send(2, '00:00:5e:00:53:12', '127.0.0.5');
  const [gate, ...more] = await drain(alarms);
  const [yard, ...evenMore] = await drain(byAddress.alarms);
  assert.deepEqual([more, evenMore], [[], []]);
  assert.deepEqual([gate && countOf(gate), gate?.event.device.name], [1, 'Gate']);
  assert.deepEqual([yard && countOf(yard), yard?.event.device.name], [2, 'Yard']);
});

test('an alarm of a sender nobody has chosen is answered 200 and told as denied', async (t) => {
  const subscribed = await startListener(t, { sender: { mac: MAC, address: '192.0.2.7' } });
  const answer = await exchange(subscribed.port, request(xml(1, '00:00:5e:00:53:12')));
  assert.equal(answer.status, 200);
  assert.equal(subscribed.alarms.size, 0);
  assert.deepEqual(await complaints(subscribed), ['denied SENDER_UNKNOWN']);
});

test('names from the wire never become file names', async (t) => {
  const { port, alarms } = await startListener(t);
  const body = Buffer.from(
    multipart(1, SMALL, SMALLER)
      .toString('latin1')
      .replaceAll('detectionPicture0.jpg', '../../../../tmp/evil\\..\\x\0.jpg')
      .replaceAll('detectionPicture1.jpg', '%2e%2e%2fCON'),
    'latin1',
  );
  assert.equal((await exchange(port, request(body, { type: MULTIPART }))).status, 200);
  const { event, attachments } = await alarms.take();
  assert.deepEqual(
    attachments.map(({ filename, cid }) => [filename, cid]),
    [
      ['scene-1.jpg', `${event.id}.1@camera-alarms`],
      ['scene-2.jpg', `${event.id}.2@camera-alarms`],
    ],
  );
  assert.match(event.id, /^[\da-f]{24}$/);
  assert.doesNotMatch(JSON.stringify(event), /evil|CON/);
});
