import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { StreamDevice } from '../../src/simulator/alert-stream.js';
import {
  type Answer,
  type FakeDevice,
  jpeg,
  LOGIN,
  responseStatus,
  startFakeDevice,
} from '../support/fake-device.js';
import { type Flow, flowNode, startFlow } from '../support/flow.js';
import { type FlowNode, freePort } from '../support/node-red.js';

let flow: Flow | undefined;
const devices: FakeDevice[] = [];
afterEach(async () => {
  await flow?.stop();
  flow = undefined;
  for (const device of devices.splice(0)) await device.stop();
});

const camera = (id: string, port: number): FlowNode => ({
  id,
  type: 'isapi-device',
  protocol: 'http',
  host: '127.0.0.1',
  port: String(port),
});
const sinks = [
  flowNode('out', 'helper'),
  flowNode('errors', 'helper'),
  flowNode('statuses', 'helper'),
  flowNode('catch1', 'catch', { scope: null, wires: [['errors']] }),
  flowNode('status1', 'status', { scope: null, wires: [['statuses']] }),
];

async function start(
  answer: Answer,
  properties: object = {},
): Promise<{ running: Flow; device: FakeDevice }> {
  const device = await startFakeDevice(answer);
  devices.push(device);
  const snapshot = flowNode('snap', 'isapi-snapshot', { device: 'camera', wires: [['out']], ...properties });
  flow = await startFlow([camera('camera', device.port), snapshot, ...sinks], { camera: LOGIN });
  return { running: flow, device };
}

