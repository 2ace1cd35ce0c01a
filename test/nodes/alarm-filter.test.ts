import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { GATE_SCENES, type Scene, simulatedCamera } from '../../src/simulator/hikvision.js';
import { draftOf } from '../support/drafts.js';
import { objections, schemas } from '../support/fixtures.js';
import { type Flow, flowNode, startFlow } from '../support/flow.js';
import { type FlowNode, freePort } from '../support/node-red.js';

const SECRET = 'filter123456';
const SCHEMAS = schemas();
const [crossing, motion] = GATE_SCENES as readonly [Scene, Scene];
const SINKS = ['passed', 'held', 'errors', 'statuses'].map((id) => flowNode(id, 'helper'));
const CATCHES = [
  flowNode('catch1', 'catch', { scope: null, wires: [['errors']] }),
  flowNode('status1', 'status', { scope: null, wires: [['statuses']] }),
];

/** Gaps that a test can wait for, and tries without end. */
const EAGER = { confirmMs: 40, confirmMostMs: 40, confirmTries: 1_000_000, redeliveriesPerSecond: 1_000 };

let flow: Flow | undefined;
afterEach(async () => {
  await flow?.stop();
  flow = undefined;
});

/** Another one for each test: a node goes on with what the one of its id knew. */
let own = '';
beforeEach(() => {
  own = `filter${++filters}`;
});
let filters = 0;

const filter = (settings: object = {}, wires = [['passed'], ['held']]): FlowNode =>
  flowNode(own, 'alarm-filter', { ...settings, wires });

async function start(nodes: readonly FlowNode[], settings: object = {}): Promise<Flow> {
  flow = await startFlow(
    [...nodes, ...SINKS, ...CATCHES],
    { listener: { secret: SECRET } },
    undefined,
    settings,
  );
  return flow;
}

let count = 0;
/** A message of an alarm node. */
function alarm(values: object = {}): object {
  const receivedAt = new Date().toISOString();
  const { event } = draftOf({
    id: `alarm ${++count}`,
    receivedAt,
    state: 'pulse',
    title: 'Line crossing: Gate',
    ...values,
  });
  return { topic: 'raysharp/x/1/line-crossing', payload: event, attachments: [], _msgid: `message ${count}` };
}

const disarm = { payload: { armed: false } };

