import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm } from '../../src/event.js';
import { Holding } from '../../src/inbox/arrival.js';
import { Deliveries } from '../../src/inbox/deliveries.js';
import { type Sender, type Subscription, Subscriptions } from '../../src/inbox/subscriptions.js';
import { Turns } from '../../src/inbox/turns.js';
import { LIMITS, type Limits } from '../../src/limits.js';
import type { DeviceSign } from '../../src/notification.js';
import { nextTurn } from '../support/listener.js';
import { ManualClock } from '../support/manual-clock.js';
import { CAMERAS, wordDraft, wordOf } from '../support/spooling.js';

/** Deliveries of alarms that are kept, each known by its word. */
function make({ confirmed = true, limits = {} as Partial<Limits> } = {}) {
  const clock = new ManualClock();
  const subscriptions = new Subscriptions();
  const all = { ...LIMITS, ...limits };
  const errors: unknown[] = [];
  /** Words of what is settled. */
  const settled: string[] = [];
  const broken = new Set<string>();
  const onError = (error: unknown) => errors.push(String(error));
  const turns = new Turns(all, clock, () => deliveries.hasRoom && subscriptions.size > 0, onError);
  const deliveries: Deliveries = new Deliveries(subscriptions, turns, {
    limits: all,
    clock,
    confirmed,
    onError,
  });
  const give = (word: string, device?: string, isKept = true) => {
    const kept = () => {
      const draft = wordDraft(word, device);
      draft.event.id = `id ${word}`;
      return draft;
    };
    const holding = new Holding({
      load: async () => {
        if (broken.has(word)) throw new Error('damaged');
        return kept();
      },
      settle: () => settled.push(word),
    });
    deliveries.give({ draft: kept(), holdings: isKept ? [holding] : [] });
  };
  const join = (sender?: Sender) => {
    const alarms: Alarm[] = [];
    const signs: DeviceSign[] = [];
    const subscription: Subscription = {
      subscriber: { alarm: (alarm) => alarms.push(alarm), sign: (sign) => signs.push(sign) },
      sender,
    };
    subscriptions.add(subscription);
    deliveries.join();

    turns.resume();
    const leave = (forGood = false) => {
      subscriptions.remove(subscription);
      deliveries.leave(subscription, forGood);
    };
    return { alarms, signs, leave, words: () => alarms.map(wordOf) };
  };
  /** Time passes and what that causes is done. */
  const pass = async (milliseconds: number) => {
    clock.pass(milliseconds);
    await nextTurn();
  };
  return { clock, deliveries, give, join, pass, settled, broken, errors };
}

test('an alarm is dealt with when it is in the flow of all who take it, unless flows confirm', () => {
  const { give, join, settled, clock } = make({ confirmed: false });
  const [one, two] = [join(), join()];
  give('a');
  assert.equal(one.alarms[0]?.receipt?.awaited, false);
  one.alarms[0]?.receipt?.handed();
  assert.deepEqual(settled, []);
  two.alarms[0]?.receipt?.handed();
  clock.pass(LIMITS.flowMs);
  assert.deepEqual([settled, clock.waiting], [['a'], 0]);
});

test('an alarm is dealt with when each of those who take it has settled it', () => {
  const { give, join, settled } = make();
  const [one, two] = [join(), join()];
  give('a');
  one.alarms[0]?.receipt?.handed();
  two.alarms[0]?.receipt?.settle();
  one.alarms[0]?.receipt?.handed();
  assert.deepEqual(settled, []);
  one.alarms[0]?.receipt?.settle();
  one.alarms[0]?.receipt?.settle();
  assert.deepEqual(settled, ['a']);
});

test('each who takes an alarm has a receipt and bytes of its own', () => {
  const { give, join } = make();
  const [one, two] = [join(), join()];
  give('a');
  const [mine, other] = [one.alarms[0], two.alarms[0]];
  assert.notEqual(mine?.receipt?.id, other?.receipt?.id);
  mine?.attachments[0]?.content.fill(0);
  assert.equal(other?.attachments[0]?.content.toString('latin1', 2), 'a');
});

test('an alarm that is kept nowhere has no receipt; one that nobody takes is told and dealt with', () => {
  const { give, join, settled } = make();
  const { alarms, signs } = join({ mac: CAMERAS[0] });
  give('a', CAMERAS[0], false);
  assert.equal(alarms[0]?.receipt, undefined);
  give('b', CAMERAS[1]);
  assert.deepEqual([settled, signs.map(({ event }) => event)], [['b'], ['denied']]);
});

test('an alarm that nobody confirms comes again with growing gaps, marked, with the same receipt', async () => {
  const { give, join, pass } = make({ limits: { confirmMs: 1_000, confirmMostMs: 3_000, confirmTries: 5 } });
  const { alarms } = join();
  give('a');
  alarms[0]?.receipt?.handed();
  for (const [index, gap] of [1_000, 2_000, 3_000, 3_000].entries()) {
    await pass(gap - 1);
    assert.equal(alarms.length, index + 1, `before gap ${index}`);
    await pass(1);
    assert.equal(alarms.length, index + 2, `behind gap ${index}`);
    alarms.at(-1)?.receipt?.handed();
  }
  assert.deepEqual(
    alarms.map(({ event }) => event.redelivered),
    [undefined, true, true, true, true],
  );
  assert.equal(new Set(alarms.map(({ receipt }) => receipt?.id)).size, 1);
  assert.deepEqual(alarms[4]?.attachments, alarms[0]?.attachments);
});

