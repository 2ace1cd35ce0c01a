import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MULTIPART, multipartBody } from '../../src/simulator/http-push.js';
import { message, objections, RECEIVED_AT, schemas } from '../support/fixtures.js';
import { complaints, drain, PATH, startListener } from '../support/listener.js';
import { exchange, RawClient } from './raw-client.js';
import {
  documentPart,
  JSON_TYPE,
  json,
  picturePart,
  type RequestPlan,
  request,
  SMALL,
  xml,
} from './samples.js';

const MAC = '00:00:5e:00:53:11';
const EVENT =
  'macAddress=00:00:5e:00:53:11&channelID=2&dateTime=2026-11-22T08:15:30%2B01:00&eventType=VMD&eventState=active';
const SCHEMA = schemas().alarm;

/** A request with this query: by GET with nothing else, or by POST. */
const asked = (query: string, method: string, body: Buffer | string = '', plan: RequestPlan = {}) => {
  const target = `${PATH}?${query}`;
  if (method === 'GET') return request('', { method, target, bare: true, headers: ['Host: 127.0.0.1'] });
  return request(body, { method, target, ...plan });
};

/** What comes of one request that is answered 200. */
async function comesOf(t: TestContext, bytes: Buffer) {
  const listener = await startListener(t, { now: () => RECEIVED_AT.getTime() });
  const { status, body } = await exchange(listener.port, bytes);
  assert.deepEqual([status, body], [200, '']);
  const alarms = await drain(listener.alarms);
  for (const alarm of alarms) assert.equal(objections(SCHEMA, message(alarm, 'en-US').payload), '');
  return { alarms, events: alarms.map(({ event }) => event), told: await complaints(listener) };
}

for (const [method, transport] of [
  ['GET', 'http-get'],
  ['POST', 'http-push'],
] as const) {
  test(`an event in the query of a ${method} without a body is one alarm, and nothing of it is missing`, async (t) => {
    const { alarms, events, told } = await comesOf(t, asked(EVENT, method));
    assert.deepEqual([alarms.length, told], [1, []]);
    const { id: _i, title: _t, text: _x, schema: _s, ...event } = events[0] ?? assert.fail();
    assert.deepEqual(event, {
      vendor: 'isapi',
      transport,
      device: { id: MAC, mac: MAC, address: '127.0.0.1' },
      channel: 2,
      channelRaw: '2',
      type: 'VMD',
      kind: 'motion',
      state: 'active',
      severity: 'low',
      time: '2026-11-22T08:15:30+01:00',
      timeRaw: '2026-11-22T08:15:30+01:00',
      receivedAt: RECEIVED_AT.toISOString(),
      clockSkew: -1,
      targets: [],
      regions: [],
      document: {
        macAddress: MAC,
        channelID: '2',
        dateTime: '2026-11-22T08:15:30+01:00',
        eventType: 'VMD',
        eventState: 'active',
      },
    });
    assert.deepEqual(alarms[0]?.attachments, []);
  });

  test(`a ${method} with a heartbeat in its query shows that the device is online and is no alarm`, async (t) => {
    const { port, alarms, signs } = await startListener(t);
    const query = EVENT.replace('VMD', 'videoloss').replace('=active', '=inactive');
    assert.equal((await exchange(port, asked(query, method))).status, 200);
    assert.deepEqual([(await signs.take()).event, signs.size, alarms.size], ['online', 0, 0]);
  });

  for (const query of ['channelID=1', 'eventtype=VMD', 'eventType[]=VMD', '&&&', '=', '%', 'x'])
    test(`a ${method} without an event in its query ${query} is undecodable`, async (t) => {
      const { alarms, told } = await comesOf(t, asked(query, method));
      assert.deepEqual([alarms.length, told.length], [0, 1]);
      assert.match(told[0] ?? '', /^undecodable (BODY_EMPTY|DOCUMENT_MISSING)$/);
    });
}

test('a GET without a query, and other methods with one, are refused', async (t) => {
  const listener = await startListener(t);
  for (const [method, target] of [
    ['GET', PATH],
    ['GET', `${PATH}?`],
    ['HEAD', `${PATH}?${EVENT}`],
    ['PUT', `${PATH}?${EVENT}`],
    ['DELETE', `${PATH}?${EVENT}`],
  ] as const) {
    const client = await RawClient.open(listener.port);
    await client.send(request('', { method, target }));
    assert.equal((await client.lastAnswer(method)).status, 405, `${method} ${target}`);
  }
  assert.equal(listener.alarms.size, 0);
});

