import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, it } from 'node:test';
import { droppedStatus } from '../../nodes/lib/status.js';
import { GATE_SCENES, type Scene } from '../../src/simulator/hikvision.js';
import { alertJson } from '../../src/simulator/isapi-documents.js';
import { type Flow, flowNode, startFlow } from '../support/flow.js';
import type { FlowNode } from '../support/node-red.js';

const HERE = '127.0.0.1';
const [crossing, motion] = GATE_SCENES as readonly [Scene, Scene];

const running: Flow[] = [];
const sockets: ReturnType<typeof createSocket>[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((flow) => flow.stop()));
  for (const socket of sockets.splice(0)) socket.close();
});

const listener = (port: number, properties: object = {}): FlowNode => ({
  id: 'listener',
  type: 'udp-push-listener',
  name: '',
  port: String(port),
  mode: 'unicast',
  group: '',
  interface: HERE,
  allow: '',
  ...properties,
});
const pushIn = (properties: object = {}) =>
  flowNode('in', 'udp-push-in', { listener: 'listener', wires: [['alarms'], ['states']], ...properties });
const sinks = [
  flowNode('alarms', 'helper'),
  flowNode('states', 'helper'),
  flowNode('errors', 'helper'),
  flowNode('statuses', 'helper'),
  flowNode('catch1', 'catch', { scope: null, wires: [['errors']] }),
  flowNode('status1', 'status', { scope: null, wires: [['statuses']] }),
];

async function start(nodes: readonly FlowNode[]): Promise<Flow> {
  const flow = await startFlow([...nodes, ...sinks]);
  running.push(flow);
  return flow;
}

/** The next status that says this; what comes before is passed over. */
async function status(flow: Flow, text: RegExp): Promise<string> {
  for (;;) {
    const found = (await flow.at('statuses').take()).status?.text ?? '';
    if (text.test(found)) return found;
  }
}

/** A socket of this machine that tests close, or that is closed behind them. */
async function open(address = HERE, port = 0) {
  const socket = createSocket('udp4').bind(port, address);
  await once(socket, 'listening');
  return socket;
}

