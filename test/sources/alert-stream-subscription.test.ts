import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { StreamDeviceSettings } from '../../src/simulator/alert-stream.js';
import { answer, startDevice } from '../device/scripted-device.js';
import { type Setup, settle, streamOf, until } from '../support/stream.js';

const OFFER = { events: ['VMD', 'linedetection', 'fielddetection'], heartbeat: [5, 60] } as const;
const ALL = { events: [] };

/** A device that offers a subscription, and a stream that wants one. */
const subscribing = (t: TestContext, device: Partial<StreamDeviceSettings> = {}, setup: Setup = {}) =>
  streamOf(t, { device: { subscription: OFFER, ...device }, wish: ALL, ...setup });

const documentWith = (...lines: string[]) =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<SubscribeEvent version="2.0" xmlns="http://www.isapi.org/ver20/XMLSchema">',
    ...lines,
    '</SubscribeEvent>',
    '',
  ].join('\n');

test('what is offered is subscribed, with a heartbeat of 10 s, over one connection at a time', async (t) => {
  const { told, device, stream } = await subscribing(t);
  stream.start();
  await until(() => told.signs.length === 1);
  device.event();
  device.event({ eventType: 'VMD' });
  device.heartbeat();
  await until(() => told.alarms.length === 2);
  assert.deepEqual(told.story, ['online']);
  assert.deepEqual(
    told.alarms.map(({ event }) => [event.type, event.transport]),
    [
      ['linedetection', 'alertstream'],
      ['VMD', 'alertstream'],
    ],
  );
  assert.deepEqual(device.subscriptions, [
    documentWith('<heartbeat>10</heartbeat>', '<eventMode>all</eventMode>'),
  ]);
  assert.equal(device.counts.mostStreams, 1);
  assert.equal(device.login.wrong, 0);
  assert.deepEqual(told.errors, []);
});

test('its heartbeats tell in 30 s that it is dead', async (t) => {
  const { told, device, stream, time } = await subscribing(t);
  stream.start();
  await until(() => told.signs.length === 1);
  for (let beat = 0; beat < 4; beat++) {
    time.pass(10_000);
    device.heartbeat();
    await settle();
  }
  time.pass(29_999);
  await settle();
  assert.deepEqual(told.story, ['online']);
  time.pass(1);
  await until(() => told.signs.length === 2);
  assert.deepEqual(told.story, ['online', 'stale STREAM_SILENT']);
});

test('chosen events are filtered by the device', async (t) => {
  const { told, device, stream } = await subscribing(t, {}, { wish: { events: ['LineDetection', 'vmd'] } });
  stream.start();
  await until(() => told.signs.length === 1);
  device.event({ eventType: 'fielddetection' });
  device.event();
  await until(() => told.alarms.length === 1);
  assert.equal(told.alarms[0]?.event.type, 'linedetection');
  assert.deepEqual(device.subscriptions, [
    documentWith(
      '<heartbeat>10</heartbeat>',
      '<eventMode>list</eventMode>',
      '<EventList>',
      '<Event>',
      '<type>linedetection</type>',
      '<pictureURLType>binary</pictureURLType>',
      '</Event>',
      '<Event>',
      '<type>VMD</type>',
      '<pictureURLType>binary</pictureURLType>',
      '</Event>',
      '</EventList>',
    ),
  ]);
});

test('of chosen events that the device does not know, all come: rather too many than none', async (t) => {
  const { told, device, stream } = await subscribing(
    t,
    {},
    { wish: { events: ['linedetection', 'tripwire'] } },
  );
  stream.start();
  await until(() => told.signs.length === 1);
  assert.match(device.subscriptions[0] ?? '', /<eventMode>all<\/eventMode>/);
});

test('an event that was offered and is not sent after all is told by name', async (t) => {
  const fails = ['VMD', 'fielddetection'];
  const { told, stream } = await subscribing(t, { subscription: { ...OFFER, fails } });
  stream.start();
  await until(() => told.signs.length === 2);
  assert.deepEqual(told.story, ['online', 'undecodable SUBSCRIPTION_INCOMPLETE']);
  assert.match(told.signs[1]?.reason ?? '', /\(VMD, fielddetection\)$/);
});

for (const [what, heartbeat, seconds] of [
  ['is longer', [20, 60], 20],
  ['is shorter', [1, 5], 5],
  ['cannot be chosen', undefined, undefined],
  ['makes no sense', [60, 5], undefined],
] as const) {
  test(`a heartbeat that ${what}: ${seconds ?? 'left to the device'}`, async (t) => {
    const subscription = { events: OFFER.events, ...(heartbeat && { heartbeat }) };
    const { told, device, stream } = await subscribing(t, { subscription });
    stream.start();
    await until(() => told.signs.length === 1);
    assert.equal(/<heartbeat>(\d+)</.exec(device.subscriptions[0] ?? '')?.[1], seconds?.toString());
  });
}

test('a device that offers none is asked once, however often the stream ends', async (t) => {
  const { told, device, stream, time } = await subscribing(t, { subscription: undefined });
  stream.start();
  for (let round = 1; round <= 3; round++) {
    await until(() => device.streams === 1);
    device.heartbeat();
    await until(() => told.signs.length === 2 * round - 1);
    const { requests } = device.counts;
    // The question and the stream, with the challenge before the first of them; later the stream alone.
    assert.ok(requests <= 3 + (round - 1) * 2, `${requests} requests in round ${round}`);
    device.end();
    await until(() => told.signs.length === 2 * round);
    time.pass(time.next);
  }
  assert.equal(device.counts.mostStreams, 1);
});