test('a query does not open a path that is not there', async (t) => {
  const { port, alarms } = await startListener(t);
  for (const target of [`/isapi?${EVENT}`, `${PATH}x?${EVENT}`, `/?path=${PATH}&${EVENT}`, `?${EVENT}`]) {
    const { status } = await exchange(port, request('', { method: 'GET', target }));
    assert.ok(status === 404 || status === 400, `${target} ${status}`);
  }
  assert.equal(alarms.size, 0);
});

const DOCUMENTS: [what: string, body: Buffer | string, type: string][] = [
  ['an XML document', xml(7), 'application/xml'],
  ['a JSON document', json(7), JSON_TYPE],
  [
    'a multipart with a document and a picture',
    multipartBody([documentPart(xml(7)), picturePart('a', SMALL)]),
    MULTIPART,
  ],
];
for (const [what, body, type] of DOCUMENTS) {
  test(`a POST with ${what} and an event in its query is one alarm: that of the document`, async (t) => {
    const { alarms, events, told } = await comesOf(t, asked(EVENT, 'POST', body, { type }));
    assert.deepEqual(
      events.map(({ type: word, document }) => [word, document['activePostCount']?.toString()]),
      [['linedetection', '7']],
    );
    assert.deepEqual(told, []);
    const pictures = type === MULTIPART ? [SMALL] : [];
    assert.deepEqual(
      alarms[0]?.attachments.map(({ content }) => content),
      pictures,
    );
  });

  test(`a POST with ${what} and a query about something else is the alarm of the document`, async (t) => {
    const { events, told } = await comesOf(t, asked('token=1&channelID=9', 'POST', body, { type }));
    assert.deepEqual(
      events.map(({ type: word, channel }) => [word, channel]),
      [['linedetection', 1]],
    );
    assert.deepEqual(told, []);
  });
}

for (const [what, body, type] of [
  ['a picture alone', SMALL, 'image/jpeg'],
  ['a picture in a multipart', multipartBody([picturePart('detectionPicture', SMALL)]), MULTIPART],
] as const) {
  test(`a POST of ${what} with its event in the query is that alarm with the picture`, async (t) => {
    const { alarms, events, told } = await comesOf(t, asked(EVENT, 'POST', body, { type }));
    assert.deepEqual([events.map(({ type: word }) => word), told], [['VMD'], []]);
    assert.deepEqual(
      alarms[0]?.attachments.map(({ content, role }) => [role, content]),
      [['scene', SMALL]],
    );
    assert.equal('truncated' in (events[0] ?? {}), false);
  });
}

for (const [what, body] of [
  ['of another kind', '<ResponseStatus><statusCode>1</statusCode></ResponseStatus>'],
  ['that is empty', '{}'],
  ['that is blank', ' \r\n'],
] as const)
  test(`a POST with a document ${what} and an event in its query is that one alarm`, async (t) => {
    const { events, told } = await comesOf(t, asked(EVENT, 'POST', body));
    assert.deepEqual([events.map(({ type }) => type), told], [['VMD'], []]);
  });

const NAMES: [what: string, query: string, name: string][] = [
  ['percent signs', 'channelName=Gate%20%26%20yard%20%2B%20%3d', 'Gate & yard + ='],
  ['plus signs for blanks', 'channelName=Gate+and+yard', 'Gate and yard'],
  ['UTF-8', 'channelName=%E5%A4%A7%E9%97%A8', '大门'],
  ['lower case percent signs', 'channelName=S%c3%bcd', 'Süd'],
  ['markup', 'channelName=%3Cb%3EGate%3C/b%3E', '<b>Gate</b>'],
  ['a key twice', 'channelName=Gate&channelName=Yard', 'Gate'],
  ['an equals sign', 'channelName=a=b', 'a=b'],
  ['a question mark', 'channelName=a?b', 'a?b'],
  ['a percent sign that is none', 'channelName=100%', '100%'],
];
for (const [what, query, name] of NAMES)
  test(`the name of a channel is read: ${what}`, async (t) => {
    for (const method of ['GET', 'POST']) {
      const { events } = await comesOf(t, asked(`${EVENT}&${query}`, method));
      assert.deepEqual(
        events.map(({ channelName }) => channelName),
        [name],
        method,
      );
    }
  });

