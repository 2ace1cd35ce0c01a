import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Kept } from '../../src/inbox/spool/spool.js';
import type { Stored } from '../../src/inbox/store.js';
import { FakeDisk } from '../support/fake-disk.js';
import { CAMERAS, keep, makeSpool, wordAlarm, wordOf, wordsOf } from '../support/spooling.js';

async function openSpool(disk: FakeDisk, changed = {}, sync = true) {
  const made = makeSpool({ disk, changed, sync });
  return { ...made, recovered: await made.spool.open() };
}

test('an alarm is kept when it is written and synced, not before', async () => {
  const disk = new FakeDisk();
  const { spool } = await openSpool(disk);
  const goOn = disk.hold();
  let isKept = false;
  const kept = keep(spool, wordAlarm('one')).then(() => {
    isKept = true;
  });
  await new Promise(setImmediate);
  assert.equal(isKept, false);
  goOn();
  await kept;
  assert.deepEqual(disk.deeds, ['list', 'create', 'append', 'sync']);
});

test('without sync nothing is synced', async () => {
  const disk = new FakeDisk();
  const { spool } = await openSpool(disk, {}, false);
  await keep(spool, wordAlarm('one'));
  assert.deepEqual(disk.deeds, ['list', 'create', 'append']);
});

test('what arrives while something is written shares the next write and its sync, and is told in order', async () => {
  const disk = new FakeDisk();
  const { spool } = await openSpool(disk);
  const goOn = disk.hold();
  const told: string[] = [];
  const first = keep(spool, wordAlarm('0')).then(() => told.push('0'));
  await new Promise(setImmediate);
  const more = Array.from({ length: 50 }, (_, index) =>
    keep(spool, wordAlarm(`${index + 1}`)).then(() => told.push(`${index + 1}`)),
  );
  goOn();
  await Promise.all([first, ...more]);
  assert.deepEqual(disk.deeds.slice(1), ['create', 'append', 'sync', 'append', 'sync']);
  assert.deepEqual(
    told,
    Array.from({ length: 51 }, (_, index) => `${index}`),
  );
});

test('what is kept can be read again as it was, however often', async () => {
  const { spool } = await openSpool(new FakeDisk());
  const alarm = wordAlarm('one', CAMERAS[1], 5_000);
  const stored = await keep(spool, alarm);
  for (let count = 0; count < 2; count++) assert.deepEqual(await stored.load(), alarm.draft);
});

test('what was kept in an earlier run and not settled comes back in order, the rest is only known', async () => {
  const disk = new FakeDisk();
  const { spool } = await openSpool(disk);
  const stored: Stored[] = [];
  for (const word of ['1', '2', '3', '4']) stored.push(await keep(spool, wordAlarm(word)));
  stored[1]?.settle();
  await spool.close();
  const again = makeSpool({ disk });
  const { unsettled, seen } = await again.spool.open();
  assert.deepEqual(await wordsOf(unsettled), ['1', '3', '4']);
  assert.deepEqual(
    seen.map(({ keys }) => keys[0]),
    ['1', '2', '3', '4'].map((word) => `key of ${word}`),
  );
  assert.equal(again.spool.size, 3);
});

test('when all is settled a close leaves nothing on disk, and counts nothing', async () => {
  const disk = new FakeDisk();
  const { spool } = await openSpool(disk, { spoolSegmentBytes: 1_000 });
  const stored: Stored[] = [];
  for (let count = 0; count < 10; count++) stored.push(await keep(spool, wordAlarm(`${count}`)));
  assert.ok(disk.files.size > 3, `${disk.files.size} segments`);
  for (const each of stored) each.settle();
  await spool.close();
  assert.equal(disk.files.size, 0);
  assert.deepEqual([spool.size, spool.liveBytes], [0, 0]);
});

test('nothing is kept before it is open, nor when it is closed; what is being written then is finished', async () => {
  const disk = new FakeDisk();
  const { spool } = makeSpool({ disk });
  await assert.rejects(keep(spool, wordAlarm('early')), { code: 'SPOOL_FAILED' });
  await spool.open();
  const kept = keep(spool, wordAlarm('one'));
  await Promise.all([spool.close(), kept]);
  await assert.rejects(keep(spool, wordAlarm('late')), { code: 'SPOOL_FAILED' });
  const { recovered } = await openSpool(disk);
  assert.deepEqual(await wordsOf(recovered.unsettled), ['one']);
});

test('what is settled twice is settled once', async () => {
  const { spool } = await openSpool(new FakeDisk());
  const one = await keep(spool, wordAlarm('one'));
  await keep(spool, wordAlarm('two'));
  one.settle();
  one.settle();
  assert.equal(spool.size, 1);
});

test('what comes gets a higher number than all that is left of earlier runs', async () => {
  const disk = new FakeDisk();
  const left: number[] = [];
  for (let run = 0; run < 5; run++) {
    const { spool, recovered } = await openSpool(disk, { spoolSegmentBytes: 2_000 });
    const numbers = recovered.unsettled.map(({ number }) => number);
    assert.deepEqual(numbers, left);
    const stored: Kept[] = [];
    for (let count = 0; count < 10; count++)
      stored.push(await keep<Kept>(spool, wordAlarm(`${run} ${count}`)));
    numbers.push(...stored.map(({ number }) => number));
    assert.deepEqual(
      [...new Set(numbers)].sort((a, b) => a - b),
      numbers,
    );
    for (const each of stored.slice(1)) each.settle();
    left.push(stored[0]?.number ?? 0);
    await spool.close();
  }
});