describe('isapi-snapshot', () => {
  it('adds the picture behind those that were there and leaves the rest of the message as it is', async () => {
    const { running, device } = await start(() => ({ body: jpeg('now') }));
    const attachments = [{ filename: 'target-1.jpg', content: jpeg('then') }];
    running.give('snap', {
      topic: 'gate',
      payload: { kind: 'motion' },
      attachments,
      filename: 'target-1.jpg',
    });
    const message = await running.at('out').take();
    assert.equal(message.topic, 'gate');
    assert.deepEqual(message.payload, { kind: 'motion' });
    assert.equal(message.filename, 'target-1.jpg');
    assert.equal(message.attachments.length, 2);
    const { cid, ...picture } = message.attachments[1] ?? { cid: '' };
    assert.deepEqual(picture, {
      filename: 'scene-2.jpg',
      contentType: 'image/jpeg',
      content: jpeg('now'),
      role: 'scene',
    });
    assert.match(cid, /^[0-9a-f]{16}\.2@camera-alarms$/);
    assert.equal(attachments.length, 1);
    assert.deepEqual(device.asked, ['/ISAPI/Streaming/channels/101/picture']);
  });

  it('asks for the channel of a message for that message alone', async () => {
    const { running, device } = await start(() => ({ body: jpeg('x') }), { channel: '2', stream: '2' });
    for (const payload of [{ channel: 12 }, { channel: '7' }, 'text', undefined]) {
      running.give('snap', { payload });
      const { filename } = await running.at('out').take();
      assert.equal(filename, 'scene-1.jpg');
    }
    const channels = device.asked.map((path) => /channels\/(\d+)/.exec(path)?.[1]);
    assert.deepEqual(channels, ['1202', '702', '202', '202']);
  });

  it('asks a recorder that does not know the way for its channels the way for cameras behind it', async () => {
    const { running, device } = await start((path) => ({
      body: path.includes('StreamingProxy') ? jpeg('proxy') : responseStatus(6, 'badXmlContent'),
    }));
    running.give('snap', { payload: {} });
    const message = await running.at('out').take();
    assert.deepEqual(message.attachments[0]?.content, jpeg('proxy'));
    assert.equal(device.asked.at(-1), '/ISAPI/ContentMgmt/StreamingProxy/channels/101/picture');
  });

  for (const [what, first] of [
    ['had an error', responseStatus(3, 'deviceError')],
    ['was busy', responseStatus(2, 'deviceBusy')],
    ['sent half a picture', jpeg('half').subarray(0, 8)],
  ] as const) {
    it(`asks a device that ${what} once more`, async () => {
      let times = 0;
      const { running } = await start(() => ({ body: times++ === 0 ? first : jpeg('second') }));
      running.give('snap', { payload: {} });
      assert.deepEqual((await running.at('out').take()).attachments[0]?.content, jpeg('second'));
    });
    it(`asks a device that ${what} not a third time`, async () => {
      const { running, device } = await start(() => ({ body: first }));
      running.give('snap', { payload: {} });
      const { error } = await running.at('errors').take();
      assert.match(error?.message ?? '', /no picture/);
      assert.equal(device.asked.length, 2);
      assert.equal(running.at('out').size, 0);
    });
  }

  it('takes an error that comes with status 200 for an error, with the word of the device', async () => {
    const { running } = await start(() => ({ body: responseStatus(4, 'notSupport') }));
    running.give('snap', { payload: {} });
    const { error } = await running.at('errors').take();
    assert.equal(
      error?.message,
      'AlarmError: the device gives no picture of this channel and stream (4 notSupport)',
    );
    assert.equal(error?.source.type, 'isapi-snapshot');
  });

  it('takes a web page for no picture', async () => {
    const { running } = await start(() => ({ body: '<html><body>Login</body></html>' }));
    running.give('snap', { payload: {} });
    assert.match((await running.at('errors').take()).error?.message ?? '', /sent no picture/);
  });

  it('says what is wrong with a channel that is none', async () => {
    const { running, device } = await start(() => ({ body: jpeg('x') }));
    running.give('snap', { payload: { channel: 0 } });
    assert.match((await running.at('errors').take()).error?.message ?? '', /channel/);
    assert.deepEqual(device.asked, []);
  });

  it('tells Catch nodes about a camera that is off, and about none being chosen', async () => {
    const off = flowNode('snap', 'isapi-snapshot', { device: 'camera', wires: [['out']] });
    const none = flowNode('snap2', 'isapi-snapshot', { wires: [['out']] });
    flow = await startFlow([camera('camera', await freePort()), off, none, ...sinks], { camera: LOGIN });
    flow.give('snap', { payload: {} });
    assert.match((await flow.at('errors').take()).error?.message ?? '', /takes no connections/);
    flow.give('snap2', { payload: {} });
    assert.match((await flow.at('errors').take()).error?.message ?? '', /no device/);
  });

  it('tries a refused login no more than twice, however often the flow is deployed', async () => {
    const device = await StreamDevice.start();
    devices.push({ port: device.port, asked: [], stop: () => device.close() });
    const snapshot = flowNode('snap', 'isapi-snapshot', { device: 'camera', wires: [['out']] });
    const nodes = [camera('camera', device.port), snapshot, ...sinks];
    flow = await startFlow(nodes, { camera: { username: 'admin', password: 'mistyped' } });
    for (let deploy = 0; deploy < 6; deploy++) {
      flow.give('snap', { payload: {} });
      assert.match((await flow.at('errors').take()).error?.message ?? '', /does not take the user name/);
      await flow.redeploy(nodes, 'full');
    }
    assert.ok(device.login.wrong <= 2, `${device.login.wrong} wrong logins`);
  });

  it('gives each message the picture of its own device: 50 devices at once, 10,000 pictures', async () => {
    const DEVICES = 50;
    const ROUNDS = 200;
    const nodes: FlowNode[] = [];
    const credentials: Record<string, Record<string, string>> = {};
    for (let number = 0; number < DEVICES; number++) {
      let taken = 0;
      const device = await startFakeDevice(() => ({ body: jpeg(`device ${number} picture ${taken++} end`) }));
      devices.push(device);
      nodes.push(camera(`camera${number}`, device.port));
      nodes.push(
        flowNode(`snap${number}`, 'isapi-snapshot', { device: `camera${number}`, wires: [['out']] }),
      );
      credentials[`camera${number}`] = LOGIN;
    }
    flow = await startFlow([...nodes, ...sinks], credentials);
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      for (let number = 0; number < DEVICES; number++)
        flow.give(`snap${number}`, { topic: `device ${number} ` });
      for (let number = 0; number < DEVICES; number++) {
        const { topic, attachments } = await flow.at('out').take();
        const content = attachments[0]?.content.toString('latin1') ?? '';
        assert.ok(content.includes(topic), `${topic} got ${content}`);
        seen.add(content);
      }
    }
    assert.equal(seen.size, DEVICES * ROUNDS);
  });
});
