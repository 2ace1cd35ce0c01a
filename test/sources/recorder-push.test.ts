import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { AccessSettings } from '../../src/index.js';
import { LIMITS } from '../../src/limits.js';
import { raysharp } from '../../src/vendors/raysharp/index.js';
import { joinInbox, SECRET, type Subscribed, startListener } from '../support/listener.js';
import { ManualClock } from '../support/manual-clock.js';
import { RawClient } from './raw-client.js';
import { JSON_TYPE, type RequestPlan, request } from './samples.js';

const PUSH = `/${SECRET}/push`;
const KEEP_ALIVE = '/API/HttpListening/KeepLive';
const MAC = '00:00:5e:00:53:31';
const FLAT = JSON.stringify({
  EventType: 'VideoMotion',
  EventTime: '2026-11-22 8:15:30',
  EventAction: 'start',
  MACAddress: '00-00-5E-00-53-31',
});
const SUCCESS = '{"result":"success","data":{}}';

async function startPush(t: TestContext, settings: Partial<AccessSettings> = {}) {
  const clock = new ManualClock();
  const { listener, port } = await startListener(t, { settings, clock });
  const pushes = joinInbox(listener.inbox('/push', raysharp));
  const send = async (body: string, plan: RequestPlan = {}, from = '127.0.0.1') => {
    const client = await RawClient.open(port, { localAddress: from });
    const answer = client.lastAnswer();
    await client.send(request(body, { target: PUSH, type: JSON_TYPE, ...plan }));
    return answer;
  };
  const beat = (from?: string, target = KEEP_ALIVE) =>
    send('{"data":{"time":"1795331731"}}', { target }, from);
  return { ...pushes, clock, listener, send, beat, port };
}

/** Signs that came, in short. */
async function drain({ signs }: Pick<Subscribed, 'signs'>): Promise<string[]> {
  const found: string[] = [];
  while (signs.size > 0) {
    const { event, device, reason = '' } = await signs.take();
    found.push([event, device.id, /^[A-Z_]+/.exec(reason)?.[0]].filter(Boolean).join(' '));
  }
  return found;
}

test('a push is answered as the maker prints it, and its connection ends', async (t) => {
  const { send, alarms } = await startPush(t);
  const { statusLine, headers, body } = await send(FLAT, { headers: ['Connection: keep-alive'] });
  assert.equal(statusLine, 'HTTP/1.1 200 OK');
  assert.equal(body, SUCCESS);
  assert.deepEqual(headers.get('connection'), ['close']);
  assert.deepEqual(headers.get('content-type'), ['application/json']);
  const { event } = await alarms.take();
  assert.equal(event.kind, 'motion');
  assert.equal(event.transport, 'http-push');
});

test('what nobody can read is answered in the same way, and told with its bytes', async (t) => {
  const { send, alarms, signs } = await startPush(t);
  const { status, body } = await send('{"something":"else"}');
  assert.deepEqual([status, body], [200, SUCCESS]);
  const { event, raw } = await signs.take();
  assert.equal(event, 'undecodable');
  assert.equal(String(raw), '{"something":"else"}');
  assert.equal(alarms.size, 0);
});

test('an event in the query of a GET', async (t) => {
  const { send, alarms } = await startPush(t);
  const query =
    'EventType=VideoMotion&EventTime=2022-5-26%2011:5:0&EventAction=stop&MACAddress=00-00-5E-00-53-31';
  const { status, body } = await send('', { method: 'GET', target: `${PUSH}?${query}` });
  assert.deepEqual([status, body], [200, SUCCESS]);
  const { event } = await alarms.take();
  assert.deepEqual([event.transport, event.kind, event.state], ['http-get', 'motion', 'inactive']);
});

test('a keep-alive is taken from who has pushed with the secret, at its own path without one', async (t) => {
  const { send, beat, alarms, ...rest } = await startPush(t);
  await send(FLAT);
  for (const target of [KEEP_ALIVE, KEEP_ALIVE.toLowerCase(), `/${KEEP_ALIVE}`, `${KEEP_ALIVE}/`]) {
    const { status, body, headers } = await beat('127.0.0.1', target);
    assert.deepEqual([status, body], [200, SUCCESS], target);
    assert.deepEqual(headers.get('connection'), ['close']);
  }
  assert.equal(alarms.size, 1);
  assert.deepEqual(await drain(rest), [`online ${MAC}`]);
});

