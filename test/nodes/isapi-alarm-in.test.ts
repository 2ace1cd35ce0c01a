import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { afterEach, describe, it } from 'node:test';
import {
  GATE_SCENES,
  RECORDER_SCENES,
  type Scene,
  simulatedCamera,
  simulatedRecorder,
  simulatedTerminal,
} from '../../src/simulator/hikvision.js';
import { type PushTarget, pushRequest, send } from '../../src/simulator/http-push.js';
import { picture } from '../../src/simulator/picture.js';
import { type Flow, flowNode, startFlow } from '../support/flow.js';
import { type FlowNode, freePort } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';

const [crossing, motion] = GATE_SCENES as readonly [Scene, Scene];
const [intrusion] = RECORDER_SCENES as readonly [Scene];

let flow: Flow | undefined;
afterEach(async () => {
  await flow?.stop();
  flow = undefined;
});

const listener = (port: number, properties: object = {}): FlowNode => ({
  id: 'listener',
  type: 'alarm-listener',
  host: '127.0.0.1',
  port: String(port),
  ...properties,
});
const alarmIn = (properties: object = {}) =>
  flowNode('in', 'isapi-alarm-in', { listener: 'listener', wires: [['alarms'], ['states']], ...properties });
const sinks = [
  flowNode('alarms', 'helper'),
  flowNode('states', 'helper'),
  flowNode('errors', 'helper'),
  flowNode('statuses', 'helper'),
  flowNode('catch1', 'catch', { scope: null, wires: [['errors']] }),
  flowNode('status1', 'status', { scope: null, wires: [['statuses']] }),
];
const target = (port: number, path = `/${SECRET}/isapi`): PushTarget => ({ host: '127.0.0.1', port, path });

async function start(nodes: readonly FlowNode[], secret = SECRET): Promise<Flow> {
  flow = await startFlow([...nodes, ...sinks], { listener: { secret } });
  return flow;
}

/** The next status that says this; what comes before is passed over. */
async function status(running: Flow, text: RegExp): Promise<string> {
  for (;;) {
    const found = (await running.at('statuses').take()).status?.text ?? '';
    if (text.test(found)) return found;
  }
}