test('no more are kept than there is room for, and there is room again for what was settled', async () => {
  const { spool } = await openSpool(new FakeDisk(), { spoolEvents: 3 });
  const stored = [];
  for (const word of ['1', '2', '3']) stored.push(await keep(spool, wordAlarm(word)));
  await assert.rejects(keep(spool, wordAlarm('4')), { code: 'SPOOL_FULL' });
  stored[0]?.settle();
  await keep(spool, wordAlarm('5'));
  assert.equal(spool.size, 3);
});

test('no more bytes are kept than there is room for, and what is refused costs no place', async () => {
  const { spool } = await openSpool(new FakeDisk(), { spoolBytes: 10_000 });
  await keep(spool, wordAlarm('1', CAMERAS[0], 8_000));
  await assert.rejects(keep(spool, wordAlarm('2', CAMERAS[0], 8_000)), { code: 'SPOOL_FULL' });
  assert.equal(spool.size, 1);
  await keep(spool, wordAlarm('3', CAMERAS[1]));
});

test('what an earlier run left counts, so that a crash makes no more room', async () => {
  const disk = new FakeDisk();
  const first = await openSpool(disk, { spoolEvents: 2 });
  await keep(first.spool, wordAlarm('1'));
  await keep(first.spool, wordAlarm('2'));
  const { spool } = await openSpool(disk.crash(), { spoolEvents: 2 });
  await assert.rejects(keep(spool, wordAlarm('3')), { code: 'SPOOL_FULL' });
});

for (const [deed, code] of [
  ['append', 'ENOSPC'],
  ['sync', 'EIO'],
  ['create', 'EACCES'],
  ['create', 'EIO'],
] as const) {
  test(`what cannot be kept because of ${code} at ${deed} is refused, told once, and kept again when that is over`, async () => {
    const disk = new FakeDisk();
    const { spool, troubles, clock } = await openSpool(disk);
    disk.fail(deed, code);
    for (const word of ['1', '2', '3'])
      await assert.rejects(keep(spool, wordAlarm(word)), { code: 'SPOOL_FAILED' });
    assert.deepEqual(
      troubles.map((trouble) => trouble?.code),
      ['SPOOL_FAILED'],
    );
    assert.match(troubles[0]?.message ?? '', new RegExp(code));
    assert.equal(spool.size, 0);
    disk.fail(deed, undefined);
    clock.pass(2_000);
    await new Promise(setImmediate);
    assert.equal(troubles.length, 2);
    assert.equal(troubles[1], undefined);
    await keep(spool, wordAlarm('4'));
    const { recovered } = await openSpool(disk.crash());
    assert.deepEqual(await wordsOf(recovered.unsettled), ['4']);
  });
}

test('a disk that stays full does not get one file more with each try', async () => {
  const disk = new FakeDisk();
  const { spool, clock } = await openSpool(disk);
  await keep(spool, wordAlarm('1'));
  disk.fail('append', 'ENOSPC');
  for (let count = 0; count < 100; count++) {
    await assert.rejects(keep(spool, wordAlarm('2')));
    clock.pass(2_000);
    await new Promise(setImmediate);
  }
  assert.ok(disk.files.size <= 2, `${disk.files.size} files`);
});

test('while it cannot be written what is settled is remembered, and written when it can', async () => {
  const disk = new FakeDisk();
  const { spool, clock } = await openSpool(disk);
  const one = await keep(spool, wordAlarm('one'));
  await keep(spool, wordAlarm('two'));
  disk.fail('append', 'ENOSPC');
  one.settle();
  await new Promise(setImmediate);
  disk.fail('append', undefined);
  clock.pass(2_000);
  await spool.close();
  const { recovered } = await openSpool(disk);
  assert.deepEqual(await wordsOf(recovered.unsettled), ['two']);
});

test('a disk that cannot be read is told, and opened when it can', async () => {
  const disk = new FakeDisk();
  const { spool, troubles } = makeSpool({ disk });
  disk.fail('list', 'EACCES');
  await assert.rejects(spool.open(), { code: 'SPOOL_FAILED' });
  await assert.rejects(keep(spool, wordAlarm('one')), { code: 'SPOOL_FAILED' });
  disk.fail('list', undefined);
  await spool.open();
  await keep(spool, wordAlarm('one'));
  assert.deepEqual(
    troubles.map((trouble) => trouble?.code),
    ['SPOOL_FAILED', undefined],
  );
});

test('an alarm whose record is damaged is told as such when it is read, and can still be settled', async () => {
  const disk = new FakeDisk();
  const { spool } = await openSpool(disk);
  const stored = await keep(spool, wordAlarm('one'));
  for (const [name, content] of disk.files) disk.put(name, content.fill(0, 100, 200));
  await assert.rejects(stored.load(), { code: 'SPOOL_DAMAGED' });
  stored.settle();
  assert.equal(spool.size, 0);
});

test('two that are kept are told apart even if they say the same', async () => {
  const { spool } = await openSpool(new FakeDisk());
  const [one, two] = [await keep(spool, wordAlarm('same')), await keep(spool, wordAlarm('same'))];
  one.settle();
  assert.equal(wordOf(await two.load()), 'same');
  assert.equal(spool.size, 1);
});