test('a keep-alive of a stranger is refused like a wrong path, and told once with what to do', async (t) => {
  const { send, beat, clock, ...rest } = await startPush(t);
  await send(FLAT, {}, '127.0.0.2');
  for (let minutes = 0; minutes < 5; minutes++) {
    assert.equal((await beat('127.0.0.3')).status, 404);
    clock.pass(60_000);
  }
  assert.deepEqual(await drain(rest), [`online ${MAC}`, 'denied 127.0.0.3 KEEPALIVE_UNKNOWN']);
});

test('a push with a wrong secret makes nobody known', async (t) => {
  const { send, beat } = await startPush(t);
  assert.equal((await send(FLAT, { target: '/wrong/push' })).status, 404);
  assert.equal((await beat()).status, 404);
});

test('a keep-alive is taken from the list of allowed addresses before any push, and from no other', async (t) => {
  const { beat, ...rest } = await startPush(t, { allow: '127.0.0.8/30' });
  assert.equal((await beat('127.0.0.9')).status, 200);
  assert.equal((await beat('127.0.0.4')).status, 403);
  assert.deepEqual(await drain(rest), ['online 127.0.0.9', 'denied 127.0.0.4 ADDRESS_DENIED']);
});

test('a keep-alive needs no login where pushes need one, as devices may not send it', async (t) => {
  const login = { auth: 'basic', username: 'recorder', password: 'wire' } as const;
  const { send, beat } = await startPush(t, login);
  assert.equal((await send(FLAT)).status, 401);
  assert.equal((await beat()).status, 404);
  const credentials = Buffer.from('recorder:wire').toString('base64');
  assert.equal((await send(FLAT, { headers: [`Authorization: Basic ${credentials}`] })).status, 200);
  assert.equal((await beat()).status, 200);
});

test('a keep-alive is small: what anyone can send without the secret is not kept in memory', async (t) => {
  const { send } = await startPush(t);
  await send(FLAT);
  const large = 'x'.repeat(LIMITS.documentBytes + 1);
  assert.equal((await send(large, { target: KEEP_ALIVE })).status, 413);
  assert.equal((await send(FLAT)).status, 200);
});

test('an empty keep-alive is one too', async (t) => {
  const { send, ...rest } = await startPush(t);
  await send(FLAT);
  for (const method of ['POST', 'GET']) {
    const { status } = await send('', { method, target: KEEP_ALIVE });
    assert.equal(status, 200, method);
  }
  assert.deepEqual(await drain(rest), [`online ${MAC}`]);
});

test('a recorder that falls silent is offline, and online again with its next sign of life', async (t) => {
  const { send, beat, clock, signs } = await startPush(t);
  await send(FLAT);
  for (let minutes = 0; minutes < 3; minutes++) {
    await beat();
    clock.pass(60_000);
  }
  assert.deepEqual(await drain({ signs }), [`online ${MAC}`]);
  clock.pass(30_000);
  assert.deepEqual(await drain({ signs }), [`offline ${MAC} KEEPALIVE_MISSING`]);
  await beat();
  assert.deepEqual(await drain({ signs }), [`online ${MAC}`]);
});

test('a path without recorders has no keep-alives', async (t) => {
  const { port } = await startListener(t);
  const client = await RawClient.open(port);
  const answer = client.lastAnswer();
  await client.send(request('{}', { target: KEEP_ALIVE, type: JSON_TYPE }));
  assert.equal((await answer).status, 404);
});

test('a document of megabytes is read when its pictures make it so large', async (t) => {
  const { send, alarms } = await startPush(t);
  const picture = Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    Buffer.alloc(3_000_000, 7),
    Buffer.from([0xff, 0xd9]),
  ]);
  const snap = { channel: 'CH1', img_id: 7, img_data: picture.toString('base64') };
  const entry = { channel: 'CH1', motion_alarm: true, take_alarm_snap: 7 };
  const data = { alarm_list: [{ channel_alarm: [entry] }], alarm_snap_data: [snap] };
  assert.equal((await send(JSON.stringify({ data }))).status, 200);
  const { event, attachments } = await alarms.take();
  assert.equal(event.kind, 'motion');
  assert.ok(attachments[0]?.content.equals(picture));
});

test('a picture in a delivery of its own comes with its event', async (t) => {
  const { send, alarms } = await startPush(t);
  const picture = Buffer.from([0xff, 0xd8, 1, 2, 3, 0xff, 0xd9]);
  const entry = { channel: 'CH1', motion_alarm: true, take_alarm_snap: 7 };
  await send(JSON.stringify({ data: { alarm_list: [{ channel_alarm: [entry] }] } }));
  assert.equal(alarms.size, 0);
  await send(
    JSON.stringify({
      data: { alarm_snap_data: [{ channel: 'CH1', img_id: 7, img_data: picture.toString('base64') }] },
    }),
  );
  const { attachments } = await alarms.take();
  assert.ok(attachments[0]?.content.equals(picture));
  assert.equal(alarms.size, 0);
});

