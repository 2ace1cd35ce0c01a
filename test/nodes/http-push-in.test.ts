import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { send } from '../../src/simulator/http-push.js';
import { JSON_TYPE, request } from '../sources/samples.js';
import { objections, schemas } from '../support/fixtures.js';
import { type Flow, flowNode, startFlow } from '../support/flow.js';
import { type FlowNode, freePort } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';

const MAC = '00:00:5e:00:53:31';
const SCHEMAS = schemas();
const PICTURE = Buffer.from([0xff, 0xd8, 1, 2, 3, 0xff, 0xd9]);

let flow: Flow | undefined;
afterEach(async () => {
  await flow?.stop();
  flow = undefined;
});

const listener = (port: number): FlowNode => ({
  id: 'listener',
  type: 'alarm-listener',
  host: '127.0.0.1',
  port: String(port),
});
const pushIn = (properties: object = {}) =>
  flowNode('in', 'http-push-in', { listener: 'listener', wires: [['alarms'], ['states']], ...properties });
const sinks = [
  flowNode('alarms', 'helper'),
  flowNode('states', 'helper'),
  flowNode('errors', 'helper'),
  flowNode('statuses', 'helper'),
  flowNode('catch1', 'catch', { scope: null, wires: [['errors']] }),
  flowNode('status1', 'status', { scope: null, wires: [['statuses']] }),
];

async function start(properties: object = {}) {
  const port = await freePort();
  flow = await startFlow([listener(port), pushIn(properties), ...sinks], { listener: { secret: SECRET } });
  const running = flow;
  await status(running, /listening/);
  const push = (data: object, path = '/push') =>
    send(
      { host: '127.0.0.1', port, path: '' },
      request(JSON.stringify({ data }), { target: `/${SECRET}${path}`, type: JSON_TYPE }),
    );
  return { running, push, port };
}

/** The next status that says this; what comes before is passed over. */
async function status(running: Flow, text: RegExp): Promise<string> {
  for (;;) {
    const found = (await running.at('statuses').take()).status?.text ?? '';
    if (text.test(found)) return found;
  }
}

const recorder = { dev_net_info: [{ device_name: 'Yard', mac: '00-00-5E-00-53-31' }] };
const channel = (entry: object) => ({
  ...recorder,
  alarm_list: [{ time: '2026-11-22 8:15:30', channel_alarm: [entry] }],
});

describe('http-push-in', () => {
  it('gives one message of the contract for an event with its picture', async () => {
    const { running, push } = await start();
    const snap = { channel: 'IP_CH3', img_id: 707, img_data: PICTURE.toString('base64') };
    const entry = {
      channel: 'IP_CH3',
      chn_alias: 'Gate',
      int_alarm: { alarm_val: true, int_subtype: 'lcd' },
      take_alarm_snap: 707,
    };
    const answer = await push({ ...channel(entry), alarm_snap_data: [snap] });
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n\{"result":"success","data":\{\}\}$/);
    const { topic, payload, attachments, filename } = await running.at('alarms').take();
    assert.equal(topic, 'raysharp/00-00-5e-00-53-31/3/line-crossing');
    assert.equal(objections(SCHEMAS.alarm, payload), '');
    assert.equal(payload.state, 'active');
    assert.equal(payload.channelName, 'Gate');
    assert.equal(payload.title, 'Line crossing: Gate');
    assert.equal(payload.time, '2026-11-22T08:15:30');
    assert.equal(filename, 'scene-1.jpg');
    assert.deepEqual(attachments[0]?.content, PICTURE);
  });

  it('tells the zone of the recorder where the settings say it', async () => {
    const { running, push } = await start({ timezone: 'Europe/Warsaw' });
    await push(channel({ channel: 'CH1', motion_alarm: true }));
    assert.equal((await running.at('alarms').take()).payload.time, '2026-11-22T08:15:30+01:00');
  });

  it('joins a start with its end where the settings say it', async () => {
    const { running, push } = await start({ pairing: 'device' });
    await push(channel({ channel: 'CH1', motion_alarm: true }));
    await push(channel({ channel: 'CH1', motion_alarm: false }));
    const [begin, end] = [await running.at('alarms').take(), await running.at('alarms').take()];
    assert.deepEqual([begin.payload.state, end.payload.state], ['active', 'inactive']);
    assert.equal(end.payload.correlationId, begin.payload.id);
  });

  it('tells on output 2 and in its status what changes with disks and cameras, once each', async () => {
    const { running, push } = await start();
    const offline = {
      channel: 'CH2',
      chn_alias: 'Shed',
      camera_connect_status: { connect_status: 'Offline' },
    };
    const disk = {
      ...recorder,
      alarm_list: [{ system_alarm: [{ hdd: { hdd_alarm_type: 'Error', hdd_alarm_info: 'NoDisk' } }] }],
    };
    for (let times = 0; times < 3; times++) {
      await push(channel(offline));
      await push(disk);
    }
    const states = [];
    for (let count = 0; count < 3; count++) states.push((await running.at('states').take()).payload);
    for (const state of states) assert.equal(objections(SCHEMAS.state, state), '');
    assert.deepEqual(
      states.map(({ event, channel: number, device, reason }) => [event, number, device.id, reason]),
      [
        ['online', undefined, MAC, 'new: heard of for the first time'],
        ['offline', 2, MAC, 'the device says: Offline'],
        ['disk', undefined, MAC, 'the device says: NoDisk'],
      ],
    );
    await status(running, /status\.new/);
    await status(running, /status\.off/);
    await status(running, /status\.disk/);
    assert.equal(running.at('states').size, 0);
    assert.equal(running.at('alarms').size, 0);
  });

  it('says that a time zone is none in its status and to a catch node', async () => {
    const { running, port } = await start();
    await running.redeploy([listener(port), pushIn({ timezone: 'Mars/Base' }), ...sinks], 'nodes');
    await status(running, /error\.ZONE_UNKNOWN/);
    assert.equal((await running.at('errors').take()).error?.code, 'ZONE_UNKNOWN');
  });

  it('shares a listener with cameras of another maker, each on its path', async () => {
    const port = await freePort();
    const camera = flowNode('cam', 'isapi-alarm-in', {
      listener: 'listener',
      wires: [['alarms'], ['states']],
    });
    flow = await startFlow([listener(port), pushIn(), camera, ...sinks], { listener: { secret: SECRET } });
    await status(flow, /listening/);
    const body = JSON.stringify({ data: channel({ channel: 'CH1', motion_alarm: true }) });
    const to = (path: string) =>
      send(
        { host: '127.0.0.1', port, path: '' },
        request(body, { target: `/${SECRET}${path}`, type: JSON_TYPE, headers: ['Connection: close'] }),
      );
    await to('/push');
    await to('/isapi');
    assert.equal((await flow.at('alarms').take()).payload.vendor, 'raysharp');
    const events = [
      (await flow.at('states').take()).payload.event,
      (await flow.at('states').take()).payload.event,
    ];
    assert.deepEqual(events, ['online', 'undecodable']);
  });
});