describe('alarm-filter', () => {
  it('passes what is asked for and hands what is not to its second output, with the reason', async () => {
    const running = await start([filter({ kinds: 'line-crossing' })]);
    const message = alarm();
    running.give(own, message);
    running.give(own, alarm({ kind: 'motion' }));
    assert.equal(
      (await running.at('passed').take()).payload.id,
      (message as { payload: { id: string } }).payload.id,
    );
    const held = (await running.at('held').take()) as unknown as {
      suppressed: object;
      payload: { kind: string };
    };
    assert.deepEqual([held.payload.kind, held.suppressed], ['motion', { reason: 'kind', count: 1 }]);
    assert.deepEqual([running.at('passed').size, running.at('held').size], [0, 0]);
  });

  it('is disarmed and armed by a message, which goes no further, and stays so over a deploy', async () => {
    const nodes = [filter(), ...SINKS, ...CATCHES];
    const running = await start([filter()]);
    running.give(own, disarm);
    running.give(own, alarm());
    assert.equal((await running.at('held').take()).payload.kind, 'line-crossing');
    await running.redeploy(
      nodes.map((node) => (node.id === own ? { ...node, name: 'anew' } : node)),
      'nodes',
    );
    running.give(own, alarm());
    await running.at('held').take();
    running.give(own, { payload: { armed: 'on' } });
    running.give(own, alarm());
    await running.at('passed').take();
    assert.deepEqual([running.at('passed').size, running.at('held').size], [0, 0]);
  });

  it('gives a start its end behind a deploy that changed what is asked for', async () => {
    const running = await start([filter()]);
    running.give(own, alarm({ state: 'active', correlationId: 'a' }));
    await running.at('passed').take();
    await running.redeploy([filter({ kinds: 'motion' }), ...SINKS, ...CATCHES], 'nodes');
    running.give(own, alarm({ state: 'inactive', correlationId: 'a' }));
    assert.equal((await running.at('passed').take()).payload.state, 'inactive');
  });

  it('tells what is wrong with its schedule, and passes alarms rather than lose them', async () => {
    const running = await start([filter({ schedule: '{"mon":[["x","y"]]}' })]);
    const { error } = await running.at('errors').take();
    assert.equal(error?.code, 'SCHEDULE_INVALID');
    running.give(own, alarm());
    await running.at('passed').take();
  });

  it('tells of a zone that is none in the same way, and says so below itself', async () => {
    const running = await start([filter({ zone: 'Mars/Olympus' })]);
    assert.equal((await running.at('errors').take()).error?.code, 'ZONE_UNKNOWN');
    const { status } = await running.at('statuses').take();
    assert.deepEqual([status?.fill, status?.text.split('.').at(-1)], ['red', 'invalid']);
    running.give(own, alarm());
    await running.at('passed').take();
  });

  it('shows below itself whether it is armed, whether it is time, and that it passed something', async () => {
    const key = async () => {
      const { status } = await running.at('statuses').take();
      return `${status?.fill} ${status?.text.split('.').at(-1)}`;
    };
    let running = await start([filter()]);
    assert.equal(await key(), 'green counts');
    running.give(own, disarm);
    assert.equal(await key(), 'grey disarmed');
    await running.stop();
    own = 'never';
    running = await start([filter({ schedule: '{}' })]);
    let shown = await key();
    while (!shown.startsWith('yellow')) shown = await key();
    assert.equal(shown, 'yellow outside');
  });

  it('takes a setting that was changed: what a message said holds for the setting before', async () => {
    const running = await start([filter({ armed: 'true' })]);
    running.give(own, disarm);
    running.give(own, alarm());
    await running.at('held').take();
    await running.redeploy([filter({ armed: 'false' }), ...SINKS, ...CATCHES], 'nodes');
    await running.redeploy([filter({ armed: 'true' }), ...SINKS, ...CATCHES], 'nodes');
    running.give(own, alarm());
    await running.at('passed').take();
  });

  it('is not disarmed by an alarm that says something of the kind', async () => {
    const running = await start([filter()]);
    const message = alarm() as { payload: object };
    running.give(own, { ...message, payload: { ...message.payload, armed: false } });
    await running.at('passed').take();
    running.give(own, alarm());
    await running.at('passed').take();
  });

  it('hands on over a deploy what it holds', async () => {
    const running = await start([filter({ minDuration: '0.3' })]);
    running.give(own, alarm({ state: 'active' }));
    await running.redeploy([filter({ minDuration: '0.3', name: 'anew' }), ...SINKS, ...CATCHES], 'nodes');
    assert.equal((await running.at('passed').take()).payload.state, 'active');
    assert.equal(running.at('held').size, 0);
  });

  it('passes what is no alarm as it is, or refuses it', async () => {
    let running = await start([filter()]);
    running.give(own, { payload: 'hello' });
    assert.equal((await running.at('passed').take()).payload as unknown, 'hello');
    await running.stop();
    running = await start([filter({ others: 'refuse' })]);
    running.give(own, { payload: { event: 'online', device: { id: 'x' } } });
    assert.equal((await running.at('errors').take()).error?.code, 'NOT_AN_ALARM');
    assert.equal(running.at('passed').size, 0);
  });

  it('survives whatever comes in', async () => {
    const running = await start([filter({ cooldown: '60', summary: 'true', minDuration: '1', count: '2' })]);
    const base = alarm() as { payload: object };
    const names = [...Object.keys(base.payload), 'panel', 'correlationId', 'input', 'severity', 'summary'];
    const odd = fc.oneof(
      fc.anything().map((payload) => ({ payload })),
      fc.dictionary(fc.constantFrom(...names), fc.anything()).map((values) => ({
        payload: { ...base.payload, ...values },
        attachments: values['id'],
      })),
    );
    const given = fc.sample(odd, { numRuns: 500, seed: 7 });
    for (const message of given) running.give(own, message);
    for (const message of hostile(base.payload)) running.give(own, message);
    running.give(own, { topic: 'last' });
    while ((await running.at('passed').take()).topic !== 'last');
    assert.equal(running.at('errors').size, 0);
  });

  it('sums up what the cool-down held back', async () => {
    const running = await start([filter({ cooldown: '0.2', summary: 'true' })]);
    for (let number = 0; number < 5; number++) running.give(own, alarm());
    await running.at('passed').take();
    const summary = await running.at('passed').take();
    assert.equal(summary.payload.summary?.count, 4);
    assert.equal(summary.topic, 'raysharp/00-00-5e-00-53-31/1/line-crossing');
    assert.equal(objections(SCHEMAS.alarm, summary.payload), '');
  });

  it('offers what alarm nodes have sent, to those who may read', async () => {
    const port = await freePort();
    const running = await start([
      { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port), spool: 'off' },
      flowNode('in', 'isapi-alarm-in', { listener: 'listener', wires: [[own], []] }),
      filter(),
    ]);
    const target = { host: '127.0.0.1', port, path: `/${SECRET}/isapi` };
    for (const scene of [crossing, motion]) {
      await untilServed(() => simulatedCamera().push(target, scene));
      await running.at('passed').take();
    }
    const seen = await running.get('/camera-alarms/alarm-filter/seen');
    const { kinds, targets } = seen as { kinds: { value: string }[]; targets: { value: string }[] };
    assert.deepEqual(kinds.map(({ value }) => value).sort(), ['line-crossing', 'motion']);
    assert.deepEqual(
      targets.map(({ value }) => value),
      ['human'],
    );
  });

  it('holds back for good what it held, when it is removed', async () => {
    const port = await freePort();
    const listener = { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port) };
    const source = flowNode('in', 'isapi-alarm-in', { listener: 'listener', wires: [[own, 'held'], []] });
    const running = await start(
      [{ ...listener, confirm: true }, source, filter({ minDuration: '600' }, [['passed'], []])],
      { cameraAlarms: { limits: { ...EAGER, confirmMs: 300, confirmMostMs: 300 } } },
    );
    const target = { host: '127.0.0.1', port, path: `/${SECRET}/isapi` };
    await untilServed(() => simulatedCamera().push(target, motion));
    await running.at('held').take();
    // Nobody confirms it while it is held.
    const again = await running.at('held').take();
    assert.equal(again.payload.redelivered, true);
    await running.redeploy([{ ...listener, confirm: true }, source, ...SINKS, ...CATCHES], 'nodes');
    while (running.at('held').size > 0) await running.at('held').take();
    await simulatedCamera().push(target, crossing);
    for (let times = 0; times < 4; times++)
      assert.equal((await running.at('held').take()).payload.kind, 'line-crossing');
    assert.equal(running.at('passed').size, 0);
  });

  it('leaves it to the flow to confirm what goes out on its second output, and decides the same each time', async () => {
    const port = await freePort();
    const running = await start(
      [
        { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port), confirm: true },
        flowNode('in', 'isapi-alarm-in', { listener: 'listener', wires: [[own], []] }),
        filter({ cooldown: '600', cooldownPer: 'all' }, [['passed'], ['held']]),
      ],
      { cameraAlarms: { limits: EAGER } },
    );
    const target = { host: '127.0.0.1', port, path: `/${SECRET}/isapi` };
    await untilServed(() => simulatedCamera().push(target, crossing));
    await simulatedCamera().push(target, motion);
    // Both come again as long as nobody confirms them.
    for (let times = 0; times < 4; times++) {
      assert.equal((await running.at('passed').take()).payload.kind, 'line-crossing');
      const held = (await running.at('held').take()) as unknown as { suppressed: object; payload: object };
      assert.deepEqual(held.suppressed, { reason: 'cooldown', count: times + 1 });
    }
  });

  it('confirms what it holds back where its second output leads nowhere', async () => {
    const port = await freePort();
    const running = await start(
      [
        { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port), confirm: true },
        flowNode('in', 'isapi-alarm-in', { listener: 'listener', wires: [[own, 'held'], []] }),
        filter({ kinds: 'line-crossing' }, [['passed'], []]),
      ],
      { cameraAlarms: { limits: EAGER } },
    );
    const target = { host: '127.0.0.1', port, path: `/${SECRET}/isapi` };
    await untilServed(() => simulatedCamera().push(target, motion));
    await running.at('held').take();
    await simulatedCamera().push(target, crossing);
    // Nobody confirms it: it comes again and again, and is passed each time; the motion does not.
    for (let times = 0; times < 5; times++)
      assert.equal((await running.at('passed').take()).payload.kind, 'line-crossing');
    while (running.at('held').size > 0)
      assert.equal((await running.at('held').take()).payload.kind, 'line-crossing');
  });
});