test('a delivery without a name is of the only device that said its name at this address', async (t) => {
  const { send, beat, alarms, clock, signs } = await startPush(t);
  await send(FLAT);
  const entry = { channel: 'CH1', motion_alarm: true };
  await send(JSON.stringify({ data: { alarm_list: [{ channel_alarm: [entry] }] } }));
  assert.deepEqual(
    [(await alarms.take()).event.device.id, (await alarms.take()).event.device.id],
    [MAC, MAC],
  );
  for (let minutes = 0; minutes < 10; minutes++) {
    await beat();
    clock.pass(60_000);
  }
  assert.deepEqual(await drain({ signs }), [`online ${MAC}`]);
});

test('a picture of another recorder behind the same address is not taken', async (t) => {
  const { send, alarms, clock } = await startPush(t);
  const picture = Buffer.from([0xff, 0xd8, 1, 2, 3, 0xff, 0xd9]).toString('base64');
  const of = (mac: string, more: object) => JSON.stringify({ data: { dev_net_info: [{ mac }], ...more } });
  const entry = { channel: 'CH1', motion_alarm: true, take_alarm_snap: 7 };
  await send(of('00-00-5E-00-53-31', { alarm_list: [{ channel_alarm: [entry] }] }));
  await send(
    of('00-00-5E-00-53-32', { alarm_snap_data: [{ channel: 'CH1', img_id: 7, img_data: picture }] }),
  );
  assert.equal(alarms.size, 0);
  clock.pass(60_000);
  const [motion, loose] = [await alarms.take(), await alarms.take()];
  assert.deepEqual([motion.event.kind, motion.attachments.length], ['motion', 0]);
  assert.deepEqual([loose.event.device.id, loose.attachments.length], ['00:00:5e:00:53:32', 1]);
});

test('one disk of two that fails is told once, however often it is said', async (t) => {
  const { send, signs } = await startPush(t);
  const disk = (name: string, state: string, info: string) => ({
    device_name: name,
    hdd: { hdd_alarm_type: state, hdd_alarm_info: info },
  });
  const system_alarm = [
    disk('d1', 'Error', 'Bad'),
    disk('d2', 'Ok', ''),
    disk('d3', 'Ok', ''),
    disk('d3', 'Error', 'Full'),
  ];
  const body = JSON.stringify({ data: { dev_net_info: [{ mac: MAC }], alarm_list: [{ system_alarm }] } });
  for (let times = 0; times < 3; times++) await send(body);
  const told = [await signs.take(), await signs.take(), await signs.take()];
  assert.deepEqual(
    told.map(({ event, state, reason }) => [event, state, reason]),
    [
      ['online', undefined, 'new: heard of for the first time'],
      ['disk', 'active', 'the device says: Bad'],
      ['disk', 'active', 'the device says: Full'],
    ],
  );
  assert.equal(signs.size, 0);
});

test('flags that say again and again that there is nothing are no alarms', async (t) => {
  const { send, alarms } = await startPush(t);
  const flags = (on: boolean) => ({
    channel: 'CH1',
    motion_alarm: on,
    io_alarm: false,
    int_alarm: { alarm_val: false, int_subtype: 'lcd' },
  });
  for (const on of [false, true, false, false])
    await send(JSON.stringify({ data: { alarm_list: [{ channel_alarm: [flags(on)] }] } }));
  const states = [(await alarms.take()).event.state, (await alarms.take()).event.state];
  assert.deepEqual(states, ['active', 'inactive']);
  assert.equal(alarms.size, 0);
});

test('an event that waits for its picture is not lost when its node leaves', async (t) => {
  const { send, alarms, leave } = await startPush(t);
  const entry = { channel: 'CH1', motion_alarm: true, take_alarm_snap: 7 };
  await send(JSON.stringify({ data: { alarm_list: [{ channel_alarm: [entry] }] } }));
  leave();
  assert.equal((await alarms.take()).event.kind, 'motion');
});

test('an event that waits for its picture is not lost when the listener stops', async (t) => {
  const { send, alarms, listener } = await startPush(t);
  const entry = { channel: 'CH1', motion_alarm: true, take_alarm_snap: 7 };
  await send(JSON.stringify({ data: { alarm_list: [{ channel_alarm: [entry] }] } }));
  await listener.stop();
  assert.equal((await alarms.take()).event.kind, 'motion');
});
