import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import helper from 'node-red-node-test-helper';
import { DEVICE_LIMITS, LIMITS } from '../../src/limits.js';
import { StreamDevice } from '../../src/simulator/alert-stream.js';
import { pushRequest, send } from '../../src/simulator/http-push.js';
import { type Answer, jpeg, LOGIN, startFakeDevice } from '../support/fake-device.js';
import { type Flow, flowNode, startFlow } from '../support/flow.js';
import { type FlowNode, freePort, freeUdpPort } from '../support/node-red.js';
import { LOGIN as STREAM_LOGIN, until } from '../support/stream.js';

const HERE = '127.0.0.1';
const SECRET = 'limits123456';
const exported = require('../../src/limits.js') as object;

/** Before anything takes its place. */
const AS_THEY_ARE = LIMITS;

/** Who took a usual limit while a test ran, but for who reads the settings and for what stands in for a device. */
const takers = new Set<string>();
const ALLOWED = /^(?:nodes\/lib\/limits|src\/index|src\/simulator\/.*)\.js$/;

const ends: (() => unknown)[] = [];
beforeEach(() => {
  takers.clear();
  Object.defineProperty(exported, 'LIMITS', {
    configurable: true,
    get: () => {
      const files = [...(new Error().stack ?? '').matchAll(/[\\/]dist[\\/]((?:src|nodes|test)[\\/][^:)]+)/g)];
      const taker = files
        .map(([, file = '']) => file.replaceAll('\\', '/'))
        .filter((file) => file !== 'src/index.js')[1];
      if (taker !== undefined && !taker.startsWith('test/') && !ALLOWED.test(taker)) takers.add(taker);
      return AS_THEY_ARE;
    },
  });
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  Object.defineProperty(exported, 'LIMITS', { configurable: true, value: AS_THEY_ARE });
});

const sinks = [
  flowNode('alarms', 'helper'),
  flowNode('states', 'helper'),
  flowNode('errors', 'helper'),
  flowNode('statuses', 'helper'),
  flowNode('catch1', 'catch', { scope: null, wires: [['errors']] }),
  flowNode('status1', 'status', { scope: null, wires: [['statuses']] }),
];

interface Own {
  readonly limits?: Readonly<Partial<Record<keyof typeof LIMITS, number>>>;
  readonly deviceLimits?: Readonly<Partial<Record<keyof typeof DEVICE_LIMITS, number>>>;
}

async function start(nodes: readonly FlowNode[], own: Own, login = LOGIN): Promise<Flow> {
  const userDir = mkdtempSync(path.join(tmpdir(), 'camera-alarms-'));
  ends.push(() => rmSync(userDir, { recursive: true }));
  const credentials = { listener: { secret: SECRET }, camera: login, door: login };
  const flow = await startFlow([...nodes, ...sinks], credentials, userDir, { cameraAlarms: own });
  ends.push(() => flow.stop());
  return flow;
}

async function status(flow: Flow, text: RegExp): Promise<void> {
  while (!text.test((await flow.at('statuses').take()).status?.text ?? ''));
}

const wires = [['alarms'], ['states']];
const device = (id: string, type: string, port: number): FlowNode => ({
  id,
  type,
  protocol: 'http',
  host: HERE,
  port: String(port),
});

/** A listener with a node for each maker. */
async function pushed(own: Own, more: object = {}) {
  const port = await freePort();
  const flow = await start(
    [
      { id: 'listener', type: 'alarm-listener', host: HERE, port: String(port) },
      flowNode('isapi', 'isapi-alarm-in', { listener: 'listener', path: '/isapi', wires, ...more }),
      flowNode('push', 'http-push-in', { listener: 'listener', path: '/push', wires }),
      flowNode('vstarcam', 'vstarcam-alarm-in', { listener: 'listener', path: '/vstarcam', wires }),
    ],
    own,
  );
  await status(flow, /listening/);
  const post = async (name: string, body: string, type = 'application/xml') => {
    const target = { host: HERE, port, path: `/${SECRET}/${name}` };
    return Number((await send(target, pushRequest(target, type, Buffer.from(body)))).split(' ')[1]);
  };
  return { flow, post };
}