for (const [status, body] of [
  ['400', 'badXmlFormat'],
  ['403', 'notSupport'],
  ['404', ''],
  ['501', ''],
  ['200', 'invalidOperation'],
] as const) {
  test(`a subscription answered by ${status} ${body}: the plain stream, at once and from then on`, async (t) => {
    const subscription = { ...OFFER, refusal: { status, body } };
    const { told, device, stream, time } = await subscribing(t, { subscription });
    stream.start();
    for (let round = 1; round <= 2; round++) {
      await until(() => device.streams === 1);
      device.event();
      await until(() => told.alarms.length === round);
      device.end();
      await until(() => told.signs.length === 2 * round);
      time.pass(time.next);
    }
    assert.equal(device.subscriptions.length, 1);
    assert.deepEqual(told.story.slice(0, 2), ['online', 'offline STREAM_ENDED']);
  });
}

for (const [status, body, story] of [
  ['503', 'deviceBusy', 'offline STREAM_HTTP'],
  ['404', 'deployExceedMax', 'offline STREAM_BUSY'],
] as const) {
  test(`a subscription answered by ${status} ${body}: told, and subscribed later`, async (t) => {
    const { told, device, stream, time } = await subscribing(t, {
      subscription: { ...OFFER, refusal: { status, body } },
    });
    stream.start();
    await until(() => told.signs.length === 1);
    assert.deepEqual(told.story, [story]);
    assert.equal(device.counts.streams, 0);
    device.settings.subscription = OFFER;
    time.pass(time.next);
    await until(() => told.signs.length === 2);
    assert.equal(device.subscriptions.length, 2);
    assert.equal(told.signs[1]?.event, 'online');
  });
}

test('a subscription that says nothing is given up for the plain stream', async (t) => {
  const { told, device, stream, time } = await subscribing(t, { answer: 'head' });
  stream.start();
  await until(() => device.streams === 1);
  await settle();
  device.settings.answer = 'stream';
  time.pass(90_000);
  await until(() => told.signs.length === 1);
  assert.deepEqual(told.story, ['offline STREAM_SILENT']);
  time.pass(time.next);
  await until(() => device.counts.streams === 2);
  device.heartbeat();
  await until(() => told.signs.length === 2);
  assert.equal(device.subscriptions.length, 1);
});

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n';
const PART = '--b\r\nContent-Type: application/xml\r\n\r\n<EventNotificationAlert>';

for (const [what, question] of [
  ['answers every question with its stream', HEAD + PART],
  ['has no such page', answer('404 Not Found')],
  ['answers with a page', answer('200 OK', '<html>isSupportSubscribeEvent</html>')],
  ['answers with half a document', answer('200 OK', '<DeviceCap><isSupportSubscribeEvent>tru')],
  [
    'answers without end',
    `HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n${'<DeviceCap>'.padEnd(300_000)}`,
  ],
  ['does not answer', undefined],
  ['hangs up', 'BYE\r\n\r\n'],
] as const) {
  test(`a device that ${what} gets the plain stream`, async (t) => {
    const device = await startDevice(t, ({ target }) => (target.endsWith('/alertStream') ? HEAD : question));
    const { told, stream, time } = await streamOf(t, {
      client: { port: device.port, username: '' },
      wish: ALL,
    });
    stream.start();
    const streams = () => device.asked.filter(({ target }) => target.endsWith('/alertStream')).length;
    await until(() => streams() === 1);
    assert.deepEqual(told.story, []);
    await settle();
    assert.equal(device.sockets.size, 1);
    const { length } = told.states;
    for (const socket of device.sockets) socket.destroy();
    await until(() => told.states.length > length);
    time.pass(time.next);
    await until(() => streams() === 2);
    // One that did not answer is asked once more.
    const questions = question === undefined || question.startsWith('BYE') ? 2 : 1;
    assert.equal(device.asked.length, 2 + questions);
  });
}

test('what a device writes into its offer is not written back unless it is a plain word', async (t) => {
  const offer =
    '<SubscribeEventCap><heartbeat min="1" max="30"/><eventMode opt="all, list"/><EventList><Event><type>VMD</type><minorAlarm opt="0x400,0x401"/><minorEvent opt="&lt;x/&gt;"/><pictureURLType opt="localURL"/></Event></EventList></SubscribeEventCap>';
  const device = await startDevice(t, ({ target }) => {
    if (target.endsWith('/capabilities'))
      return answer('200 OK', '{"isSupportSubscribeEvent": true}', 'Content-Type: application/json');
    return target.endsWith('Cap') ? answer('200 OK', offer) : HEAD;
  });
  const { stream } = await streamOf(t, {
    client: { port: device.port, username: '' },
    wish: { events: ['VMD'] },
  });
  stream.start();
  await until(() => device.asked.length === 3);
  const { method, target, headers, body } = device.asked[2] as (typeof device.asked)[number];
  assert.deepEqual([method, target], ['POST', '/ISAPI/Event/notification/subscribeEvent']);
  assert.equal(headers.get('content-type'), 'application/xml');
  assert.equal(
    body,
    documentWith(
      '<heartbeat>10</heartbeat>',
      '<eventMode>list</eventMode>',
      '<EventList>',
      '<Event>',
      '<type>VMD</type>',
      '<minorAlarm>0x400,0x401</minorAlarm>',
      '</Event>',
      '</EventList>',
    ),
  );
});
