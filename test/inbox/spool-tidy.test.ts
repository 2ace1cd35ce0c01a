import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Kept } from '../../src/inbox/spool/spool.js';
import type { Stored } from '../../src/inbox/store.js';
import { type Deed, FakeDisk } from '../support/fake-disk.js';
import { CAMERAS, keep, makeSpool, wordAlarm, wordOf, wordsOf } from '../support/spooling.js';

/** Four records fill a segment. */
const SMALL = { spoolSegmentBytes: 4_000 };
const BYTES = 500;
const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

async function filled(disk: FakeDisk, count: number) {
  const { spool, troubles } = makeSpool({ disk, changed: SMALL });
  await spool.open();
  const stored: Kept[] = [];
  for (let number = 1; number <= count; number++)
    stored.push(await keep<Kept>(spool, wordAlarm(`${number}`, CAMERAS[0], BYTES)));
  return { spool, stored, troubles };
}

/** Waits until that is asked of a disk. */
async function until(disk: FakeDisk, deed: Deed): Promise<void> {
  const before = disk.deeds.length;
  while (!disk.deeds.includes(deed, before)) await Promise.resolve();
}

async function recovered(disk: FakeDisk): Promise<string[]> {
  const { spool } = makeSpool({ disk, changed: SMALL });
  const { unsettled } = await spool.open();
  return wordsOf(unsettled);
}

test('segments of which all is settled are removed while others are not, but for two', async () => {
  const disk = new FakeDisk();
  const { stored } = await filled(disk, 40);
  const old = [...disk.files.keys()].slice(0, 5);
  const dealtWith = stored.filter(({ segment }) => old.includes(segment.name));
  for (const each of dealtWith) each.settle();
  await settled();
  assert.deepEqual(
    old.filter((name) => disk.files.has(name)),
    old.slice(-2),
  );
  assert.equal((await recovered(disk)).length, stored.length - dealtWith.length);
});

test('the space of a segment that is dealt with is used again, and nothing of it comes again', async () => {
  const disk = new FakeDisk();
  const { spool, stored } = await filled(disk, 12);
  for (const each of stored) each.settle();
  await settled();
  const before = disk.files.size;
  const words = Array.from({ length: 10 }, (_, index) => `new ${index}`);
  for (const word of words) await keep(spool, wordAlarm(word, CAMERAS[0], BYTES));
  assert.deepEqual([disk.deeds.filter((deed) => deed === 'reuse').length, disk.files.size], [2, before]);
  assert.deepEqual(await recovered(disk.crash()), words);
});

test('a segment whose space cannot be used again is left alone, and the next one has its own', async () => {
  const disk = new FakeDisk();
  const { spool, stored, troubles } = await filled(disk, 12);
  for (const each of stored) each.settle();
  await settled();
  disk.fail('reuse', 'ENOENT');
  const words = Array.from({ length: 8 }, (_, index) => `new ${index}`);
  for (const word of words) await keep(spool, wordAlarm(word, CAMERAS[0], BYTES));
  assert.deepEqual(troubles, []);
  assert.deepEqual(await recovered(disk.crash()), words);
});

test('whoever stops keeps no space for later', async () => {
  const disk = new FakeDisk();
  const { spool, stored } = await filled(disk, 12);
  for (const each of stored.slice(0, -1)) each.settle();
  await settled();
  assert.equal(disk.files.size, 4);
  await spool.close();
  assert.equal(disk.files.size, 2, 'more than the last alarm and what is settled');
  assert.deepEqual(await recovered(disk), ['12']);
});

test('what is left in an old segment moves on, so that one alarm does not keep a whole segment', async () => {
  const disk = new FakeDisk();
  const { spool, stored } = await filled(disk, 60);
  const before = disk.files.size;
  for (const each of stored.filter((_, index) => index % 12 > 0)) each.settle();
  await settled();
  await keep(spool, wordAlarm('61'));
  await settled();
  assert.ok(disk.files.size <= before / 2, `${disk.files.size} of ${before} segments`);
  const words = ['1', '13', '25', '37', '49', '61'];
  const left = stored.filter((_, index) => index % 12 === 0);
  assert.deepEqual(await wordsOf(left), words.slice(0, -1));
  assert.deepEqual(await recovered(disk.crash()), words);
});

test('what has moved keeps its place in the order, and can be settled', async () => {
  const disk = new FakeDisk();
  const { spool, stored } = await filled(disk, 12);
  for (const each of stored.slice(1)) each.settle();
  await settled();
  await keep(spool, wordAlarm('13'));
  await settled();
  assert.deepEqual(await recovered(disk.crash()), ['1', '13']);
});

test('what has moved and is settled does not come again', async () => {
  const disk = new FakeDisk();
  const { spool, stored } = await filled(disk, 12);
  const [first, ...others] = stored;
  const { segment } = first as Kept;
  for (const each of others) each.settle();
  await settled();
  assert.notEqual(first?.segment, segment);
  first?.settle();
  await spool.close();
  assert.equal(disk.files.size, 0);
});

