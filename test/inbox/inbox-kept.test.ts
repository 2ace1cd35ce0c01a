import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmEvent } from '../../src/event.js';
import { LIMITS } from '../../src/limits.js';
import type { AlarmDraft } from '../../src/notification.js';
import { draftOf, pictureOf } from '../support/drafts.js';
import { makeKeptInbox } from '../support/kept-inbox.js';
import { joinInbox, nextTurn } from '../support/listener.js';
import { wordOf } from '../support/spooling.js';

/** By its word it is known again, and by its time when it comes twice. */
const alarm = (word: string, event: Partial<AlarmEvent> = {}, marks: Partial<AlarmDraft> = {}) =>
  draftOf({ timeRaw: `time of ${word}`, document: { word }, ...event }, marks);

test('a delivery is taken and its alarm in the flow when it is kept, not before', async () => {
  const { inbox, store, accept } = makeKeptInbox();
  const { alarms } = joinInbox(inbox);
  const state = accept(alarm('a'));
  await nextTurn();
  assert.deepEqual([state, alarms.size], [{}, 0]);
  store.go();
  await nextTurn();
  assert.deepEqual([state, alarms.size], [{ outcome: 'accepted' }, 1]);
});

test('a delivery of several alarms is taken when all are kept, and not when one is not', async () => {
  const { inbox, store, accept } = makeKeptInbox();
  const { alarms } = joinInbox(inbox);
  const good = accept(alarm('a'), alarm('b'));
  store.go();
  await nextTurn();
  assert.deepEqual(good, {});
  store.go();
  await nextTurn();
  assert.equal(good.outcome, 'accepted');
  const bad = accept(alarm('c'), alarm('d'));
  store.go();
  store.fail();
  await nextTurn();
  assert.equal(bad.code, 'SPOOL_FAILED');
  const again = accept(alarm('c'), alarm('d'));
  assert.equal(store.asked.length, 1, 'the one that was kept is kept again');
  store.go();
  await nextTurn();
  assert.deepEqual([again.outcome, alarms.size], ['accepted', 4]);
});

test('the same again while the first is being written waits for it, and is taken with it', async () => {
  const { inbox, store, accept } = makeKeptInbox();
  const { alarms } = joinInbox(inbox);
  const [first, second] = [accept(alarm('a')), accept(alarm('a'))];
  await nextTurn();
  assert.deepEqual([first, second, store.asked.length], [{}, {}, 1]);
  store.go();
  await nextTurn();
  assert.deepEqual([first.outcome, second.outcome, alarms.size], ['accepted', 'accepted', 1]);
  assert.equal(store.asked.length, 0);
});

test('the same again fails with the first, and is new behind it', async () => {
  const { inbox, store, accept } = makeKeptInbox();
  const { alarms } = joinInbox(inbox);
  const [first, second] = [accept(alarm('a')), accept(alarm('a'))];
  store.fail();
  await nextTurn();
  assert.deepEqual([first.code, second.code], ['SPOOL_FAILED', 'SPOOL_FAILED']);
  const third = accept(alarm('a'));
  store.go();
  await nextTurn();
  assert.deepEqual([third.outcome, alarms.size], ['accepted', 1]);
  const fourth = accept(alarm('a'));
  await nextTurn();
  assert.deepEqual([fourth.outcome, alarms.size, store.asked.length], ['accepted', 1, 0]);
});

test('an end that devices restate is news behind a start that is kept, not behind one that was refused', async () => {
  const { inbox, store, accept } = makeKeptInbox();
  const { alarms } = joinInbox(inbox);
  const start = (word: string) => alarm(word, { state: 'active' }, { restated: true });
  const end = (word: string) => alarm(word, { state: 'inactive' }, { restated: true });
  accept(start('a'));
  store.fail();
  assert.equal(accept(end('b')).code, undefined);
  assert.equal(store.asked.length, 0);
  accept(start('a'));
  store.go();
  accept(end('c'));
  store.go();
  await nextTurn();
  assert.equal(alarms.size, 2);
  accept(end('d'));
  assert.equal(store.asked.length, 0);
});