for (const bytes of ['%FF%FE', '%B4%F3', '%00', '%0D%0A', '%E5%A4', '%', '%zz', '%u5927', '%F0%9F'])
  test(`an event with ${bytes} in a name arrives`, async (t) => {
    const { events } = await comesOf(t, asked(`${EVENT}&channelName=a${bytes}b`, 'GET'));
    assert.deepEqual(
      events.map(({ type, channel }) => [type, channel]),
      [['VMD', 2]],
    );
  });

test('the plus sign of a time zone counts, also where the device did not encode it', async (t) => {
  for (const sign of ['%2B', '+']) {
    const query = EVENT.replace('%2B', sign);
    const { events } = await comesOf(t, asked(query, 'GET'));
    assert.deepEqual(
      events.map(({ time, clockSkew }) => [time, clockSkew]),
      [['2026-11-22T08:15:30+01:00', -1]],
      sign,
    );
  }
});

test('a plate in the query is a plate of the alarm, as text', async (t) => {
  const query = `${EVENT.replace('VMD', 'ANPR')}&licensePlate=12E34&confidenceLevel=95&direction=forward`;
  const { events } = await comesOf(t, asked(query, 'POST'));
  assert.deepEqual(
    events.map(({ kind, state, plate }) => [kind, state, plate]),
    [['plate', 'pulse', { number: '12E34', confidence: 95, direction: 'forward' }]],
  );
});

test('of an event that is in the query twice, the first counts', async (t) => {
  const { events } = await comesOf(t, asked(`${EVENT}&eventType=IO&eventState=inactive&channelID=7`, 'GET'));
  assert.deepEqual(
    events.map(({ type, state, channel }) => [type, state, channel]),
    [['VMD', 'active', 2]],
  );
});

test('names that every JavaScript object knows are no fields', async (t) => {
  const bad = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
  const query = [...bad, '__proto__[a]', 'constructor.prototype.a', '%5f_proto__'].map((name) => `${name}=1`);
  const { events } = await comesOf(t, asked(`${query.join('&')}&${EVENT}`, 'GET'));
  assert.equal(events.length, 1);
  const { document = {} } = events[0] ?? {};
  assert.equal(Object.getPrototypeOf(document), Object.prototype);
  for (const name of bad) assert.equal(Object.hasOwn(document, name), false, name);
  assert.deepEqual(Object.keys(document).sort(), [
    'channelID',
    'dateTime',
    'eventState',
    'eventType',
    'macAddress',
  ]);
  assert.equal(({} as Record<string, unknown>)['a'], undefined);
});

test('a query of very many keys is answered, and no more of them are kept than events have', async (t) => {
  const listener = await startListener(t);
  const keys = (count: number) =>
    Array.from({ length: count }, (_, index) => `&${index.toString(36)}=`).join('');
  const { status } = await exchange(listener.port, asked(EVENT + keys(10_000), 'GET'));
  assert.equal(status, 431);
  for (const query of [
    EVENT + keys(1_500),
    keys(1_500) + EVENT,
    EVENT + keys(3_000),
    EVENT + '&a'.repeat(4_000),
  ]) {
    assert.equal((await exchange(listener.port, asked(query, 'POST'))).status, 200);
    for (const { event } of await drain(listener.alarms)) {
      assert.equal(event.type, 'VMD');
      assert.ok(Object.keys(event.document).length <= 100);
    }
  }
  assert.equal((await exchange(listener.port, asked(EVENT, 'POST'))).status, 200);
  assert.equal((await listener.alarms.take()).event.type, 'VMD');
});

test('events in queries follow each other on one connection', async (t) => {
  const { port, alarms } = await startListener(t);
  const client = await RawClient.open(port);
  const methods = ['GET', 'POST', 'GET', 'GET', 'POST'];
  await client.send(Buffer.concat(methods.map((method, index) => asked(`${EVENT}&count=${index}`, method))));
  for (const method of methods) assert.equal((await client.answer(method)).status, 200);
  client.socket.destroy();
  const got = (await drain(alarms)).map(({ event }) => [event.document['count'], event.transport]);
  assert.deepEqual(
    got,
    methods.map((method, index) => [String(index), method === 'GET' ? 'http-get' : 'http-push']),
  );
});