test('one that nobody confirmed in the end is told with its alarm and pictures, and dealt with', async () => {
  const { give, join, pass, settled, clock } = make({ limits: { confirmMs: 1_000, confirmTries: 2 } });
  const { alarms, signs } = join({ mac: CAMERAS[0], name: 'Gate' });
  give('a');
  alarms[0]?.receipt?.handed();
  await pass(1_000);
  alarms[1]?.receipt?.handed();
  await pass(1_999);
  assert.deepEqual([signs.length, settled], [0, []]);
  await pass(1);
  const [sign] = signs;
  assert.equal(sign?.event, 'undelivered');
  assert.match(sign?.reason ?? '', /^UNDELIVERED: \w/);
  assert.equal(sign?.device.name, 'Gate');
  assert.deepEqual(sign?.alarm, { event: alarms[1]?.event, attachments: alarms[1]?.attachments });
  assert.deepEqual([settled, clock.waiting, alarms.length], [['a'], 0, 2]);
});

test('a flow confirms by the receipt of a message or by the event, and once only', async () => {
  const { deliveries, give, join, settled, pass } = make();
  const [one, two] = [join(), join()];
  for (const word of ['a', 'b']) give(word);
  for (const { receipt } of [...one.alarms, ...two.alarms]) receipt?.handed();
  const id = one.alarms[0]?.receipt?.id ?? '';
  assert.equal(deliveries.confirm(id), true);
  assert.equal(deliveries.confirm(id), false);
  assert.deepEqual(settled, []);
  assert.equal(deliveries.confirm('id b'), true);
  assert.equal(deliveries.confirm('id b'), false);
  assert.equal(deliveries.confirm('id of another'), false);
  assert.deepEqual(settled, ['b']);
  await pass(LIMITS.confirmMs);
  assert.deepEqual(
    [one.words(), two.words()],
    [
      ['a', 'b'],
      ['a', 'b', 'a'],
    ],
  );
});

test('one that is confirmed while it waits for its turn to come again does not come', async () => {
  const { deliveries, give, join, clock, settled } = make();
  const { alarms } = join();
  give('a');
  alarms[0]?.receipt?.handed();
  clock.pass(LIMITS.confirmMs);
  deliveries.confirm('id a');
  await nextTurn();
  assert.deepEqual([alarms.length, settled, clock.waiting], [1, ['a'], 0]);
});

test('what a subscriber had when it left goes to who comes in its place, who can confirm the first message too', async () => {
  const { deliveries, give, join, settled } = make();
  const first = join();
  give('a');
  give('b');
  first.alarms[0]?.receipt?.settle();
  first.alarms[1]?.receipt?.handed();
  first.leave();
  await nextTurn();
  const next = join();
  await nextTurn();
  assert.deepEqual(next.words(), ['b']);
  assert.equal(next.alarms[0]?.event.redelivered, true);
  assert.equal(deliveries.confirm(first.alarms[1]?.receipt?.id ?? ''), true);
  assert.deepEqual(settled, ['a', 'b']);
});

test('who comes in the place of another has no receipt that somebody else has', async () => {
  const { give, join, settled } = make();
  const [one, two] = [join(), join()];
  give('a');
  one.leave();
  const three = join();
  await nextTurn();
  assert.deepEqual(three.words(), ['a']);
  assert.notEqual(three.alarms[0]?.receipt?.id, two.alarms[0]?.receipt?.id);
  two.alarms[0]?.receipt?.settle();
  assert.deepEqual(settled, []);
  three.alarms[0]?.receipt?.settle();
  assert.deepEqual(settled, ['a']);
});

test('what one that left had waits for who takes it, although others are there', async () => {
  const { give, join, settled } = make();
  join({ mac: CAMERAS[1] });
  const first = join({ mac: CAMERAS[0] });
  give('a');
  first.leave();
  await nextTurn();
  assert.deepEqual(settled, []);
  const next = join({ mac: CAMERAS[0] });
  await nextTurn();
  assert.deepEqual(next.words(), ['a']);
  next.alarms[0]?.receipt?.settle();
  assert.deepEqual(settled, ['a']);
});

test('what one had that left for good is dealt with when others are done', async () => {
  const { give, join, settled } = make();
  const [one, two] = [join(), join()];
  give('a');
  one.leave(true);
  await nextTurn();
  assert.deepEqual([settled, two.words()], [[], ['a']]);
  two.alarms[0]?.receipt?.settle();
  assert.deepEqual(settled, ['a']);
});

test('flows have room until so many are on their way, and again when one has landed', () => {
  const { deliveries, give, join } = make({ limits: { inFlight: 2 } });
  const { alarms } = join();
  give('a');
  assert.equal(deliveries.hasRoom, true);
  give('b');
  assert.equal(deliveries.hasRoom, false);
  alarms[0]?.receipt?.handed();
  assert.equal(deliveries.hasRoom, true);
});

test('what can no longer be read is told, and stays where it is kept', async () => {
  const { give, join, pass, broken, errors, settled } = make();
  const { alarms } = join();
  give('a');
  alarms[0]?.receipt?.handed();
  broken.add('a');
  await pass(LIMITS.confirmMs);
  assert.deepEqual([alarms.length, errors, settled], [1, ['Error: damaged'], []]);
});

test('after a stop nothing comes again, nothing can be confirmed, and nothing is settled', async () => {
  const { deliveries, give, join, pass, settled, clock } = make();
  const { alarms } = join();
  give('a');
  alarms[0]?.receipt?.handed();
  deliveries.stop();
  await pass(LIMITS.confirmMs);
  assert.equal(deliveries.confirm('id a'), false);
  alarms[0]?.receipt?.settle();
  assert.deepEqual([alarms.length, settled, clock.waiting], [1, [], 0]);
});