/** Pushes until the listener is there. */
async function untilServed(push: () => Promise<string>): Promise<void> {
  for (;;) if ((await push().catch(() => '')).startsWith('HTTP/1.1 200')) return;
}

/** What only a function node can make. */
function hostile(payload: object): object[] {
  const cycle: Record<string, unknown> = { ...payload, id: 'cycle' };
  cycle['document'] = cycle;
  const thrower = (name: string) =>
    Object.defineProperty({ ...payload, id: `thrower of ${name}` }, name, {
      enumerable: true,
      get: () => {
        throw new Error('a getter');
      },
    });
  return [
    {},
    { payload: null },
    { payload: Buffer.from('alarm') },
    { payload: Object.create(null) as object },
    { payload: cycle },
    { payload: { ...cycle, id: 'cycle again' } },
    { payload: { ...payload, id: 'function', plate: { number: () => 1 } } },
    { payload: { ...payload, id: 'function again', document: { run: () => 1 } } },
    { payload: { ...payload, id: 'regions', regions: [null] } },
    { payload: { ...payload, id: 'frozen', targets: Object.freeze(['human']) } },
    ...['id', 'kind', 'device', 'regions', 'targets', 'receivedAt', 'severity', 'armed'].map((name) => ({
      payload: thrower(name),
    })),
    Object.defineProperty({}, 'payload', {
      get: () => {
        throw new Error('a getter');
      },
    }),
    { payload: { ...payload, id: 'no attachments' }, attachments: [null, 1, { content: 'x' }] },
  ];
}
