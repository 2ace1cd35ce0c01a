import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmError } from '../../src/errors.js';
import { Backlog, type KeepOptions } from '../../src/inbox/backlog.js';
import { Inbox } from '../../src/inbox/inbox.js';
import { MemoryStore } from '../../src/inbox/memory-store.js';
import { LIMITS } from '../../src/limits.js';
import type { Vendor } from '../../src/notification.js';
import { FakeDisk } from '../support/fake-disk.js';
import { drain, joinInbox, nextTurn } from '../support/listener.js';
import { ManualClock } from '../support/manual-clock.js';
import { CAMERAS, keep, wordDraft, wordOf } from '../support/spooling.js';

const AGE_MS = LIMITS.spoolAgeHours * 3_600_000;

const vendorOf = (id: Vendor['id']): Vendor => ({
  id,
  decode: () => [],
  reply: () => ({ status: 200, headers: {}, body: '' }),
});

function make(options: KeepOptions | undefined, clock = new ManualClock()) {
  const errors: string[] = [];
  const troubles: (AlarmError | undefined)[] = [];
  const backlog = new Backlog(options, LIMITS, clock, {
    onTrouble: (trouble) => troubles.push(trouble),
    onError: (error) => errors.push((error as AlarmError).code),
  });
  let ids = 0;
  const inboxAt = (path: string, vendor: Vendor['id'] = 'raysharp') => {
    const keeping = backlog.keeping(path);
    const inbox = new Inbox(vendorOf(vendor), () => `id${++ids}`, LIMITS, {
      clock,
      keeping,
      announces: false,
    });
    backlog.join(path, inbox);
    return joinInbox(inbox);
  };
  /** As an inbox of that path does it. */
  const keepAt = async (path: string, ...words: string[]) => {
    const { store } = backlog.keeping(path) ?? assert.fail('nothing is kept');
    for (const [index, word] of words.entries()) {
      const draft = wordDraft(word, CAMERAS[index % CAMERAS.length]);
      draft.event.receivedAt = new Date(clock.now()).toISOString();
      await keep(store, { path, draft, keys: [] });
    }
  };
  return { backlog, clock, errors, troubles, inboxAt, keepAt };
}

const onDisk = (disk: FakeDisk): KeepOptions => ({ disk, sync: true, confirmed: false });

/** Time for all that waits. */
async function settle(clock: ManualClock): Promise<void> {
  for (let count = 0; count < 20; count++) {
    clock.pass(100);
    await nextTurn();
  }
}

/** A disk of a listener that was killed. */
async function left(clock: ManualClock, words: Readonly<Record<string, string[]>>): Promise<FakeDisk> {
  const disk = new FakeDisk();
  const { backlog, keepAt } = make(onDisk(disk), clock);
  await backlog.open();
  for (const [path, each] of Object.entries(words)) await keepAt(path, ...each);
  return disk.crash();
}

test('without a disk nothing is kept, unless flows confirm: then in memory', () => {
  assert.equal(make(undefined).backlog.keeping('/a'), undefined);
  assert.equal(make({ sync: false, confirmed: false }).backlog.keeping('/a'), undefined);
  const { backlog } = make({ sync: false, confirmed: true });
  const keeping = backlog.keeping('/a');
  assert.ok(keeping?.store instanceof MemoryStore);
  assert.deepEqual([keeping.path, keeping.confirmed, backlog.open()], ['/a', true, undefined]);
});

test('each path gets what was left to it, also one that comes late', async () => {
  const clock = new ManualClock();
  const disk = await left(clock, { '/a': ['a1', 'a2'], '/b': ['b1'] });
  const { backlog, inboxAt } = make(onDisk(disk), clock);
  const first = inboxAt('/a');
  await backlog.open();
  await settle(clock);
  assert.deepEqual((await drain(first.alarms)).map(wordOf), ['a1', 'a2']);
  const late = inboxAt('/b');
  await settle(clock);
  const alarms = await drain(late.alarms);
  assert.deepEqual(
    alarms.map((each) => `${wordOf(each)} ${each.event.redelivered}`),
    ['b1 true'],
  );
});

test('a path that belongs to another vendor now does not get it', async () => {
  const clock = new ManualClock();
  const disk = await left(clock, { '/a': ['a1'] });
  const { backlog, inboxAt } = make(onDisk(disk), clock);
  await backlog.open();
  const other = inboxAt('/a', 'isapi');
  await settle(clock);
  assert.equal(other.alarms.size, 0);
  backlog.leave('/a');
  const own = inboxAt('/a');
  await settle(clock);
  assert.equal(own.alarms.size, 1);
});

test('what is too old is told and given out no more', async () => {
  const clock = new ManualClock();
  const disk = await left(clock, { '/a': ['old'] });
  clock.pass(AGE_MS);
  const later = make(onDisk(disk), clock);
  await later.backlog.open();
  await later.keepAt('/a', 'young');
  await later.backlog.close();
  clock.pass(1);
  const { backlog, inboxAt, errors } = make(onDisk(disk), clock);
  const { alarms } = inboxAt('/a');
  await backlog.open();
  await settle(clock);
  assert.deepEqual([(await drain(alarms)).map(wordOf), errors], [['young'], ['SPOOL_AGED']]);
});

test('a disk that cannot be read is told and tried again, and what is on it comes then', async () => {
  const clock = new ManualClock();
  const disk = await left(clock, { '/a': ['a1'] });
  const { backlog, inboxAt, troubles } = make(onDisk(disk), clock);
  const { alarms } = inboxAt('/a');
  disk.fail('read', 'EIO');
  await backlog.open();
  assert.deepEqual(
    troubles.map((trouble) => trouble?.code),
    ['SPOOL_FAILED'],
  );
  disk.fail('read', undefined);
  await settle(clock);
  assert.equal(troubles.at(-1), undefined);
  await settle(clock);
  assert.deepEqual((await drain(alarms)).map(wordOf), ['a1']);
});

test('closed while its disk cannot be read, it is not tried again', async () => {
  const clock = new ManualClock();
  const disk = await left(clock, { '/a': ['a1'] });
  const { backlog } = make(onDisk(disk), clock);
  disk.fail('list', 'EACCES');
  await backlog.open();
  await backlog.close();
  assert.equal(clock.waiting, 0);
});

test('ten thousand that were left are given out', async () => {
  const clock = new ManualClock();
  const words = Array.from({ length: 10_000 }, (_, index) => `${index}`);
  const disk = new FakeDisk();
  const first = make(onDisk(disk), clock);
  await first.backlog.open();
  const { store } = first.backlog.keeping('/a') ?? assert.fail();
  const receivedAt = new Date(clock.now()).toISOString();
  await Promise.all(
    words.map((word) => {
      const draft = wordDraft(word);
      draft.event.receivedAt = receivedAt;
      return keep(store, { path: '/a', draft, keys: [word] });
    }),
  );
  await first.backlog.close();
  const { backlog, inboxAt } = make(onDisk(disk), clock);
  const { alarms } = inboxAt('/a');
  await backlog.open();
  for (let count = 0; count < 100; count++) {
    await nextTurn();
    clock.pass(1_000 / LIMITS.redeliveriesPerSecond);
  }
  assert.deepEqual((await drain(alarms)).map(wordOf).slice(0, 100), words.slice(0, 100));
});
