import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MULTIPART, multipartBody } from '../../src/simulator/http-push.js';
import { vstarcam } from '../../src/vendors/vstarcam/index.js';
import { joinInbox, type ListenerPlan, SECRET, startListener } from '../support/listener.js';
import { PUSH_LOGIN } from '../support/secrets.js';
import { RawClient } from './raw-client.js';
import { JSON_TYPE, type RequestPlan, request } from './samples.js';

const PATH = `/${SECRET}/vstarcam`;
const SUCCESS = '{"code":"200","message":"Success"}';
const VUID = 'VC0000000ABCD';
const PICTURE = Buffer.from([0xff, 0xd8, 1, 2, 3, 0xff, 0xd9]);
const FORM = (type = '0x14', picture = PICTURE) =>
  multipartBody([
    { name: 'vuid', bytes: VUID, noLength: true },
    { name: 'type', bytes: type, noLength: true },
    { name: 'picture', filename: 'a.jpg', contentType: 'image/jpeg', bytes: picture, noLength: true },
  ]);

async function startCamera(t: TestContext, plan: ListenerPlan = {}) {
  const { listener, port } = await startListener(t, plan);
  const camera = joinInbox(listener.inbox('/vstarcam', vstarcam));
  const send = async (body: Buffer | string, plan: RequestPlan = {}) => {
    const client = await RawClient.open(port);
    const answer = client.lastAnswer();
    await client.send(
      request(body, { target: PATH, type: MULTIPART, headers: ['Connection: close'], ...plan }),
    );
    return answer;
  };
  return { ...camera, send };
}

test('a camera hears exactly what the document says, for an alarm and for a heartbeat', async (t) => {
  const { send, alarms, signs } = await startCamera(t);
  for (const [body, type] of [
    [FORM(), MULTIPART],
    [`{"vuid":"${VUID}"}`, JSON_TYPE],
  ] as const) {
    const { status, headers, body: said } = await send(body, { type });
    assert.deepEqual([status, said], [200, SUCCESS]);
    assert.deepEqual(headers.get('content-type'), ['application/json; charset=UTF-8']);
  }
  const { event, attachments } = await alarms.take();
  assert.deepEqual([event.kind, event.device.id], ['doorbell', VUID]);
  assert.ok(attachments[0]?.content.equals(PICTURE));
  assert.equal((await signs.take()).event, 'online');
  assert.equal(signs.size, 0);
});

test('what cannot be decoded is answered in the same way, and told with its bytes', async (t) => {
  const { send, signs } = await startCamera(t);
  for (const body of ['[1]', '{"vuid"', 'no form at all']) {
    const { status, body: said } = await send(body, { type: JSON_TYPE });
    assert.deepEqual([status, said], [200, SUCCESS]);
    const { event, raw } = await signs.take();
    assert.deepEqual([event, String(raw)], ['undecodable', body]);
  }
});

test('what is below the path belongs to it, so that heartbeat and alarm have addresses of their own', async (t) => {
  const { send, alarms, signs } = await startCamera(t);
  assert.equal(
    (await send(`{"vuid":"${VUID}"}`, { type: JSON_TYPE, target: `${PATH}/heartbeat` })).status,
    200,
  );
  assert.equal((await send(FORM(), { target: `${PATH}/front/alarm` })).status, 200);
  assert.equal((await alarms.take()).event.kind, 'doorbell');
  assert.equal((await signs.take()).event, 'online');
  assert.equal((await send(FORM(), { target: `/${SECRET}/vstarcamera` })).status, 404);
});

test('a path below that of another maker is unknown', async (t) => {
  const { send } = await startCamera(t);
  assert.equal((await send(FORM(), { target: `/${SECRET}/isapi/below` })).status, 404);
});

test('the same alarm to the main and the second server is one message', async (t) => {
  const { send, alarms } = await startCamera(t);
  const other = Buffer.concat([PICTURE, PICTURE]);
  for (const [target, type, picture] of [
    [`${PATH}/main`, '0x14', PICTURE],
    [`${PATH}/sub`, '0x14', PICTURE],
    [`${PATH}/main`, '0x12', PICTURE],
    [`${PATH}/main`, '0x14', other],
  ] as const)
    assert.equal((await send(FORM(type, picture), { target })).status, 200);
  const kinds = [await alarms.take(), await alarms.take(), await alarms.take()].map(
    ({ event }) => event.kind,
  );
  assert.deepEqual(kinds, ['doorbell', 'motion', 'doorbell']);
  assert.equal(alarms.size, 0);
});

test('who has not logged in hears what all hear, so that it does not learn which paths there are', async (t) => {
  const login = { auth: 'basic', username: 'camera', password: PUSH_LOGIN.password } as const;
  const { send } = await startCamera(t, { settings: login });
  const targets = ['vstarcam', 'vstarcam/below', 'isapi', 'nobody'];
  for (const target of targets) {
    const { status, body, headers } = await send(FORM(), { target: `/${SECRET}/${target}` });
    assert.deepEqual([status, body], [401, 'Unauthorized\n'], target);
    assert.deepEqual(headers.get('content-type'), ['text/plain']);
    assert.equal(headers.has('www-authenticate'), true);
  }
  assert.equal((await send(FORM(), { target: '/wrong/vstarcam' })).body, 'Not Found\n');
});

test('a film over its limit is cut and marked, and the camera is answered', async (t) => {
  const { send, alarms } = await startCamera(t, { limits: { videoBytes: 50_000 } });
  const film = Buffer.concat([Buffer.from('\0\0\0\x10ftypisom', 'latin1'), Buffer.alloc(100_000, 1)]);
  const body = multipartBody([
    { name: 'vuid', bytes: VUID, noLength: true },
    { name: 'type', bytes: '18', noLength: true },
    { name: 'video', filename: 'a.mp4', bytes: film, noLength: true },
  ]);
  assert.equal((await send(body)).body, SUCCESS);
  const { event, attachments } = await alarms.take();
  assert.equal(event.truncated, true);
  assert.ok(attachments[0]?.content.equals(film.subarray(0, 50_000)));
});

test('what is too large, compressed or asked for is refused in the same form', async (t) => {
  const { send } = await startCamera(t, { limits: { bodyBytes: 1_000 } });
  const large = await send(FORM('1', Buffer.alloc(2_000, 1)));
  assert.deepEqual([large.status, large.body], [413, '{"code":"413","message":"Refused"}']);
  const packed = await send(FORM(), { headers: ['Content-Encoding: gzip', 'Connection: close'] });
  assert.deepEqual([packed.status, packed.body], [415, '{"code":"415","message":"Refused"}']);
  const asked = await send('', { method: 'GET' });
  assert.deepEqual([asked.status, asked.body], [405, '{"code":"405","message":"Refused"}']);
});
