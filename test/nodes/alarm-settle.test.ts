import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { setTimeout, setImmediate as turn } from 'node:timers/promises';
import { type Scene, simulatedCamera } from '../../src/simulator/hikvision.js';
import type { PushTarget } from '../../src/simulator/http-push.js';
import { picture } from '../../src/simulator/picture.js';
import { asJson, objections, schemas } from '../support/fixtures.js';
import { type Flow, flowNode, type Received, startFlow } from '../support/flow.js';
import { type FlowNode, freePort } from '../support/node-red.js';

const SECRET = 'settle123456';
const SCHEMAS = schemas();
/** Gaps that a test can wait for, and tries without end. */
const EAGER = { confirmMs: 40, confirmMostMs: 40, confirmTries: 1_000_000, redeliveriesPerSecond: 1_000 };
/** Long enough that nothing comes again by itself. */
const PATIENT = { confirmMs: 600_000, confirmMostMs: 600_000 };

let flow: Flow | undefined;
afterEach(async () => {
  await flow?.stop();
  flow = undefined;
});

/** Each of another place, so that no one is a repeat of another. */
const scene = (channel: number): Scene => ({
  eventType: 'VMD',
  eventDescription: 'Motion alarm',
  channel,
  channelName: `Camera ${channel}`,
  pictures: [{ name: 'gate-scene', part: 'MoveDetection' }],
});

interface Plan {
  readonly confirm?: boolean;
  readonly spool?: string;
  readonly limits?: object;
}

/** A flow with a listener that wants alarms confirmed, and how its camera pushes to it. */
class Trial {
  readonly running: Flow;
  readonly #target: PushTarget;
  readonly #camera = simulatedCamera();
  readonly #nodes: readonly FlowNode[];
  /** What changes in the node that receives alarms, so that it is deployed anew. */
  #deploys = 0;

  private constructor(running: Flow, port: number, nodes: readonly FlowNode[]) {
    this.running = running;
    this.#target = { host: '127.0.0.1', port, path: `/${SECRET}/isapi` };
    this.#nodes = nodes;
  }

  static async start({ confirm = true, spool = 'always', limits = EAGER }: Plan = {}): Promise<Trial> {
    const port = await freePort();
    const nodes = [
      { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port), spool, confirm },
      flowNode('in', 'isapi-alarm-in', { listener: 'listener', wires: [['alarms'], ['states']] }),
      flowNode('settle', 'alarm-settle', { wires: [['passed']] }),
      flowNode('status1', 'status', { scope: null, wires: [['statuses']] }),
      ...['alarms', 'states', 'passed', 'statuses'].map((id) => flowNode(id, 'helper')),
    ];
    const settings = { cameraAlarms: { limits: { sameNotificationMs: 1, ...limits } } };
    flow = await startFlow(nodes, { listener: { secret: SECRET } }, undefined, settings);
    const trial = new Trial(flow, port, nodes);
    await trial.says(/listening/);
    return trial;
  }

  /** Waits for a status; what comes before is passed over. */
  async says(text: RegExp): Promise<void> {
    while (!text.test((await this.running.at('statuses').take()).status?.text ?? ''));
  }

  /** As cameras do, it comes again while it is refused: a deploy takes a moment. */
  async push(channel: number): Promise<void> {
    const answer = await this.#camera
      .push(this.#target, scene(channel))
      .catch((error: Error) => error.message);
    if (/ECONNREFUSED|^HTTP\/1\.1 503/.test(answer)) await this.push(channel);
    else assert.match(answer, /^HTTP\/1\.1 200/);
  }

  /** The next message of an alarm. */
  alarm(): Promise<Received & { readonly _msgid?: string }> {
    return this.running.at('alarms').take();
  }

  /** @returns what came out of the node that confirms */
  async confirm(message: object): Promise<Received> {
    this.running.give('settle', message);
    return this.running.at('passed').take();
  }

  /** An alarm is confirmed, and those that were on their way already are taken in. */
  async confirmAll(message: Received): Promise<void> {
    await this.confirm(message);
    await turn();
    while (this.running.at('alarms').size > 0) await this.alarm();
  }

  redeploy(type: 'full' | 'nodes'): Promise<void> {
    const name = `deploy ${++this.#deploys}`;
    const changed = this.#nodes.map((node) => (node.id === 'in' ? { ...node, name } : node));
    return this.running.redeploy(changed, type);
  }
}