describe('isapi-alarm-in', () => {
  it('gives one message of the contract for a push with pictures', async () => {
    const port = await freePort();
    const running = await start([listener(port), alarmIn()]);
    await status(running, /listening/);
    const answer = await simulatedCamera().push(target(port), crossing);
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/);
    const msg = await running.at('alarms').take();
    assert.equal(msg.topic, 'isapi/00-00-5e-00-53-01/1/line-crossing');
    const { id, receivedAt, time, timeRaw, clockSkew, document, text, ...rest } =
      msg.payload as unknown as Record<string, unknown>;
    assert.deepEqual(rest, {
      schema: 1,
      vendor: 'isapi',
      transport: 'http-push',
      device: {
        id: '00:00:5e:00:53:01',
        mac: '00:00:5e:00:53:01',
        serial: 'SIM-CAMERA-20261122AAWR00000001',
        address: '127.0.0.1',
      },
      channel: 1,
      channelRaw: '1',
      channelName: 'Gate',
      type: 'linedetection',
      kind: 'line-crossing',
      state: 'active',
      severity: 'high',
      targets: ['human'],
      regions: [
        {
          id: '1',
          polygon: [
            [0.424, 0.642],
            [0.161, 0.61],
          ],
        },
      ],
      title: 'Line crossing: Gate',
    });
    assert.match(String(id), /^[\da-f]{24}$/);
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+01:00$/);
    assert.equal(time, timeRaw);
    assert.equal(Math.abs(Number(clockSkew)) <= 2, true);
    assert.match(String(receivedAt), /Z$/);
    assert.match(String(text), /^Line crossing/);
    assert.equal((document as Record<string, unknown>)['eventType'], 'linedetection');
    assert.deepEqual(
      msg.attachments.map(({ filename, contentType, role }) => [filename, contentType, role]),
      [
        ['scene-1.jpg', 'image/jpeg', 'scene'],
        ['target-2.jpg', 'image/jpeg', 'target'],
      ],
    );
    assert.deepEqual(
      msg.attachments.map(({ content }) => content),
      [picture('gate-scene'), picture('gate-target')],
    );
    assert.equal(new Set(msg.attachments.map(({ cid }) => cid)).size, 2);
    assert.equal(msg.filename, 'scene-1.jpg');
  });

  it('tells of a device it hears of for the first time, and never makes an alarm of a heartbeat', async () => {
    const port = await freePort();
    const running = await start([listener(port), alarmIn()]);
    await status(running, /listening/);
    const camera = simulatedCamera();
    await send(target(port), camera.heartbeat(target(port)));
    await send(target(port), camera.heartbeat(target(port)));
    const { topic, payload } = await running.at('states').take();
    assert.equal(topic, 'isapi/00-00-5e-00-53-01/state');
    assert.equal(payload.event, 'online');
    await camera.push(target(port), motion);
    assert.equal((await running.at('alarms').take()).payload.kind, 'motion');
    assert.equal(running.at('states').size, 0);
  });

  it('keeps what it cannot read, answers it, and takes the next', async () => {
    const port = await freePort();
    const running = await start([listener(port), alarmIn()]);
    await status(running, /listening/);
    const answer = await send(
      target(port),
      pushRequest(target(port), 'application/xml', Buffer.from('hello world')),
    );
    assert.match(answer, /^HTTP\/1\.1 200 /);
    const { payload } = await running.at('states').take();
    assert.equal(payload.event, 'undecodable');
    assert.match(payload.reason ?? '', /^DOCUMENT_MISSING: /);
    assert.deepEqual(payload.raw, Buffer.from('hello world'));
    await simulatedTerminal().push(target(port), motion);
    assert.equal((await running.at('alarms').take()).payload.channelName, 'Gate');
  });

  it('serves several paths and nodes on one port, each with its own device', async () => {
    const port = await freePort();
    const running = await start([
      listener(port),
      alarmIn(),
      flowNode('gate', 'isapi-alarm-in', {
        listener: 'listener',
        path: '/gate/',
        device: 'device',
        wires: [['gate-alarms'], []],
      }),
      flowNode('both', 'isapi-alarm-in', {
        listener: 'listener',
        path: 'isapi',
        wires: [['both-alarms'], []],
      }),
      { id: 'device', type: 'isapi-device', name: 'My gate', host: '192.0.2.7', mac: '00-00-5E-00-53-01' },
      flowNode('gate-alarms', 'helper'),
      flowNode('both-alarms', 'helper'),
    ]);
    await status(running, /listening/);
    await simulatedRecorder().push(target(port, `/${SECRET}/gate`), intrusion);
    await simulatedCamera().push(target(port, `/${SECRET}/gate`), motion);
    await simulatedRecorder().push(target(port), intrusion);
    assert.equal((await running.at('gate-alarms').take()).payload.device.name, 'My gate');
    assert.equal((await running.at('alarms').take()).payload.kind, 'intrusion');
    assert.equal((await running.at('both-alarms').take()).payload.kind, 'intrusion');
    assert.deepEqual([running.at('gate-alarms').size, running.at('alarms').size], [0, 0]);
  });

  it('tells output 2 of a wrong path, a wrong method and a wrong secret, and answers alike', async () => {
    const port = await freePort();
    const running = await start([listener(port), alarmIn()]);
    await status(running, /listening/);
    const answers = [];
    for (const [path, code] of [
      [`/${SECRET}/other`, 'PATH_UNKNOWN'],
      ['/guess/isapi', 'SECRET_WRONG'],
    ] as const) {
      answers.push(await simulatedCamera().push(target(port, path), motion));
      const { payload } = await running.at('states').take();
      assert.equal(payload.event, 'denied');
      assert.equal(payload.reason?.split(':')[0], code);
      assert.equal(payload.device.address, '127.0.0.1');
    }
    const withoutDate = answers.map((answer) => answer.replace(/Date: .*\r\n/, ''));
    assert.equal(withoutDate[0], withoutDate[1]);
    assert.match(answers[0] ?? '', /^HTTP\/1\.1 404 /);
    const answer = await send(target(port), Buffer.from(`GET /${SECRET}/isapi HTTP/1.1\r\nHost: x\r\n\r\n`));
    assert.match(answer, /^HTTP\/1\.1 405 /);
    assert.match((await running.at('states').take()).payload.reason ?? '', /^METHOD_WRONG/);
  });
});

