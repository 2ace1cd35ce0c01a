import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { StreamDevice, type StreamDeviceSettings } from '../../src/simulator/alert-stream.js';
import { picture } from '../../src/simulator/picture.js';
import { type Flow, flowNode, startFlow } from '../support/flow.js';
import type { FlowNode } from '../support/node-red.js';
import { LOGIN, settle, until } from '../support/stream.js';

let flow: Flow | undefined;
let device: StreamDevice | undefined;
afterEach(async () => {
  await flow?.stop();
  flow = undefined;
  await device?.close();
  device = undefined;
});

const camera = (port: number, more: object = {}): FlowNode => ({
  id: 'camera',
  type: 'isapi-device',
  protocol: 'http',
  host: '127.0.0.1',
  port: String(port),
  ...more,
});
const stream = (id: string, alarms: string, states: string, more: object = {}) =>
  flowNode(id, 'alertstream', { device: 'camera', wires: [[alarms], [states]], endAfter: '0', ...more });
const sinks = [
  flowNode('alarms', 'helper'),
  flowNode('states', 'helper'),
  flowNode('alarms2', 'helper'),
  flowNode('states2', 'helper'),
  flowNode('errors', 'helper'),
  flowNode('statuses', 'helper'),
  flowNode('catch1', 'catch', { scope: null, wires: [['errors']] }),
  flowNode('status1', 'status', { scope: ['stream1'], wires: [['statuses']] }),
];

async function start(
  settings: Partial<StreamDeviceSettings> = {},
  login = LOGIN,
  nodes?: FlowNode[],
  more: object = {},
) {
  device = await StreamDevice.start({ heartbeatMs: 0, ...settings });
  const all = [camera(device.port, more), ...(nodes ?? [stream('stream1', 'alarms', 'states')]), ...sinks];
  flow = await startFlow(all, { camera: login });
  return { device, flow, all };
}

describe('alertstream', () => {
  it('an alarm with its picture on output 1, the state of the device on output 2, the age below', async () => {
    const { device, flow } = await start();
    await until(() => device.streams === 1);
    device.event({}, [{ contentType: 'image/jpeg', bytes: picture('gate-scene') }]);
    const state = await flow.at('states').take();
    assert.equal(state.payload.event, 'online');
    assert.equal(state.payload.device.address, '127.0.0.1');
    const alarm = await flow.at('alarms').take();
    assert.equal(alarm.payload.transport, 'alertstream');
    assert.equal(alarm.payload.kind, 'line-crossing');
    assert.ok(alarm.attachments[0]?.content.equals(picture('gate-scene')));
    assert.equal(flow.at('errors').size, 0);
    device.reset();
    const lost = await flow.at('states').take();
    assert.equal(lost.payload.event, 'offline');
    assert.match(lost.payload.reason ?? '', /^STREAM_ENDED: /);
    assert.ok(Date.parse(lost.payload.nextRetry ?? '') > Date.parse(lost.payload.since));
    await until(() => device.streams === 1);
    assert.equal(device.counts.mostStreams, 1);
  });

  it('two nodes share one stream, and each gets its own message', async () => {
    const nodes = [stream('stream1', 'alarms', 'states'), stream('stream2', 'alarms2', 'states2')];
    const { device, flow } = await start({}, LOGIN, nodes);
    await until(() => device.streams === 1);
    device.event();
    const [one, two] = [await flow.at('alarms').take(), await flow.at('alarms2').take()];
    assert.equal(one.payload.id, two.payload.id);
    assert.notEqual(one.payload, two.payload);
    assert.equal(device.counts.streams, 1);
    // The question whether it offers a subscription, and the stream.
    assert.equal(device.login.attempts, 2);
  });

  const subscription = { events: ['VMD', 'linedetection'], heartbeat: [5, 60] } as const;

  it('subscribes what is chosen in the device', async () => {
    const { device, flow } = await start({ subscription }, LOGIN, undefined, { events: 'linedetection' });
    await until(() => device.streams === 1);
    device.event({ eventType: 'VMD' });
    device.event();
    assert.equal((await flow.at('alarms').take()).payload.type, 'linedetection');
    assert.match(device.subscriptions[0] ?? '', /<heartbeat>10<\/heartbeat>/);
  });

  it('subscribes nothing where that is switched off', async () => {
    const { device } = await start({ subscription }, LOGIN, undefined, { subscribe: 'off', events: 'VMD' });
    await until(() => device.streams === 1);
    assert.deepEqual(device.subscriptions, []);
    assert.equal(device.counts.requests, 2);
  });

  it('a node that joins later hears at once how the device is', async () => {
    const first = stream('stream1', 'alarms', 'states');
    const { device, flow, all } = await start({}, LOGIN, [first]);
    await until(() => device.streams === 1);
    device.heartbeat();
    assert.equal((await flow.at('states').take()).payload.event, 'online');
    await flow.redeploy([...all, stream('stream2', 'alarms2', 'states2')], 'nodes');
    assert.equal((await flow.at('states2').take()).payload.event, 'online');
    assert.equal(device.counts.streams, 1);
  });

  it('a redeploy: connected within a second, never two streams, nothing left when it is gone', async () => {
    const { device, flow, all } = await start();
    await until(() => device.streams === 1);
    for (const type of ['full', 'full', 'nodes'] as const) {
      const begin = performance.now();
      const before = device.counts.streams;
      const changed = all.map((node) => (node.id === 'stream1' ? { ...node, name: `${begin}` } : node));
      await flow.redeploy(changed, type);
      await until(() => device.counts.streams === before + 1 && device.streams === 1, type, 1_000);
      device.event();
      assert.equal((await flow.at('alarms').take()).payload.kind, 'line-crossing');
    }
    assert.equal(device.counts.mostStreams, 1);
    await flow.redeploy([...sinks], 'full');
    await until(() => device.connections === 0, 'closed', 2_000);
    await settle();
    assert.equal(device.connections, 0);
  });

  it('a wrong password is told once, and not tried again at once', async () => {
    const { device, flow } = await start({}, { ...LOGIN, password: 'wrong' });
    const { payload } = await flow.at('states').take();
    assert.equal(payload.event, 'auth-failed');
    assert.match(payload.reason ?? '', /^DEVICE_LOGIN_REFUSED: .*4 tries left/);
    await settle(500);
    assert.equal(device.login.wrong, 1);
  });
});
