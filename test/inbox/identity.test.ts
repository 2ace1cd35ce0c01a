import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmEvent } from '../../src/event.js';
import { Duplicates } from '../../src/inbox/duplicates.js';
import { Known } from '../../src/inbox/identity.js';
import { LIMITS } from '../../src/limits.js';
import type { AlarmDraft, Vendor } from '../../src/notification.js';
import { draftOf, pictureOf } from '../support/drafts.js';
import { ManualClock } from '../support/manual-clock.js';

/** What a vendor says is the same whichever way it came: all but how often it was sent. */
const sameOf = (document: AlarmEvent['document']) => ({ ...document, sent: undefined });

function make({ ways = 2, shares = true } = {}) {
  const clock = new ManualClock();
  const shared = new Duplicates(LIMITS.duplicateMs, LIMITS.duplicates, clock);
  const vendor = { id: 'isapi', ...(ways > 1 && { sameOf }) } as Vendor;
  return { clock, known: new Known(vendor, LIMITS, clock, shares ? shared : undefined) };
}

const TIMED = { timeRaw: '2026-11-22T08:15:30+01:00', document: { eventType: 'VMD', sent: '1' } };
const alarm = (event: Partial<AlarmEvent> = {}, marks: Partial<AlarmDraft> = {}) =>
  draftOf({ ...TIMED, ...event }, marks);

const OTHERS: [what: string, draft: AlarmDraft][] = [
  ['time', alarm({ timeRaw: '2026-11-22T08:15:31+01:00' })],
  ['device', alarm({ device: { id: '00:00:5e:00:53:32' } })],
  ['type', alarm({ type: 'pid' })],
  ['state', alarm({ state: 'inactive' })],
  ['channel', alarm({ channelRaw: 'CH2' })],
  ['document', alarm({ document: { ...TIMED.document, sent: '2' } })],
  ['picture', alarm({}, { attachments: [pictureOf('one')] })],
];
for (const [what, other] of OTHERS) {
  test(`a notification with another ${what} is another one`, () => {
    const { known } = make({ shares: false });
    known.add(known.identify(alarm(), 0));
    assert.equal(known.has(known.identify(other, 0)), false);
  });
}

test('the same notification is known for a while, and not when it was not taken after all', () => {
  const { known, clock } = make();
  const identity = known.identify(alarm(), 0);
  known.add(identity);
  clock.pass(LIMITS.sameNotificationMs - 1);
  assert.equal(known.has(known.identify(alarm(), 0)), true);
  clock.pass(1);
  assert.equal(known.has(known.identify(alarm(), 0)), false);
  known.add(identity);
  known.forget(identity);
  assert.equal(known.has(identity), false);
});

test('two alarms of one delivery that say the same are two', () => {
  const { known } = make();
  known.add(known.identify(alarm(), 0));
  assert.equal(known.has(known.identify(alarm(), 1)), false);
});

test('without a time of the device, or cut off, nothing is the same', () => {
  const { known } = make();
  for (const draft of [draftOf(), alarm({ truncated: true })]) {
    known.add(known.identify(draft, 0));
    assert.equal(known.has(known.identify(draft, 0)), false);
  }
});

test("the vendor's own key is known for seconds, whatever else is said", () => {
  const { known, clock } = make();
  known.add(known.identify(alarm({}, { key: 'k' }), 0));
  assert.equal(known.has(known.identify(draftOf({}, { key: 'k' }), 3)), true);
  clock.pass(LIMITS.duplicateMs);
  assert.equal(known.has(known.identify(alarm({}, { key: 'k' }), 0)), false);
});

test('an event that came over the stream is known when it is pushed, and the other way round', () => {
  for (const [first, second] of [
    ['alertstream', 'http-push'],
    ['http-push', 'alertstream'],
  ] as const) {
    const { known } = make();
    known.add(known.identify(alarm({ transport: first }), 0));
    const other = alarm({ transport: second, document: { ...TIMED.document, sent: '2' } });
    assert.equal(known.has(known.identify(other, 0)), true);
    assert.equal(
      known.has(known.identify(alarm({ transport: first, document: other.event.document }), 0)),
      false,
    );
  }
});

test('one with a picture is more than the same without, which is known behind it', () => {
  const { known } = make();
  const pictured = alarm({}, { attachments: [pictureOf('one')] });
  const plain = alarm({ transport: 'alertstream' });
  known.add(known.identify(plain, 0));
  assert.equal(known.has(known.identify(pictured, 0)), false);
  const behind = make().known;
  behind.add(behind.identify(pictured, 0));
  assert.equal(behind.has(behind.identify(plain, 0)), true);
});

test('where a vendor has one way only, or nothing is shared, only the same notification is the same', () => {
  for (const { known } of [make({ ways: 1 }), make({ shares: false })]) {
    known.add(known.identify(alarm({ transport: 'alertstream' }), 0));
    assert.equal(known.has(known.identify(alarm({ document: { eventType: 'VMD' } }), 0)), false);
    assert.equal(known.has(known.identify(alarm(), 0)), true);
  }
});

test('a notification of an earlier run is known for what is left of its while', () => {
  const { known, clock } = make();
  const { own = '' } = known.identify(alarm(), 0);
  known.recall(own, LIMITS.sameNotificationMs - 1_000);
  clock.pass(999);
  assert.equal(known.has(known.identify(alarm(), 0)), true);
  clock.pass(1);
  assert.equal(known.has(known.identify(alarm(), 0)), false);
});
