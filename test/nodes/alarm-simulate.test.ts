import assert from 'node:assert/strict';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { STAGE } from '../../nodes/lib/simulate.js';
import type { PlayedVendor } from '../../src/simulator/index.js';
import { type PictureName, picture } from '../../src/simulator/picture.js';
import { selfSigned } from '../sources/certificate.js';
import { type Flow, flowNode, type Received, startFlow } from '../support/flow.js';
import { type FlowNode, freePort, freeUdpPort } from '../support/node-red.js';
import { formsOfTests, givenAway, PUSH_LOGIN, SECRET, textsOf } from '../support/secrets.js';

const HERE = '127.0.0.1';
const VENDORS: readonly PlayedVendor[] = ['isapi', 'vstarcam', 'raysharp'];
/** They come from output 2. */
const CONDITIONS = ['video-loss', 'disk', 'heartbeat'];
const NAMES: readonly PictureName[] = [
  'gate-scene',
  'gate-target',
  'yard-scene',
  'door-scene',
  'car-scene',
  'car-plate',
];
const UNSEEN = ['tamper', 'audio', 'disk', 'heartbeat'];

let flow: Flow | undefined;
afterEach(async () => {
  await flow?.stop();
  flow = undefined;
});

interface Setting {
  readonly listener?: object;
  readonly credentials?: Record<string, string>;
  readonly sim?: object;
  readonly nodes?: readonly FlowNode[];
  readonly more?: Readonly<Record<string, Record<string, string>>>;
  readonly settings?: object;
}

const listener = (port: number, properties: object = {}): FlowNode => ({
  id: 'listener',
  type: 'alarm-listener',
  host: HERE,
  port: String(port),
  ...properties,
});
const sim = (properties: object = {}) =>
  flowNode('sim', 'alarm-simulate', { target: 'listener', wires: [['results']], ...properties });
const receivers = (properties: object = {}) => {
  const wires = [['alarms'], ['states']];
  return [
    flowNode('in-isapi', 'isapi-alarm-in', { listener: 'listener', path: '/isapi', wires, ...properties }),
    flowNode('in-vstarcam', 'vstarcam-alarm-in', { listener: 'listener', path: '/vstarcam', wires }),
    flowNode('in-raysharp', 'http-push-in', { listener: 'listener', path: '/push', wires, ...properties }),
  ];
};
const sinks = [
  ...['alarms', 'states', 'results', 'errors', 'statuses'].map((id) => flowNode(id, 'helper')),
  flowNode('catch1', 'catch', { scope: null, wires: [['errors']] }),
  flowNode('status1', 'status', { scope: null, wires: [['statuses']] }),
];

/** The next status that says this; what comes before is passed over. */
async function status(text: RegExp): Promise<string> {
  for (;;) {
    const found = (await flow?.at('statuses').take())?.status?.text ?? '';
    if (text.test(found)) return found;
  }
}

/** A flow whose listener is open. */
async function start({
  listener: own,
  credentials,
  sim: node,
  nodes,
  more,
  settings,
}: Setting = {}): Promise<Flow> {
  const all = [listener(await freePort(), own), sim(node), ...(nodes ?? receivers()), ...sinks];
  flow = await startFlow(all, { listener: { secret: SECRET, ...credentials }, ...more }, undefined, settings);
  await status(/listening/);
  return flow;
}

interface Result {
  readonly ok: boolean;
  readonly status: number;
  readonly answer: string;
  readonly vendor: string;
  readonly kind: string;
  readonly bytes: number;
  readonly tookMs: number;
}

const resultOf = async (running: Flow) => (await running.at('results').take()).payload as unknown as Result;
const codeOf = async (running: Flow) => (await running.at('errors').take()).error?.code;

/** As the simulator drew it, without the comment that makes it one of its own. */
function plain(content: Buffer): Buffer {
  if (content.readUInt16BE(2) !== 0xfffe || !content.includes('simulation ')) return content;
  return Buffer.concat([content.subarray(0, 2), content.subarray(4 + content.readUInt16BE(4))]);
}
const nameOf = (content: Buffer) => NAMES.find((name) => picture(name).equals(plain(content)));