test('a segment that cannot be removed costs nobody anything, and is removed later', async () => {
  const disk = new FakeDisk();
  const { spool, stored, troubles } = await filled(disk, 12);
  disk.fail('remove', 'EBUSY');
  const before = disk.files.size;
  for (const each of stored) each.settle();
  await settled();
  let told = 0;
  const kept = new Promise<Stored>((resolve) => {
    spool.keep(wordAlarm('13'), (_, stored) => {
      told++;
      if (stored !== undefined) resolve(stored);
    });
  });
  await kept;
  await settled();
  assert.equal(told, 1, 'told more than once');
  assert.deepEqual([spool.size, troubles], [1, []]);
  assert.ok(disk.files.size >= before);
  disk.fail('remove', undefined);
  await keep(spool, wordAlarm('14'));
  await settled();
  assert.equal(disk.files.size, 3, 'more than the one in use and two to be used again');
});

test('a disk that is full while alarms move loses none of them', async () => {
  const disk = new FakeDisk();
  const { spool, stored } = await filled(disk, 12);
  const [first, ...others] = stored as [Kept, ...Kept[]];
  for (const each of others) each.settle();
  const kept = keep(spool, wordAlarm('13'));
  await until(disk, 'read');
  disk.fail('append', 'ENOSPC');
  await kept;
  await settled();
  disk.fail('append', undefined);
  await keep(spool, wordAlarm('14'));
  await settled();
  assert.equal(wordOf(await first.load()), '1');
  assert.deepEqual(await recovered(disk.crash()), ['1', '13', '14']);
});

test('what is settled while it moves stays settled', async () => {
  const disk = new FakeDisk();
  const { spool, stored } = await filled(disk, 12);
  const [first, ...others] = stored as [Kept, ...Kept[]];
  for (const each of others) each.settle();
  await until(disk, 'read');
  await until(disk, 'append');
  first.settle();
  await settled();
  assert.deepEqual([spool.size, spool.liveBytes], [0, 0]);
  await keep(spool, wordAlarm('13'));
  assert.deepEqual(await recovered(disk.crash()), ['13']);
});

test('files that cannot be opened just now are not given up', async () => {
  const disk = new FakeDisk();
  const { spool, stored } = await filled(disk, 12);
  disk.fail('read', 'EMFILE');
  for (const each of stored.slice(1)) each.settle();
  await settled();
  disk.fail('read', undefined);
  await keep(spool, wordAlarm('13'));
  await settled();
  assert.equal(wordOf(await (stored[0] as Kept).load()), '1');
  assert.deepEqual(await recovered(disk.crash()), ['1', '13']);
});

test('what a disk has lost does not hold up the rest, and can still be settled', async () => {
  const disk = new FakeDisk();
  const { spool, stored } = await filled(disk, 12);
  const [first] = stored as [Kept];
  const { name } = first.segment;
  disk.put(name, Buffer.alloc(disk.files.get(name)?.length ?? 0));
  for (const each of stored.slice(1)) each.settle();
  await settled();
  await keep(spool, wordAlarm('13'));
  await settled();
  assert.equal(disk.files.has(name), false);
  await assert.rejects(first.load(), { code: 'SPOOL_DAMAGED' });
  for (const each of stored) each.settle();
  assert.equal(spool.size, 1);
});

test('an alarm that moves on while it is read is read all the same', async () => {
  const disk = new FakeDisk();
  const { stored } = await filled(disk, 12);
  const [first, ...others] = stored as [Kept, ...Kept[]];
  const { segment } = first;
  const readAt = disk.readAt.bind(disk);
  let slow: (() => void) | undefined;
  disk.readAt = async (name, offset, length) => {
    disk.readAt = readAt;
    await new Promise<void>((resolve) => {
      slow = resolve;
    });
    return readAt(name, offset, length);
  };
  const draft = first.load();
  for (const each of others) each.settle();
  await settled();
  assert.notEqual(first.segment, segment);
  slow?.();
  assert.equal(wordOf(await draft), '1');
});

test('many that move do so in steps, so that what arrives does not wait for all of them', async () => {
  const disk = new FakeDisk();
  const { spool } = makeSpool({ disk, changed: { spoolSegmentBytes: 400_000 } });
  await spool.open();
  const stored = await Promise.all(
    Array.from({ length: 600 }, (_, index) => keep(spool, wordAlarm(`${index}`, CAMERAS[0], 0))),
  );
  await keep(spool, wordAlarm('600', CAMERAS[0], 20_000));
  const before = disk.deeds.length;
  for (const [index, each] of stored.entries()) if (index % 3 > 0) each.settle();
  await settled();
  const deeds = disk.deeds.slice(before);
  assert.ok(deeds.filter((deed) => deed === 'read').length <= 64, 'more than a step');
  assert.ok(deeds.filter((deed) => deed === 'sync').length <= 1, 'more than a sync');
});
