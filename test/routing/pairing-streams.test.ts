import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AlarmEvent } from '../../src/event.js';
import { objections, schemas } from '../support/fixtures.js';
import { brief, END_AFTER, paired, START, spoil } from './paired.js';
import { CHANNELS, DEVICES, expected, REGIONS, type Spoken, type Step, TYPES } from './pairing-model.js';

const RUNS = { numRuns: 1_500 };
const SCHEMA = schemas().alarm;

const event: fc.Arbitrary<Step> = fc.record({
  what: fc.constant('event' as const),
  state: fc.constantFrom('active', 'active', 'active', 'inactive', 'inactive', 'pulse'),
  device: fc.constantFrom(...DEVICES),
  channel: fc.constantFrom(...CHANNELS),
  type: fc.constantFrom(...TYPES),
  regions: fc.constantFrom(...REGIONS),
  history: fc.integer({ min: 0, max: 19 }).map((number) => number === 0),
});
/** Of one camera, so that much happens at one place. */
const nearEvent = event.map((said) => ({ ...said, device: DEVICES[0], channel: 1, type: 'VMD' }) as Spoken);
const wait: fc.Arbitrary<Step> = fc.record({
  what: fc.constant('wait' as const),
  milliseconds: fc.oneof(
    fc.constantFrom(1, 1_000, END_AFTER - 1, END_AFTER, END_AFTER + 1, 3 * END_AFTER),
    fc.integer({ min: 1, max: END_AFTER }),
  ),
});
const sign: fc.Arbitrary<Step> = fc.record({
  what: fc.constant('sign' as const),
  sign: fc.constantFrom('online', 'offline', 'stale', 'heartbeat'),
  device: fc.constantFrom(...DEVICES),
});
const weighed = (signs: number) =>
  fc.oneof(
    { weight: 5, arbitrary: event },
    { weight: 5, arbitrary: nearEvent },
    { weight: 4, arbitrary: wait },
    { weight: signs, arbitrary: sign },
  );
const stream = fc.array(weighed(2), { maxLength: 60 });
const onlineStream = fc.array(weighed(0), { maxLength: 60 });

/** A message, when it came and at which step. */
interface Told {
  readonly event: AlarmEvent;
  readonly at: number;
  readonly step: number;
  readonly words: string;
}

/** All steps in order, against a flow that ruins what it is given. */
function play(steps: readonly Step[], mode: 'device' | 'time') {
  const one = paired({ mode, flow: spoil });
  const stepOf = new Map<string, number>();
  const told: Told[] = [];
  const heard: (Spoken & { at: number; step: number })[] = [];
  for (const [step, each] of steps.entries()) {
    const before = one.told.length;
    const at = one.clock.now();
    if (each.what === 'wait') one.clock.pass(each.milliseconds);
    else if (each.what === 'sign') one.sign(each.sign, each.device);
    else {
      heard.push({ ...each, at, step });
      const { state, device, channel, type, regions, history } = each;
      stepOf.set(one.say({ state, device, channel, type, regions, ...(history && { history }) }), step);
    }
    for (const alarm of one.told.slice(before)) {
      const when = alarm.event.endedBy === 'time' ? Date.parse(alarm.event.receivedAt) : one.clock.now();
      told.push({ event: alarm.event, at: when, step, words: brief(alarm) });
    }
  }
  const inSteps = (words: string) =>
    words.replace(/[\da-f]{24}/g, (id) => String(stepOf.get(id) ?? `${id}, of no step,`));
  const perStep = steps.map((_, step) =>
    told.filter((each) => each.step === step).map(({ words }) => inSteps(words)),
  );
  return { ...one, messages: told, perStep, heard };
}

const isStart = ({ event: { state, correlationId } }: Told) =>
  state === 'active' && correlationId !== undefined;
const isEnd = ({ event: { state, correlationId } }: Told) =>
  state === 'inactive' && correlationId !== undefined;
const place = (said: { device: string; channel: number; type: string }) =>
  JSON.stringify([said.device, said.channel, said.type.toLowerCase()]);
const placeOf = ({ event: { device, channel = 0, type } }: Told) =>
  place({ device: device.id, channel, type });
const regionsOf = ({ event: { regions } }: Told) =>
  regions.length === 0 ? [''] : [...new Set(regions.map(({ id }) => id))];