/** Plays all that a device can be played; each arrives as what it is, with its pictures. */
async function playAll(running: Flow, vendor: PlayedVendor): Promise<void> {
  const kinds = [...STAGE.kinds(vendor)].sort(
    (a, b) => Number(b === 'heartbeat') - Number(a === 'heartbeat'),
  );
  for (const kind of kinds) {
    running.give('sim', { payload: { vendor, kind } });
    const result = await resultOf(running);
    assert.deepEqual([result.ok, result.status, result.vendor, result.kind], [true, 200, vendor, kind]);
    assert.match(result.answer, /^HTTP\/1\.1 200 OK\r\n/);
    assert.ok(result.bytes > 100 && Number.isInteger(result.tookMs));
    if (CONDITIONS.includes(kind) && (vendor !== 'isapi' || kind === 'heartbeat')) {
      const { payload } = await running.at('states').take();
      assert.equal(payload.event, kind === 'heartbeat' ? 'online' : kind);
      continue;
    }
    const { payload, attachments } = await alarmOf(running);
    assert.deepEqual([payload.vendor, payload.kind], [vendor, kind]);
    const shown = attachments.map(({ content }) => nameOf(content));
    assert.equal(shown.includes(undefined), false, `${kind}: not a picture of the simulator`);
    assert.equal(shown.length > 0, vendor !== 'isapi' || !UNSEEN.includes(kind), kind);
  }
}

/** The next start; ends of what was played before are passed over. */
async function alarmOf(running: Flow): Promise<Received> {
  for (;;) {
    const message = await running.at('alarms').take();
    if (message.payload.state !== 'inactive') return message;
  }
}

const { cert, key } = selfSigned();
const TLS: FlowNode = { id: 'tls1', type: 'tls-config', cert: '', key: '', ca: '' };
const LOCKS: ReadonlyArray<readonly [string, Setting]> = [
  ['with a secret', {}],
  ['with a Basic login', { listener: { auth: 'basic' }, credentials: { ...PUSH_LOGIN } }],
  ['with a Digest login', { listener: { auth: 'digest' }, credentials: { ...PUSH_LOGIN } }],
  [
    'with HTTPS',
    {
      listener: { tls: 'tls1' },
      nodes: [TLS, ...receivers()],
      more: { tls1: { certdata: cert, keydata: key } },
    },
  ],
];