describe('alarm-settle', () => {
  for (const spool of ['always', 'normal', 'off']) {
    it(`stops an alarm that comes again until it is confirmed, with spool ${spool}`, async () => {
      const trial = await Trial.start({ spool });
      await trial.push(1);
      const first = await trial.alarm();
      assert.ok(!('redelivered' in first.payload));
      for (let time = 0; time < 3; time++) {
        const again = await trial.alarm();
        assert.equal(again._msgid, first._msgid);
        assert.deepEqual(asJson(again.payload), { ...(asJson(first.payload) as object), redelivered: true });
        assert.deepEqual(again.attachments, first.attachments);
        assert.equal(objections(SCHEMAS.alarm, again.payload), '');
      }
      await trial.confirmAll(first);
      // The next one comes again three times, so that the first would have come as well.
      await trial.push(2);
      for (let time = 0; time < 3; time++) assert.equal((await trial.alarm()).payload.channel, 2);
    });
  }

  for (const [how, made] of [
    [
      'its message, whatever became of payload and topic',
      (id: string) => ({ _msgid: id, payload: 'a mail', topic: 'x' }),
    ],
    [
      'the id of its event, in a message that was made anew',
      (_: string, id: string) => ({ payload: { id } }),
    ],
  ] as const) {
    it(`knows an alarm by ${how}`, async () => {
      const trial = await Trial.start({ limits: PATIENT });
      await trial.push(1);
      const { _msgid = '', payload } = await trial.alarm();
      await trial.confirm(made(_msgid, payload.id));
      await trial.says(/settle:status\.confirmed/);
      await trial.confirm(made(_msgid, payload.id));
      await trial.says(/settle:status\.nothing/);
    });
  }

  for (const what of ['text', undefined, null, 17, { id: 17 }, { id: 'nobody' }]) {
    it(`passes a message that is no alarm: payload ${JSON.stringify(what)}`, async () => {
      const trial = await Trial.start({ limits: PATIENT });
      const given = { _msgid: 'something', topic: 'x', payload: what };
      assert.deepEqual(await trial.confirm(given), given);
      await trial.says(/settle:status\.nothing/);
    });
  }

  it('has nothing to do where the flow need not confirm: alarms are done when the flow has them', async () => {
    const trial = await Trial.start({ confirm: false, limits: { ...EAGER, flowMs: 1 } });
    await trial.push(1);
    const message = await trial.alarm();
    // Behind the moment in which a crash could still cost the flow the alarm: this timer is younger, and longer.
    await setTimeout(5);
    await trial.confirm(message);
    await trial.says(/settle:status\.nothing/);
    await trial.redeploy('full');
    await trial.push(2);
    assert.equal((await trial.alarm()).payload.channel, 2);
    assert.equal(trial.running.at('alarms').size, 0);
  });

  it('is told on output 2 of an alarm nobody confirmed, with the alarm and its pictures, and it comes no more', async () => {
    const trial = await Trial.start({ limits: { ...EAGER, confirmTries: 3 } });
    await trial.push(1);
    const [first] = [await trial.alarm(), await trial.alarm(), await trial.alarm()];
    let state = await trial.running.at('states').take();
    while (state.payload.event !== 'undelivered') state = await trial.running.at('states').take();
    const { alarm, reason, channel } = state.payload;
    assert.deepEqual(alarm, { ...first.payload, redelivered: true });
    assert.equal(channel, 1);
    assert.match(reason ?? '', /^UNDELIVERED: /);
    assert.deepEqual(
      state.attachments.map(({ content }) => content),
      [picture('gate-scene')],
    );
    assert.equal(objections(SCHEMAS.state, state.payload), '');
    // Cut to what fits below a node.
    await trial.says(/status\.und…/);
    await trial.confirm(first);
    await trial.says(/settle:status\.nothing/);
    assert.equal(trial.running.at('alarms').size, 0);
  });
});

describe('alarms nobody has confirmed', () => {
  for (const [type, what] of [
    ['nodes', 'the node that receives them is deployed anew'],
    ['full', 'everything is deployed anew'],
  ] as const) {
    it(`come again, marked and in order, when ${what}`, async () => {
      const trial = await Trial.start({ limits: PATIENT });
      for (const channel of [1, 2, 3]) await trial.push(channel);
      const [first, second, third] = [await trial.alarm(), await trial.alarm(), await trial.alarm()];
      assert.deepEqual(
        [first, second, third].map(({ payload }) => payload.channel),
        [1, 2, 3],
      );
      await trial.confirm(second);
      await trial.redeploy(type);
      for (const before of [first, third]) {
        const again = await trial.alarm();
        assert.deepEqual(asJson(again.payload), {
          ...(asJson(before.payload) as object),
          redelivered: true,
        });
        assert.deepEqual(again.attachments, before.attachments);
        await trial.confirm(again);
        await trial.says(/settle:status\.confirmed/);
      }
      await trial.redeploy(type);
      await trial.push(4);
      assert.equal((await trial.alarm()).payload.channel, 4);
      assert.equal(trial.running.at('alarms').size, 0);
    });
  }
});