for (const mode of ['device', 'time'] as const) {
  test(`mode ${mode}: whatever devices say, a pairing tells what a simple model tells`, () => {
    fc.assert(
      fc.property(stream, (steps) => {
        const sorted = (all: string[][]) => all.map((words) => [...words].sort());
        assert.deepEqual(sorted(play(steps, mode).perStep), sorted(expected(steps, mode === 'time')));
      }),
      RUNS,
    );
  });

  test(`mode ${mode}: each end has its start before it, each start ends once, ids are unique, all fits the schema`, () => {
    fc.assert(
      fc.property(stream, (steps) => {
        const { messages } = play(steps, mode);
        const started = new Map<string, Told>();
        const ended = new Set<string>();
        for (const message of messages) {
          assert.equal(objections(SCHEMA, message.event), '');
          const { id, correlationId = '', duration, count = 0, endedBy } = message.event;
          if (isStart(message)) {
            assert.equal(correlationId, id);
            assert.deepEqual([duration, endedBy], [undefined, undefined]);
            started.set(id, message);
          } else if (isEnd(message)) {
            const start = started.get(correlationId);
            assert.ok(start !== undefined && !ended.has(correlationId), 'an end without a start');
            ended.add(correlationId);
            assert.equal(placeOf(message), placeOf(start));
            assert.equal(duration, Math.round((message.at - start.at) / 1000));
            // Without a clock only an outage makes an end that the device did not say.
            const away = steps.some((step) => step.what === 'sign' && /offline|stale/.test(step.sign));
            assert.ok(count >= 1 && (mode === 'time' || endedBy === 'device' || away));
          }
        }
        assert.equal(new Set(messages.map((message) => message.event.id)).size, messages.length);
      }),
      RUNS,
    );
  });

  test(`mode ${mode}: by its messages alone, no device, channel, type and region is in two alarms at once`, () => {
    fc.assert(
      fc.property(stream, (steps) => {
        const { messages, pairing } = play(steps, mode);
        const open = new Map<string, string>();
        const keys = new Map<string, string[]>();
        for (const message of messages) {
          const { correlationId = '' } = message.event;
          if (isStart(message)) {
            const mine = regionsOf(message).map((region) => `${placeOf(message)} ${region}`);
            for (const key of mine) {
              assert.equal(open.get(key), undefined, key);
              open.set(key, correlationId);
            }
            keys.set(correlationId, mine);
          } else if (isEnd(message)) {
            for (const key of keys.get(correlationId) ?? []) open.delete(key);
            keys.delete(correlationId);
          }
        }
        assert.deepEqual(
          pairing.open().map((alarm) => alarm.event.id),
          [...keys.keys()],
        );
      }),
      RUNS,
    );
  });
}

test('with all devices online every alarm ends in time, and none ends early unless its device said so', () => {
  fc.assert(
    fc.property(onlineStream, (steps) => {
      const silence: Step = { what: 'wait', milliseconds: END_AFTER };
      const { messages, heard, clock, pairing } = play([...steps, silence], 'time');
      const ends = new Map(messages.filter(isEnd).map((end) => [end.event.correlationId, end]));
      for (const start of messages.filter(isStart)) {
        const end = ends.get(start.event.id);
        assert.ok(end !== undefined, 'a start without an end');
        const mine = regionsOf(start);
        const isNear = (said: Spoken) => !said.history && place(said) === placeOf(start);
        const near = heard.filter((said) => isNear(said) && said.step >= start.step && said.step <= end.step);
        const anywhere = (regions: readonly string[]) => regions.length === 0 || regions.includes('');
        const meets = ({ regions }: Spoken) =>
          anywhere(regions) || regions.some((region) => mine.includes(region));
        const actives = near.filter(({ state }) => state === 'active');
        if (end.event.endedBy === 'device') {
          const said = near.some(
            (each) =>
              each.state === 'inactive' && each.step === end.step && (meets(each) || mine.includes('')),
          );
          assert.ok(said, 'an end its device did not say');
          continue;
        }
        // What surely is a repeat of it, and what at most is one.
        const surely = Math.max(...actives.filter(meets).map(({ at }) => at));
        const atMost = Math.max(
          ...actives.filter((said) => meets(said) || mine.includes('')).map(({ at }) => at),
        );
        assert.ok(end.at >= surely + END_AFTER, 'too early');
        assert.ok(end.at <= atMost + END_AFTER, 'too late');
      }
      assert.deepEqual([pairing.open(), clock.waiting], [[], 0]);
    }),
    RUNS,
  );
});

test('after stop() nothing is told, whatever went before', () => {
  fc.assert(
    fc.property(stream, (steps) => {
      const { pairing, clock, told } = play(steps, 'time');
      const before = told.length;
      pairing.stop();
      clock.pass(100 * END_AFTER);
      assert.deepEqual([told.length, clock.waiting, pairing.open()], [before, 0, []]);
    }),
    { numRuns: 300 },
  );
});

test('the model knows all the cases: an example by hand', () => {
  const said = (state: Spoken['state'], regions: string[], channel = 1): Spoken => ({
    what: 'event',
    state,
    device: DEVICES[0],
    channel,
    type: 'VMD',
    regions,
    history: false,
  });
  const steps: Step[] = [
    said('active', ['1', '2']),
    { what: 'wait', milliseconds: 4_000 },
    said('active', ['2', '3']),
    said('inactive', ['1']),
    said('active', [], 2),
    { what: 'sign', sign: 'offline', device: DEVICES[0] },
    { what: 'wait', milliseconds: 20_000 },
    said('inactive', []),
    { what: 'wait', milliseconds: END_AFTER },
  ];
  const words = [
    ['start 0 [1,2]'],
    [],
    ['start 2 [3]'],
    [],
    ['start 4 []'],
    [],
    [],
    ['end of 0 by device: 2 in 24 s', 'end of 2 by device: 1 in 20 s'],
    ['end of 4 by time: 1 in 30 s'],
  ];
  assert.deepEqual(expected(steps, true), words);
  assert.deepEqual(play(steps, 'time').perStep, words);
  assert.equal(START % 1000, 204);
});