describe('alarm-simulate', () => {
  for (const [name, setting] of LOCKS) {
    it(`plays all that each device can be played to a listener ${name}, and it arrives`, async () => {
      const running = await start(setting);
      for (const vendor of VENDORS) await playAll(running, vendor);
      assert.equal(running.at('errors').size, 0);
    });
  }

  it('plays what is set with a click, to a listener that is bound to all networks', async () => {
    const running = await start({
      listener: { host: '0.0.0.0' },
      sim: { vendor: 'isapi', kind: 'line-crossing', device: 'Back door' },
    });
    const { host } = (running.node('listener') as unknown as { here(): { host: string } }).here();
    assert.equal(host, HERE);
    assert.equal(await running.click('alarm-simulate', 'sim'), 200);
    const { payload, attachments } = await running.at('alarms').take();
    assert.equal(payload.title, 'Line crossing: Back door');
    assert.deepEqual(payload.device.mac, '00:00:5e:00:53:a1');
    assert.equal(attachments.length, 2);
    // The texts of catalogues are not loaded here.
    assert.match(await status(/: 200$/), /^\d\d:\d\d \S+kind\.line-crossing: 200$/);
    assert.equal(await running.click('alarm-simulate', 'listener'), 404);
    assert.equal(await running.click('alarm-simulate', 'nobody'), 404);
  });

  it('gives an alarm for each click, however fast, where starts and ends are paired too', async () => {
    const running = await start({ nodes: receivers({ pairing: 'time', endAfter: '10' }) });
    for (const vendor of VENDORS) {
      for (const withPicture of [true, false].slice(0, vendor === 'vstarcam' ? 1 : 2)) {
        const order = { payload: { vendor, kind: 'motion', picture: withPicture } };
        for (let clicks = 0; clicks < 3; clicks++) running.give('sim', { ...order });
        const seen = new Set<string>();
        for (let alarms = 0; alarms < 3; alarms++) seen.add((await alarmOf(running)).payload.id);
        assert.equal(seen.size, 3);
        for (let clicks = 0; clicks < 3; clicks++) await resultOf(running);
      }
    }
    assert.equal(running.at('errors').size, 0);
  });

  it('plays the end after as many seconds as are set', async () => {
    const running = await start({ sim: { kind: 'intrusion', end: '0.05' } });
    running.give('sim', {});
    assert.equal((await running.at('alarms').take()).payload.state, 'active');
    const { payload } = await running.at('alarms').take();
    assert.deepEqual([payload.kind, payload.state], ['intrusion', 'inactive']);
    assert.equal((await resultOf(running)).ok, true);
    assert.equal(running.at('results').size, 0);
  });

  it('leaves the picture out where that is set, and takes what a message says for that message alone', async () => {
    const running = await start({ sim: { kind: 'motion', picture: false, path: 'isapi' } });
    running.give('sim', { payload: { picture: true } });
    assert.equal((await alarmOf(running)).attachments.length, 1);
    running.give('sim', { payload: 1_795_000_000_000 });
    assert.equal((await alarmOf(running)).attachments.length, 0);
    // The path that is set is for the device that is set.
    running.give('sim', { payload: { vendor: 'vstarcam', kind: 'doorbell' } });
    assert.equal((await alarmOf(running)).payload.vendor, 'vstarcam');
  });

  it('keeps the message it was given, and shows no secret in it', async () => {
    const running = await start({ listener: { auth: 'digest' }, credentials: { ...PUSH_LOGIN } });
    running.give('sim', { _msgid: 'mine', topic: 'kept', payload: {} });
    const message = await running.at('results').take();
    assert.equal(message.topic, 'kept');
    assert.equal((message as unknown as { _msgid: string })._msgid, 'mine');
    assert.deepEqual(givenAway(textsOf(message).join('\n'), formsOfTests()), []);
  });

  it('plays the events of a recorder by UDP, and says that nobody answers', async () => {
    for (const own of [
      { mode: 'unicast', interface: HERE },
      { mode: 'unicast' },
      { mode: 'broadcast' },
      { mode: 'multicast', group: '239.255.53.61' },
      { mode: 'multicast', group: '239.255.53.62', interface: HERE },
    ]) {
      const port = await freeUdpPort();
      flow = await startFlow([
        { id: 'udp1', type: 'udp-push-listener', port: String(port), ...own },
        sim({ target: 'udp1', vendor: 'raysharp' }),
        flowNode('in-udp', 'udp-push-in', { listener: 'udp1', wires: [['alarms'], ['states']] }),
        ...sinks,
      ]);
      await status(/listening/);
      for (const kind of STAGE.kinds('raysharp').filter((each) => !CONDITIONS.includes(each))) {
        flow.give('sim', { payload: { kind } });
        const { payload, attachments } = await alarmOf(flow);
        assert.deepEqual([payload.kind, payload.transport, attachments.length], [kind, 'udp', 0]);
        const { answer, ...result } = await resultOf(flow);
        assert.deepEqual([result.ok, result.status], [true, 0]);
        assert.match(answer, /alarm-simulate:udp$/);
      }
      flow.give('sim', { payload: { vendor: 'isapi', kind: 'motion' } });
      assert.equal(await codeOf(flow), 'SIMULATE_UDP');
      await flow.stop();
      flow = undefined;
    }
  });

  it('says what is wrong: kind, device, path, addresses, nobody there, no listener', async () => {
    const running = await start({ sim: { path: '/isapi' } });
    for (const [payload, code] of [
      [{ kind: 'doorbell' }, 'SIMULATE_KIND_UNKNOWN'],
      [{ kind: 'constructor' }, 'SIMULATE_KIND_UNKNOWN'],
      [{ vendor: 'toString' }, 'SIMULATE_KIND_UNKNOWN'],
    ] as const) {
      running.give('sim', { payload });
      assert.equal(await codeOf(running), code);
    }
    await running.stop();
    const wrongs: ReadonlyArray<readonly [string, Setting]> = [
      ['SIMULATE_PATH_UNKNOWN', { sim: { path: '/elsewhere' } }],
      ['SIMULATE_PATH_UNKNOWN', { sim: { path: '/isapi HTTP/1.1\r\nX: y' } }],
      ['SIMULATE_ADDRESS_DENIED', { listener: { allow: '192.0.2.0/24' } }],
      ['SIMULATE_TARGET_MISSING', { sim: { target: '' } }],
      ['SIMULATE_TARGET_MISSING', { sim: { target: 'in-isapi' } }],
    ];
    for (const [code, setting] of wrongs) {
      const other = await start(setting);
      other.give('sim', {});
      assert.equal(await codeOf(other), code);
      assert.match(await status(/SIMULATE/), new RegExp(`error\\.${code}$`));
      assert.equal(other.at('results').size, 0);
      await other.stop();
    }
    flow = undefined;
  });

  it('does not send to a port that is not the listener’s own', async () => {
    const stranger = net.createServer().listen(0, HERE);
    await once(stranger, 'listening');
    let connections = 0;
    stranger.on('connection', () => connections++);
    const { port } = stranger.address() as AddressInfo;
    flow = await startFlow([listener(port), sim(), ...receivers(), ...sinks], {
      listener: { secret: SECRET },
    });
    await status(/LISTENER_PORT_IN_USE/);
    flow.give('sim', {});
    assert.equal(await codeOf(flow), 'LISTENER_PORT_IN_USE');
    await flow.stop();
    flow = await startFlow([listener(port), sim(), ...sinks], { listener: { secret: SECRET } });
    flow.give('sim', {});
    assert.equal(await codeOf(flow), 'LISTENER_CLOSED');
    assert.equal(connections, 0);
    stranger.close();
  });

  it('takes no more than it can play, one after the other', async () => {
    const running = await start({ settings: { cameraAlarms: { limits: { simulateWaiting: 2 } } } });
    for (let number = 0; number < 3; number++) running.give('sim', { topic: String(number) });
    assert.equal(await codeOf(running), 'SIMULATE_BUSY');
    assert.deepEqual(
      [(await running.at('results').take()).topic, (await running.at('results').take()).topic],
      ['0', '1'],
    );
    running.give('sim', { topic: '3' });
    assert.equal((await running.at('results').take()).topic, '3');
  });

  it('waits no longer for an answer than it may, and for none when it is deployed anew', async () => {
    const nodes = (own: object) => [
      { id: 'silent1', type: 'alarm-listener', ...own },
      sim({ target: 'silent1' }),
      ...sinks,
    ];
    for (const simulateMs of [50, 60_000]) {
      const silent = net
        .createServer((socket) => socket.resume().on('error', () => undefined))
        .listen(0, HERE);
      await once(silent, 'listening');
      const { port } = silent.address() as AddressInfo;
      flow = await startFlow(
        nodes({ host: HERE, port: String(port) }),
        { silent1: { secret: SECRET } },
        undefined,
        {
          cameraAlarms: { limits: { simulateMs } },
        },
      );
      // As if it were the listener's own.
      const node = flow.node('silent1') as unknown as { here(): object };
      node.here = () => ({ host: HERE, port });
      flow.give('sim', {});
      const [socket] = (await once(silent, 'connection')) as [net.Socket];
      // Sooner than a simulated device gives up by itself.
      const closed = once(socket, 'close', { signal: AbortSignal.timeout(8_000) });
      if (simulateMs > 50) await flow.redeploy([...sinks], 'full');
      else assert.equal(await codeOf(flow), 'SIMULATE_NO_ANSWER');
      await closed;
      assert.equal(flow.at('errors').size, 0);
      await flow.stop();
      flow = undefined;
      silent.close();
    }
  });
});