async function freeUdpPort(): Promise<number> {
  const socket = await open();
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

const event = (scene: Scene, count = 1) =>
  alertJson(
    { ...scene, eventState: 'active', count, time: new Date(), zone: 60 },
    { mac: '00:00:5e:00:53:01', address: '192.0.2.7', serial: 'SIM-CAMERA-1' },
  );

/** What a device does: sends and looks no further. */
async function device(address = HERE) {
  const socket = await open(address);
  sockets.push(socket);
  return (port: number, text: string, to = HERE) =>
    new Promise<void>((resolve, reject) => {
      socket.setMulticastInterface(HERE);
      socket.send(text, port, to, (error) => (error === null ? resolve() : reject(error)));
    });
}

describe('udp-push-in', () => {
  it('gives one message of the contract for a datagram, and tells of the device', async () => {
    const port = await freeUdpPort();
    const flow = await start([listener(port), pushIn()]);
    await status(flow, /listening/);
    await (await device('127.0.0.7'))(port, event(crossing));
    const { topic, payload, attachments, filename } = await flow.at('alarms').take();
    assert.match(topic, /^\w+\/00-00-5e-00-53-01\/1\/line-crossing$/);
    assert.deepEqual(
      [payload.transport, payload.unauthenticated, payload.kind, payload.state, payload.device.address],
      ['udp', true, 'line-crossing', 'active', '127.0.0.7'],
    );
    assert.match(payload.id, /^[\da-f]{24}$/);
    assert.deepEqual([attachments, filename], [[], undefined]);
    const state = await flow.at('states').take();
    assert.match(state.topic, /^\w+\/00-00-5e-00-53-01\/state$/);
    assert.equal(state.payload.event, 'online');
  });

  it('makes a message of what nobody can read, with its bytes, and takes the next', async () => {
    const port = await freeUdpPort();
    const flow = await start([listener(port), pushIn()]);
    await status(flow, /listening/);
    const send = await device();
    await send(port, '{"half":');
    const { topic, payload, raw } = await flow.at('alarms').take();
    assert.equal(topic, 'unknown/127.0.0.1/0/unknown');
    assert.deepEqual([payload.kind, raw?.toString()], ['unknown', '{"half":']);
    assert.deepEqual(payload.document, { text: '{"half":', reason: 'JSON_INVALID' });
    await send(port, event(motion));
    assert.equal((await flow.at('alarms').take()).payload.kind, 'motion');
  });

  it('several nodes share a listener, each with a message and a way of its own', async () => {
    const port = await freeUdpPort();
    const flow = await start([
      listener(port),
      pushIn(),
      flowNode('other', 'udp-push-in', {
        listener: 'listener',
        pairing: 'time',
        endAfter: '60',
        wires: [['other-alarms'], []],
      }),
      flowNode('other-alarms', 'helper'),
    ]);
    await status(flow, /listening/);
    const send = await device();
    for (const count of [1, 2, 3]) await send(port, event(motion, count));
    for (const count of [1, 2, 3])
      assert.equal((await flow.at('alarms').take()).payload.document['activePostCount'], count);
    const first = await flow.at('other-alarms').take();
    assert.match(first.payload.correlationId ?? '', /^[\da-f]{24}$/);
    assert.equal(flow.at('other-alarms').size, 0);
  });

  it('shows how many were dropped, and tells it', async () => {
    const port = await freeUdpPort();
    const flow = await start([listener(port), pushIn()]);
    await status(flow, /listening/);
    const send = await device();
    for (let count = 0; count < 200; count++) await send(port, event(motion, count));
    for (;;) {
      const { payload } = await flow.at('states').take();
      if (payload.event !== 'overload') continue;
      assert.match(payload.reason ?? '', /^UDP_OVERLOAD: .*\(\d+ dropped/);
      assert.equal(payload.device.address, HERE);
      break;
    }
    // The number stays to be seen behind what was told in the same moment; a status is cut where it is too wide.
    const [first, second] = [await status(flow, /status\.(ov|dr)/), await status(flow, /status\.(ov|dr)/)];
    assert.match(first, /status\.o\w*…$/);
    assert.match(second, /status\.dropped$/);
    const say = (key: string, values: object) => `${key} ${JSON.stringify(values)}`;
    assert.deepEqual(droppedStatus(1234, say), {
      fill: 'yellow',
      shape: 'dot',
      text: 'dropped {"number":1234}',
    });
  });
});

describe('udp-push-listener', () => {
  it('hears a group', async () => {
    const port = await freeUdpPort();
    const flow = await start([listener(port, { mode: 'multicast', group: '239.192.7.20' }), pushIn()]);
    await status(flow, /listening/);
    await (await device())(port, event(motion), '239.192.7.20');
    assert.equal((await flow.at('alarms').take()).payload.kind, 'motion');
  });

  it('hears broadcasts', async () => {
    const port = await freeUdpPort();
    const flow = await start([listener(port, { mode: 'broadcast' }), pushIn()]);
    await status(flow, /listening/);
    const send = await device();
    sockets.at(-1)?.setBroadcast(true);
    await send(port, event(motion), '127.255.255.255');
    assert.equal((await flow.at('alarms').take()).payload.kind, 'motion');
  });

  it('shows a port in use, tells Catch nodes once, and takes the port when it is free', async () => {
    const other = await open();
    const { port } = other.address();
    const flow = await start([listener(port), pushIn()]);
    await status(flow, /LISTENER_PORT_IN_USE/);
    const { error } = await flow.at('errors').take();
    assert.deepEqual([error?.code, error?.source.type], ['LISTENER_PORT_IN_USE', 'udp-push-listener']);
    await status(flow, /LISTENER_PORT_IN_USE/);
    other.close();
    await status(flow, /listening/);
    await (await device())(port, event(motion));
    assert.equal((await flow.at('alarms').take()).payload.kind, 'motion');
    assert.equal(flow.at('errors').size, 0);
  });

  for (const [what, properties, code] of [
    ['has no group', { mode: 'multicast' }, 'UDP_GROUP_INVALID'],
    ['has a group that is none', { mode: 'Multicast', group: '192.0.2.1' }, 'UDP_GROUP_INVALID'],
    ['allows something that is no address', { allow: 'my recorder' }, 'ALLOW_INVALID'],
    ['has no port', { port: '80888' }, 'PORT_INVALID'],
    ['has a network this machine is not on', { interface: '192.0.2.1' }, 'UDP_INTERFACE_UNKNOWN'],
  ] as const) {
    it(`is not opened when it ${what}, and says so`, async () => {
      const flow = await start([listener(await freeUdpPort(), properties), pushIn()]);
      await status(flow, new RegExp(code));
      assert.equal((await flow.at('errors').take()).error?.code, code);
    });
  }

  it('takes its settings as numbers and from a flow without most of them', async () => {
    const port = await freeUdpPort();
    const flow = await start([{ id: 'listener', type: 'udp-push-listener', port }, pushIn()]);
    await status(flow, /listening/);
    await (await device())(port, event(motion));
    assert.equal((await flow.at('alarms').take()).payload.kind, 'motion');
  });

  it('loses nothing that comes while the nodes are restarted, through redeploys of all kinds', async () => {
    const port = await freeUdpPort();
    const nodes = [listener(port), pushIn(), ...sinks];
    const flow = await start([listener(port), pushIn()]);
    await status(flow, /listening/);
    const send = await device();
    for (let round = 0; round < 10; round++) {
      const changed = nodes.map((node) => (node.id === 'in' ? { ...node, name: `round ${round}` } : node));
      const redeployed = flow.redeploy(changed, 'nodes');
      await send(port, event(motion, round));
      await redeployed;
      assert.equal((await flow.at('alarms').take()).payload.document['activePostCount'], round);
      await status(flow, /listening/);
    }
    for (let round = 0; round < 5; round++) {
      const begin = performance.now();
      await flow.redeploy(nodes, 'full');
      assert.ok(performance.now() - begin < 2_000);
      await status(flow, /listening/);
      await send(port, event(motion, 100 + round));
      assert.equal((await flow.at('alarms').take()).payload.document['activePostCount'], 100 + round);
    }
    assert.equal(flow.at('errors').size, 0);
  });

  it('frees its port when it is taken away', async () => {
    const port = await freeUdpPort();
    const flow = await start([listener(port), pushIn()]);
    await status(flow, /listening/);
    await flow.redeploy(sinks, 'full');
    const socket = await open(HERE, port);
    socket.close();
  });
});