const alert = (channel = 1, more = '') =>
  `<EventNotificationAlert><channelID>${channel}</channelID><eventType>VMD</eventType><eventState>active</eventState>${more}</EventNotificationAlert>`;

/** The largest that a limit may be. */
function mostOf(name: string): number {
  if (name.endsWith('Bytes')) return Number.MAX_SAFE_INTEGER;
  return name.endsWith('Ms') ? 604_800_000 : 2_147_483_647;
}

describe('limits that are set in settings.js', () => {
  it('the listener: a body above the limit is answered 413 and told, one below it is taken', async () => {
    const { flow, post } = await pushed({ limits: { bodyBytes: 1000 } });
    assert.equal(await post('isapi', alert(1, ' '.repeat(1000))), 413);
    assert.match((await flow.at('states').take()).payload.reason ?? '', /^BODY_TOO_LARGE/);
    assert.equal(await post('isapi', alert()), 200);
    assert.equal((await flow.at('alarms').take()).payload.kind, 'motion');
    assert.deepEqual([...takers], []);
  });

  it('the decoders: a document of any maker that is beyond them is told with its code', async () => {
    const { flow, post } = await pushed({ limits: { depth: 2, jsonKeys: 3 } });
    const json = 'application/json';
    const keys = JSON.stringify({ vuid: 'VC0000000ABCD', type: '1', a: '1', b: '2' });
    for (const [name, body, type, code] of [
      ['isapi', alert(1, '<a><b><c>1</c></b></a>'), 'application/xml', 'XML_TOO_COMPLEX'],
      ['push', '{"data":{"a":{"b":{"c":1}}}}', json, 'JSON_TOO_COMPLEX'],
      ['vstarcam', keys, json, 'JSON_TOO_COMPLEX'],
    ] as const) {
      assert.equal(await post(name, body, type), 200);
      const { payload } = await flow.at('states').take();
      assert.equal(payload.reason?.split(':')[0], code, name);
    }
    assert.deepEqual([...takers], []);
  });

  it('start and end of alarms: of one more than may go on, the oldest ends', async () => {
    const { flow, post } = await pushed({ limits: { episodes: 1 } }, { pairing: 'device' });
    for (const channel of [1, 2]) await post('isapi', alert(channel));
    const events = [
      await flow.at('alarms').take(),
      await flow.at('alarms').take(),
      await flow.at('alarms').take(),
    ];
    assert.deepEqual(
      events.map(({ payload: { channel, state, endedBy } }) => [channel, state, endedBy]),
      [
        [1, 'active', undefined],
        [1, 'inactive', 'time'],
        [2, 'active', undefined],
      ],
    );
    assert.deepEqual([...takers], []);
  });

  it('the UDP listener: what a sender sends beyond them is dropped', async () => {
    const port = await freeUdpPort();
    const own = { port: String(port), mode: 'unicast', interface: HERE };
    const flow = await start(
      [
        { id: 'datagrams', type: 'udp-push-listener', ...own },
        flowNode('udp', 'udp-push-in', { listener: 'datagrams', wires }),
      ],
      { limits: { udpDatagramBytes: 50 } },
    );
    await status(flow, /listening/);
    const socket = createSocket('udp4').bind(0, HERE);
    await once(socket, 'listening');
    ends.push(() => socket.close());
    socket.send(Buffer.alloc(51, 'x'), port, HERE);
    socket.send(Buffer.alloc(50, 'y'), port, HERE);
    assert.deepEqual((await flow.at('alarms').take()).payload.document['text'], 'y'.repeat(50));
    assert.equal(flow.at('alarms').size, 0);
    assert.deepEqual([...takers], []);
  });

  it('a device: what it answers beyond them is refused, in the flow and in all that shares its client', async () => {
    const answer: Answer = () => ({ body: jpeg('a picture of more than ten bytes') });
    const fake = await startFakeDevice(answer);
    ends.push(() => fake.stop());
    const flow = await start(
      [
        device('camera', 'isapi-device', fake.port),
        device('door', 'vstarcam-device', fake.port),
        flowNode('snap', 'isapi-snapshot', { device: 'camera', wires: [['alarms']] }),
        flowNode('set', 'isapi-configure', { device: 'camera', action: 'doctor', wires: [['alarms'], []] }),
      ],
      { limits: { cgiBytes: 7 }, deviceLimits: { bodyBytes: 10, restartTries: 1 } },
    );
    flow.give('snap', { payload: {} });
    assert.equal((await flow.at('errors').take()).error?.code, 'DEVICE_ANSWER_TOO_LARGE');
    for (const id of ['camera', 'door']) {
      const { client } = helper.getNode(id) as unknown as {
        client: { limits: object; generalLimits: object };
      };
      assert.deepEqual(client.limits, { ...DEVICE_LIMITS, bodyBytes: 10, restartTries: 1 });
      assert.deepEqual(client.generalLimits, { ...AS_THEY_ARE, cgiBytes: 7 });
    }
    flow.give('set', { payload: {} });
    assert.equal((await flow.at('alarms').take()).topic.split('/').at(-1), 'configure');
    assert.deepEqual([...takers], []);
  });

  it('the stream of a device: its documents, and how long it may be silent', async () => {
    const camera = await StreamDevice.start({ heartbeatMs: 0 });
    ends.push(() => camera.close());
    const flow = await start(
      [
        device('camera', 'isapi-device', camera.port),
        flowNode('stream', 'alertstream', { device: 'camera', endAfter: '0', wires }),
      ],
      { limits: { depth: 1, silenceMostMs: 300 } },
      STREAM_LOGIN,
    );
    await until(() => camera.streams === 1);
    camera.event();
    const story: string[] = [];
    while (!story.includes('stale')) {
      const { payload } = await flow.at('states').take();
      story.push(payload.event);
      if (payload.event === 'undecodable') assert.match(payload.reason ?? '', /^XML_TOO_COMPLEX/);
    }
    assert.ok(story.includes('undecodable'), story.join(' '));
    assert.deepEqual([...takers], []);
  });

  for (const extreme of ['the least', 'the most'] as const) {
    it(`${extreme} of all at once crashes nothing: ports open, and what is asked is answered or refused`, async () => {
      const all = (usual: object) =>
        Object.fromEntries(
          Object.keys(usual).map((name) => [name, extreme === 'the least' ? 1 : mostOf(name)]),
        );
      const [port, udp] = [await freePort(), await freeUdpPort()];
      const camera = await startFakeDevice(() => ({ body: jpeg('now') }));
      ends.push(() => camera.stop());
      const flow = await start(
        [
          { id: 'listener', type: 'alarm-listener', host: HERE, port: String(port) },
          { id: 'datagrams', type: 'udp-push-listener', port: String(udp), mode: 'unicast', interface: HERE },
          device('camera', 'isapi-device', camera.port),
          flowNode('isapi', 'isapi-alarm-in', {
            listener: 'listener',
            path: '/isapi',
            wires,
            pairing: 'time',
          }),
          flowNode('udp', 'udp-push-in', { listener: 'datagrams', wires }),
          flowNode('stream', 'alertstream', { device: 'camera', wires: [[], []] }),
          flowNode('snap', 'isapi-snapshot', { device: 'camera', wires: [['alarms']] }),
        ],
        { limits: all(AS_THEY_ARE), deviceLimits: all(DEVICE_LIMITS) },
      );
      await status(flow, /listening/);
      await status(flow, /listening/);
      const target = { host: HERE, port, path: `/${SECRET}/isapi` };
      const answer = await send(target, pushRequest(target, 'application/xml', Buffer.from(alert())));
      flow.give('snap', { payload: {} });
      if (extreme === 'the least') {
        assert.doesNotMatch(answer, /^HTTP\/1.1 (?:2|500)/);
        assert.match((await flow.at('errors').take()).error?.code ?? '', /^DEVICE_/);
        return;
      }
      assert.match(answer, /^HTTP\/1.1 200/);
      const [alarm, snapshot] = [await flow.at('alarms').take(), await flow.at('alarms').take()];
      assert.equal(alarm.payload.kind, 'motion');
      assert.deepEqual(snapshot.attachments[0]?.content, jpeg('now'));
    });
  }
});