test('an event and its picture that came by itself are settled together', async () => {
  const { inbox, store, accept, clock } = makeKeptInbox();
  const { alarms } = joinInbox(inbox);
  accept(alarm('event', {}, { awaits: '7' }));
  store.go();
  accept(alarm('picture', { type: 'snap' }, { brings: '7', attachments: [pictureOf('p')] }));
  store.go();
  const { receipt, attachments } = await alarms.take();
  assert.equal(attachments.length, 1);
  clock.pass(LIMITS.pictureJoinMs);
  assert.deepEqual(store.settled, []);
  receipt?.handed();
  clock.pass(LIMITS.flowMs);
  assert.deepEqual(store.settled, ['event', 'picture']);
});

test('an event that is not confirmed comes again with the picture that came by itself, named as the first time', async () => {
  const { inbox, store, accept, clock } = makeKeptInbox(true);
  const { alarms } = joinInbox(inbox);
  accept(alarm('event', {}, { awaits: '7', attachments: [pictureOf('own')] }));
  store.go();
  accept(alarm('picture', { type: 'snap' }, { brings: '7', attachments: [pictureOf('p')] }));
  store.go();
  const first = await alarms.take();
  first.receipt?.handed();
  clock.pass(LIMITS.confirmMs);
  const second = await alarms.take();
  assert.deepEqual(second.attachments, first.attachments);
  assert.deepEqual(second.event, { ...first.event, redelivered: true });
  assert.equal(inbox.confirm(second.receipt?.id ?? ''), true);
  assert.deepEqual(store.settled, ['event', 'picture']);
});

test('a picture that events have is settled with them when the inbox stops, so that it does not come alone', async () => {
  const { inbox, store, accept, clock } = makeKeptInbox();
  const { alarms } = joinInbox(inbox);
  accept(alarm('event', {}, { awaits: '7' }));
  store.go();
  accept(alarm('picture', { type: 'snap' }, { brings: '7', attachments: [pictureOf('p')] }));
  store.go();
  (await alarms.take()).receipt?.handed();
  clock.pass(LIMITS.flowMs);
  assert.deepEqual(store.settled, ['event']);
  inbox.stop();
  assert.deepEqual(store.settled, ['event', 'picture']);
});

test('what waits for a picture when the last subscriber leaves comes to the next one, with its picture', async () => {
  const { inbox, store, accept, clock } = makeKeptInbox();
  const first = joinInbox(inbox);
  accept(alarm('event', {}, { awaits: '7' }));
  store.go();
  first.leave();
  const { alarms } = joinInbox(inbox);
  await nextTurn();
  accept(alarm('picture', { type: 'snap' }, { brings: '7', attachments: [pictureOf('p')] }));
  store.go();
  clock.pass(1_000);
  const { attachments, receipt } = await alarms.take();
  assert.equal(attachments.length, 1);
  receipt?.handed();
  clock.pass(LIMITS.pictureJoinMs);
  assert.deepEqual([store.settled, alarms.size], [['event', 'picture'], 0]);
});

test('what an earlier run left comes before what is new of its device, marked; what it had seen is no news', async () => {
  const { inbox, store, accept, clock } = makeKeptInbox();
  const about = {
    path: '/x',
    vendor: 'raysharp',
    device: draftOf().event.device.id,
    receivedAt: clock.now(),
  } as const;
  for (const word of ['a', 'b'])
    inbox.restore({ ...store.stored(alarm(word)), about: { ...about, keys: [] } });
  accept(alarm('c'));
  const { keys } = store.asked[0]?.[0] ?? { keys: [] };
  store.go();
  const { alarms } = joinInbox(inbox);
  const words: string[] = [];
  for (let count = 0; count < 3; count++) {
    await nextTurn();
    clock.pass(1_000);
    const each = await alarms.take();
    words.push(`${wordOf(each)} ${each.event.redelivered ?? false}`);
  }
  assert.deepEqual(words, ['a true', 'b true', 'c false']);
  const next = makeKeptInbox();
  next.inbox.recall({ ...about, keys });
  const state = next.accept(alarm('c'));
  await nextTurn();
  assert.deepEqual([state.outcome, next.store.asked.length], ['accepted', 0]);
});

test('a heartbeat and what cannot be read are kept nowhere', async () => {
  const { inbox, store, accept } = makeKeptInbox();
  joinInbox(inbox);
  assert.deepEqual(store.asked, []);
  const state = accept(alarm('a', { kind: 'heartbeat' }));
  await nextTurn();
  assert.deepEqual([state.outcome, store.asked.length], ['heartbeat', 0]);
});