describe('alarm-listener', () => {
  it('shows a port in use, tells Catch nodes once, and takes the port when it is free', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as net.AddressInfo;
    const running = await start([listener(port), alarmIn()]);
    await status(running, /LISTENER_PORT_IN_USE/);
    const { error } = await running.at('errors').take();
    assert.equal(error?.code, 'LISTENER_PORT_IN_USE');
    assert.equal(error?.source.type, 'alarm-listener');
    // Tried again in vain: shown again, and not told again.
    await status(running, /LISTENER_PORT_IN_USE/);
    other.close();
    await status(running, /listening/);
    assert.match(await simulatedCamera().push(target(port), motion), /^HTTP\/1\.1 200/);
    assert.equal(running.at('errors').size, 0);
  });

  for (const [what, properties, secret, code] of [
    ['anyone could send to', { host: '0.0.0.0' }, '', 'LISTENER_OPEN'],
    ['has a login without a name', { auth: 'basic' }, SECRET, 'LOGIN_MISSING'],
    ['allows something that is no address', { allow: 'my camera' }, SECRET, 'ALLOW_INVALID'],
    ['has no port', { port: '80888' }, SECRET, 'PORT_INVALID'],
    ['has a TLS setting without a certificate', { tls: 'nothing' }, SECRET, 'LISTENER_NO_CERTIFICATE'],
  ] as const) {
    it(`is not opened when it ${what}, and says so`, async () => {
      const running = await start([listener(await freePort(), properties), alarmIn()], secret);
      await status(running, new RegExp(code));
      assert.equal((await running.at('errors').take()).error?.code, code);
    });
  }

  it('needs no secret on a loopback address', async () => {
    const port = await freePort();
    const running = await start([listener(port), alarmIn()], '');
    await status(running, /listening/);
    await simulatedCamera().push(target(port, '/isapi'), motion);
    assert.equal((await running.at('alarms').take()).payload.kind, 'motion');
  });

  it('takes its settings as numbers and from an older flow without the newer ones', async () => {
    const port = await freePort();
    const running = await start([
      { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port },
      alarmIn(),
    ]);
    await status(running, /listening/);
    await simulatedCamera().push(target(port), motion);
    assert.equal((await running.at('alarms').take()).payload.kind, 'motion');
  });

  it('serves on through 20 redeploys of the flow and of everything', async () => {
    const port = await freePort();
    const nodes = [listener(port), alarmIn(), ...sinks];
    const camera = simulatedCamera();
    const running = await start([listener(port), alarmIn()]);
    await status(running, /listening/);
    for (let round = 0; round < 20; round++) {
      const changed = nodes.map((node) => (node.id === 'in' ? { ...node, name: `round ${round}` } : node));
      await running.redeploy(changed, round % 2 === 0 ? 'full' : 'nodes');
      const push = async (): Promise<string> => {
        const answer = await camera.push(target(port), motion).catch((error: Error) => error.message);
        return /ECONNREFUSED|^HTTP\/1\.1 503/.test(answer) ? push() : answer;
      };
      assert.match(await push(), /^HTTP\/1\.1 200/);
      assert.equal((await running.at('alarms').take()).payload.kind, 'motion');
    }
    assert.equal(running.at('errors').size, 0);
  });

  it('asks to come again while its nodes are away, and answers 404 once they are gone', async () => {
    const port = await freePort();
    const other = flowNode('other', 'isapi-alarm-in', { listener: 'listener', path: '/other' });
    const running = await start([listener(port), alarmIn(), other]);
    await status(running, /listening/);
    await running.redeploy([listener(port), other, ...sinks], 'nodes');
    assert.match(await simulatedCamera().push(target(port), motion), /^HTTP\/1\.1 404/);
  });
});
