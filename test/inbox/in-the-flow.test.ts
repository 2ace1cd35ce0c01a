import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm } from '../../src/event.js';
import { Inbox } from '../../src/inbox/inbox.js';
import { copyOf } from '../../src/inbox/memory-store.js';
import type { Store } from '../../src/inbox/store.js';
import { LIMITS } from '../../src/limits.js';
import type { AlarmDraft, Notification, Vendor } from '../../src/notification.js';
import { draftOf, RECORDER_ADDRESS } from '../support/drafts.js';
import { nextTurn } from '../support/listener.js';
import { ManualClock } from '../support/manual-clock.js';

const NOTIFICATION: Notification = {
  transport: 'http-push',
  receivedAt: new Date(0),
  address: RECORDER_ADDRESS,
  parts: [],
  truncated: false,
};
const MOST = 3;

/** An inbox whose alarms are kept, with a flow that takes each at once. */
function make() {
  const clock = new ManualClock();
  const alarms: Alarm[] = [];
  let settled = 0;
  const store: Store = {
    keep: ({ draft }, done) => done(undefined, { load: async () => copyOf(draft), settle: () => settled++ }),
  };
  const vendor: Vendor = {
    id: 'raysharp',
    decode: (): AlarmDraft[] => [draftOf()],
    reply: () => ({ status: 200, headers: {}, body: '' }),
  };
  const keeping = { store, path: '/raysharp', confirmed: false };
  const limits = { ...LIMITS, inFlight: MOST };
  let number = 0;
  const inbox = new Inbox(vendor, () => `${++number}`, limits, { clock, keeping, announces: false });
  const subscribe = () =>
    inbox.subscribe({
      alarm: (alarm) => {
        alarms.push(alarm);
        alarm.receipt?.handed();
      },
      sign: () => undefined,
    });
  const leave = subscribe();
  const push = () => inbox.accept({ notification: NOTIFICATION, raw: () => Buffer.alloc(0) });
  return { clock, alarms, subscribe, leave, push, inbox, settled: () => settled };
}

test('an alarm that was handed to a flow is kept until the flow had time for it', async () => {
  const { clock, push, settled, alarms } = make();
  await push();
  assert.equal(alarms.length, 1);
  clock.pass(LIMITS.flowMs - 1);
  assert.equal(settled(), 0);
  clock.pass(1);
  assert.equal(settled(), 1);
  assert.equal(clock.waiting, 0);
});

test('a flow that is given many alarms has had time for the oldest', async () => {
  const { push, settled, alarms } = make();
  for (let pushed = 0; pushed < MOST + 2; pushed++) await push();
  assert.equal(alarms.length, MOST + 2);
  assert.equal(settled(), 2);
});

test('what a flow was handed a moment ago comes again when it is restarted: its nodes may not have had it', async () => {
  const { clock, push, leave, settled, subscribe, alarms } = make();
  await push();
  clock.pass(LIMITS.flowMs);
  await push();
  leave();
  assert.equal(settled(), 1);
  subscribe();
  await nextTurn();
  assert.deepEqual(
    alarms.map(({ event }) => [event.id, event.redelivered]),
    [
      ['1', undefined],
      ['2', undefined],
      ['2', true],
    ],
  );
});

test('what a flow was handed a moment ago comes again, before what is new, when its nodes were exchanged', async () => {
  const { clock, push, inbox, settled, alarms } = make();
  await push();
  clock.pass(LIMITS.flowMs);
  await push();
  inbox.pause();
  await push();
  clock.pass(LIMITS.flowMs);
  await nextTurn();
  assert.equal(alarms.length, 2);
  assert.equal(settled(), 1);
  inbox.resume();
  await nextTurn();
  assert.deepEqual(
    alarms.map(({ event }) => [event.id, event.redelivered]),
    [
      ['1', undefined],
      ['2', undefined],
      ['2', true],
      ['3', undefined],
    ],
  );
  clock.pass(LIMITS.flowMs);
  assert.equal(settled(), 3);
});

test('what is handed to a flow while its nodes are exchanged comes again', async () => {
  const { clock, inbox, settled, alarms, subscribe, leave, push } = make();
  leave();
  const held: Alarm[] = [];
  const unsubscribe = inbox.subscribe({ alarm: (alarm) => held.push(alarm), sign: () => undefined });
  await push();
  inbox.pause();
  // Its picture was fetched meanwhile.
  held[0]?.receipt?.handed();
  clock.pass(LIMITS.flowMs);
  assert.equal(settled(), 0);
  unsubscribe();
  subscribe();
  inbox.resume();
  await nextTurn();
  assert.deepEqual(
    alarms.map(({ event }) => [event.id, event.redelivered]),
    [['1', true]],
  );
});

test('what a flow was handed that is removed is for nobody', async () => {
  const { clock, push, leave, settled } = make();
  await push();
  leave(true);
  assert.deepEqual([settled(), clock.waiting], [1, 0]);
});

test('what a flow was handed a moment ago stays kept when the listener is stopped', async () => {
  const { clock, push, inbox, settled } = make();
  await push();
  inbox.stop();
  assert.deepEqual([settled(), clock.waiting], [0, 0]);
});

test('an alarm whose flow is gone when it was loaded is for the flow that follows', async () => {
  const { clock, alarms, leave, inbox, settled, subscribe } = make();
  let load: (draft: AlarmDraft) => void = () => undefined;
  const loaded = () => new Promise<AlarmDraft>((resolve) => (load = resolve));
  const draft = draftOf();
  const about = { path: '', vendor: 'raysharp', device: RECORDER_ADDRESS, receivedAt: 0, keys: [] } as const;
  inbox.restore({ about, load: loaded, settle: () => assert.fail('settled, and nobody had it') });
  leave();
  load(draft);
  await nextTurn();
  assert.equal(alarms.length, 0);
  subscribe();
  // What comes again comes slowly.
  clock.pass(100);
  load(draft);
  await nextTurn();
  assert.deepEqual(
    alarms.map(({ event }) => event.redelivered),
    [true],
  );
  assert.equal(settled(), 0);
});
