import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { MULTIPART, multipartBody, send } from '../../src/simulator/http-push.js';
import { JSON_TYPE, request } from '../sources/samples.js';
import { objections, schemas } from '../support/fixtures.js';
import { type Flow, flowNode, startFlow } from '../support/flow.js';
import { type FlowNode, freePort } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';

const VUID = 'VC0000000ABCD';
const OTHER = 'VC0000000EFGH';
const SCHEMAS = schemas();
const PICTURE = Buffer.from([0xff, 0xd8, 1, 2, 3, 0xff, 0xd9]);
const FILM = Buffer.from('\0\0\0\x10ftypisom\0\0\0\0', 'latin1');

let flow: Flow | undefined;
afterEach(async () => {
  await flow?.stop();
  flow = undefined;
});

const camera: FlowNode = {
  id: 'camera',
  type: 'vstarcam-device',
  name: 'Door',
  vuid: VUID,
  protocol: 'http',
  host: '192.0.2.9',
  port: '81',
  heartbeat: '1',
};
const sinks = [
  flowNode('alarms', 'helper'),
  flowNode('states', 'helper'),
  flowNode('statuses', 'helper'),
  flowNode('status1', 'status', { scope: null, wires: [['statuses']] }),
];

async function start(properties: object = {}) {
  const port = await freePort();
  const listener = { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port) };
  const node = flowNode('in', 'vstarcam-alarm-in', {
    listener: 'listener',
    wires: [['alarms'], ['states']],
    ...properties,
  });
  flow = await startFlow([listener, camera, node, ...sinks], { listener: { secret: SECRET } });
  const running = flow;
  await status(running, /listening/);
  const post = (body: Buffer | string, type: string) =>
    send(
      { host: '127.0.0.1', port, path: '' },
      request(body, { target: `/${SECRET}/vstarcam`, type, headers: ['Connection: close'] }),
    );
  const beat = (vuid: string) => post(JSON.stringify({ vuid }), JSON_TYPE);
  const ring = (vuid: string) =>
    post(
      multipartBody([
        { name: 'vuid', bytes: vuid },
        { name: 'type', bytes: '0x14' },
        { name: 'picture', filename: 'a.jpg', contentType: 'image/jpeg', bytes: PICTURE },
        { name: 'video', filename: 'a.mp4', bytes: FILM },
      ]),
      MULTIPART,
    );
  return { running, beat, ring };
}

/** The next status that says this; what comes before is passed over. */
async function status(running: Flow, text: RegExp): Promise<void> {
  while (!text.test((await running.at('statuses').take()).status?.text ?? ''));
}

describe('vstarcam-alarm-in', () => {
  it('gives one message of the contract for an alarm with picture and film', async () => {
    const { running, ring } = await start();
    assert.match(await ring(VUID), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\{"code":"200","message":"Success"\}$/);
    const { topic, payload, attachments, filename } = await running.at('alarms').take();
    assert.equal(topic, `vstarcam/${VUID}/1/doorbell`);
    assert.equal(objections(SCHEMAS.alarm, payload), '');
    assert.equal(payload.title, `Doorbell: ${VUID}`);
    assert.equal(filename, 'scene-1.jpg');
    assert.deepEqual(
      attachments.map(({ filename: name, contentType, role, content }) => [name, contentType, role, content]),
      [
        ['scene-1.jpg', 'image/jpeg', 'scene', PICTURE],
        ['video-2.mp4', 'video/mp4', 'video', FILM],
      ],
    );
  });

  it('takes a camera that nobody has set up, and shows it as new', async () => {
    const { running, beat } = await start();
    await beat(OTHER);
    const { payload } = await running.at('states').take();
    assert.deepEqual(
      [payload.event, payload.device.id, payload.reason],
      ['online', OTHER, 'new: heard of for the first time'],
    );
    await status(running, /status\.new/);
  });

  it('tells of the chosen camera alone, by its name: online, in doubt, offline, online again', async () => {
    const { running, beat, ring } = await start({ device: 'camera' });
    await beat(VUID);
    const events: string[] = [];
    for (let count = 0; count < 3; count++) {
      const { payload } = await running.at('states').take();
      assert.equal(objections(SCHEMAS.state, payload), '');
      assert.deepEqual([payload.device.id, payload.device.name], [VUID, 'Door']);
      events.push(payload.event);
    }
    await beat(VUID);
    events.push((await running.at('states').take()).payload.event);
    assert.deepEqual(events, ['online', 'stale', 'offline', 'online']);
    await ring(OTHER);
    assert.equal((await running.at('states').take()).payload.event, 'denied');
    await ring(VUID);
    assert.equal((await running.at('alarms').take()).payload.device.name, 'Door');
    assert.equal(running.at('alarms').size, 0);
  });
});
