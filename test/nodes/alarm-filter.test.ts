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

/** A filter goes on with what the one before of its id knew: each test has its own. */
let id = '';
let tests = 0;
beforeEach(() => {
  id = `filter${++tests}`;
});

let flow: Flow | undefined;
afterEach(async () => {
  await flow?.stop();
  flow = undefined;
});

const filter = (settings: object = {}, wires = [['passed'], ['held']]): FlowNode =>
  flowNode(id, 'alarm-filter', { ...settings, wires });

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
    running.give(id, message);
    running.give(id, alarm({ kind: 'motion' }));
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
    running.give(id, disarm);
    running.give(id, alarm());
    assert.equal((await running.at('held').take()).payload.kind, 'line-crossing');
    await running.redeploy(
      nodes.map((node) => (node.id === id ? { ...node, name: 'anew' } : node)),
      'nodes',
    );
    running.give(id, alarm());
    await running.at('held').take();
    running.give(id, { payload: { armed: 'on' } });
    running.give(id, alarm());
    await running.at('passed').take();
    assert.deepEqual([running.at('passed').size, running.at('held').size], [0, 0]);
  });

  it('gives a start its end behind a deploy that changed what is asked for', async () => {
    const running = await start([filter()]);
    running.give(id, alarm({ state: 'active', correlationId: 'a' }));
    await running.at('passed').take();
    await running.redeploy([filter({ kinds: 'motion' }), ...SINKS, ...CATCHES], 'nodes');
    running.give(id, alarm({ state: 'inactive', correlationId: 'a' }));
    assert.equal((await running.at('passed').take()).payload.state, 'inactive');
  });

  it('tells what is wrong with its schedule, and passes alarms rather than lose them', async () => {
    const running = await start([filter({ schedule: '{"mon":[["x","y"]]}' })]);
    const { error } = await running.at('errors').take();
    assert.equal(error?.code, 'SCHEDULE_INVALID');
    running.give(id, alarm());
    await running.at('passed').take();
  });

  it('passes what is no alarm as it is, or refuses it', async () => {
    let running = await start([filter()]);
    running.give(id, { payload: 'hello' });
    assert.equal((await running.at('passed').take()).payload as unknown, 'hello');
    await running.stop();
    running = await start([filter({ others: 'refuse' })]);
    running.give(id, { payload: { event: 'online', device: { id: 'x' } } });
    assert.equal((await running.at('errors').take()).error?.code, 'NOT_AN_ALARM');
    assert.equal(running.at('passed').size, 0);
  });

  it('survives whatever comes in', async () => {
    const running = await start([filter({ cooldown: '60', summary: 'true', minDuration: '1', count: '2' })]);
    const base = alarm() as { payload: object };
    const odd = fc.oneof(
      fc.anything().map((payload) => ({ payload })),
      fc.dictionary(fc.constantFrom(...Object.keys(base.payload)), fc.anything()).map((values) => ({
        payload: { ...base.payload, ...values },
        attachments: values['id'],
      })),
    );
    const given = fc.sample(odd, { numRuns: 500, seed: 7 });
    for (const message of given) running.give(id, message);
    running.give(id, { payload: 'last' });
    for (;;) if (((await running.at('passed').take()).payload as unknown) === 'last') break;
    assert.equal(running.at('errors').size, 0);
  });

  it('sums up what the cool-down held back', async () => {
    const running = await start([filter({ cooldown: '0.2', summary: 'true' })]);
    for (let number = 0; number < 5; number++) running.give(id, alarm());
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
      flowNode('in', 'isapi-alarm-in', { listener: 'listener', wires: [[id], []] }),
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

  it('confirms what it holds back where its second output leads nowhere', async () => {
    const port = await freePort();
    const limits = {
      confirmMs: 40,
      confirmMostMs: 40,
      confirmTries: 1_000_000,
      redeliveriesPerSecond: 1_000,
    };
    const running = await start(
      [
        { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port), confirm: true },
        flowNode('in', 'isapi-alarm-in', { listener: 'listener', wires: [[id, 'held'], []] }),
        filter({ kinds: 'line-crossing' }, [['passed'], []]),
      ],
      { cameraAlarms: { limits } },
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
