import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Archives } from '../../src/archive/archives.js';
import type { ArchiveDisk } from '../../src/archive/disk.js';
import { LIMITS } from '../../src/limits.js';
import { alarm, archiveIn, filesIn, folderOf, keeper } from '../support/archive-folder.js';

const DAY = 86_400_000;

/** An archive whose rounds can be awaited: the last thing of each is to plan the next. */
function kept(t: TestContext, changed?: (disk: ArchiveDisk) => Partial<ArchiveDisk>) {
  const one = archiveIn(t, changed);
  const round = async (milliseconds: number) => {
    const before = one.clock.waiting;
    one.clock.pass(milliseconds);
    while (one.clock.waiting < before) await turn();
  };
  const days = () =>
    existsSync(one.root) ? readdirSync(one.root).filter((name) => name !== '.writing') : [];
  /** Kept on the day it happened. */
  const keep = (id: string) =>
    one.archive.keep(alarm({ id, time: new Date(one.clock.now()).toISOString().replace('Z', '+00:00') }));
  return { ...one, round, days, keep };
}

test('what is older than so many days is removed at the start and then each day', async (t) => {
  const { archive, clock, round, days, keep } = kept(t);
  for (let day = 0; day < 5; day++) {
    await keep(`id${day}`);
    clock.pass(DAY);
  }
  const leave = archive.add(keeper(2));
  assert.equal(clock.next, LIMITS.archiveFirstMs);
  await round(LIMITS.archiveFirstMs);
  assert.deepEqual(days(), ['2026-11-25', '2026-11-26']);
  assert.equal(clock.next, LIMITS.archiveRoundMs);
  await round(DAY);
  assert.deepEqual(days(), ['2026-11-26']);
  await round(DAY);
  assert.deepEqual(days(), []);
  leave();
  assert.equal(clock.waiting, 0);
});

test('with 0 days pictures stay for ever', async (t) => {
  const { archive, root, clock, round, keep } = kept(t);
  await keep('id1');
  archive.add(keeper(0));
  clock.jump(20_000 * DAY);
  await round(LIMITS.archiveFirstMs);
  assert.equal(filesIn(root).length, 3);
});

test('of several who use a folder the longest time holds', async (t) => {
  const { archive, root, clock, round, keep } = kept(t);
  await keep('id1');
  const leave = [keeper(1), keeper(0), keeper(10)].map((user) => archive.add(user));
  clock.jump(5 * DAY);
  await round(LIMITS.archiveFirstMs);
  assert.equal(filesIn(root).length, 3);
  leave[1]?.();
  clock.jump(-DAY);
  await round(DAY);
  assert.equal(filesIn(root).length, 3);
  leave[2]?.();
  await round(DAY);
  assert.deepEqual(filesIn(root), []);
});

test('an alarm of a device whose clock is years off stays as long as any other', async (t) => {
  const { archive, root, clock, round } = kept(t);
  await archive.keep(alarm({ id: 'past', time: '1970-01-01T00:00:00Z' }));
  await archive.keep(alarm({ id: 'future', time: '2099-01-01T00:00:00Z' }));
  archive.add(keeper(3));
  await round(LIMITS.archiveFirstMs);
  for (let day = 0; day < 3; day++) await round(DAY);
  assert.equal(filesIn(root).length, 6);
  await round(DAY);
  assert.deepEqual(filesIn(root), []);
  assert.ok(clock.waiting);
});

test('only what we put there is removed', async (t) => {
  const { archive, root, base, clock, round, keep } = kept(t);
  const [picture = ''] = await keep('id1');
  const place = path.dirname(picture);
  const outside = path.join(base, 'outside');
  mkdirSync(outside);
  writeFileSync(
    path.join(outside, '08-15-30 line-crossing.json'),
    readFileSync(picture.replace(/ scene-1\.jpg$/, '.json')),
  );
  writeFileSync(path.join(outside, '08-15-30 line-crossing scene-1.jpg'), 'theirs');
  const record = readFileSync(picture.replace(/ scene-1\.jpg$/, '.json'), 'utf8');
  const theirs = {
    [path.join(root, '2000-01-01 my album', 'Gate', path.basename(picture).replace(' scene-1.jpg', '.json'))]:
      record,
    [path.join(root, '2000-01-01 my album', 'Gate', path.basename(picture))]: 'copied',
    [path.join(place, 'notes.txt')]: 'theirs',
    [path.join(place, '08-15-30 other scene-1.jpg')]: 'theirs',
    [path.join(place, '08-15-30 broken.json')]: '{',
    [path.join(place, '08-15-30 foreign.json')]: '{"pictures":[]}',
    [path.join(place, '08-15-30 null.json')]: 'null',
    [path.join(place, '08-15-30 sly.json')]: JSON.stringify({
      cameraAlarmsArchive: 1,
      keptAt: 'whenever',
      pictures: [{ file: '08-15-30 other scene-1.jpg' }],
    }),
    [path.join(root, '2000-01-01 my album', 'a.jpg')]: 'theirs',
    [path.join(root, 'readme.txt')]: 'theirs',
    [path.join(root, '2000-13-01', 'Gate', '08-15-30 x.json')]: 'theirs',
  };
  for (const [file, content] of Object.entries(theirs)) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  const sly = path.join(place, '08-15-30 reaching out.json');
  const names = [
    'notes.txt',
    '../notes.txt',
    '08-15-30 reaching out/../notes.txt',
    '08-15-30 other scene-1.jpg',
  ];
  const pictures = names.map((file) => ({ file }));
  writeFileSync(sly, JSON.stringify({ cameraAlarmsArchive: 1, keptAt: '2000-01-01T00:00:00Z', pictures }));
  mkdirSync(path.join(root, '2001-01-01'));
  symlinkSync(outside, path.join(root, '2001-01-01', 'Gate'));
  symlinkSync(path.dirname(outside), path.join(root, '2001-01-02'));

  archive.add(keeper(1));
  clock.jump(100 * DAY);
  await round(LIMITS.archiveFirstMs);
  for (const file of Object.keys(theirs)) assert.ok(existsSync(file), file);
  assert.equal(readdirSync(outside).length, 2);
  assert.equal(existsSync(picture), false);
  assert.equal(existsSync(sly), false, 'a record is ours, and is removed alone');
});

test('what a power cut left half-written is removed, and what is being written is not', async (t) => {
  const { archive, root, clock, round } = kept(t);
  const unfinished = path.join(root, '.writing');
  mkdirSync(unfinished, { recursive: true });
  for (const [name, minutes] of [
    ['old', 60],
    ['new', 1],
  ] as const) {
    writeFileSync(path.join(unfinished, name), 'half a pict');
    const time = clock.now() / 1000 - minutes * 60;
    utimesSync(path.join(unfinished, name), time, time);
  }
  archive.add(keeper(0));
  await round(LIMITS.archiveFirstMs);
  assert.deepEqual(readdirSync(unfinished), ['new']);
});

test('what cannot be removed is told once, keeps nothing else from being removed, and is told again after it was good', async (t) => {
  let stuck: string | undefined = 'id1';
  const { archive, root, clock, round, keep } = kept(t, (real) => ({
    remove: async (file) => {
      if (stuck !== undefined && file.endsWith('08-15-30 line-crossing scene-1.jpg'))
        throw Object.assign(new Error('x'), { code: 'EACCES' });
      await real.remove(file);
    },
  }));
  const user = keeper(1);
  clock.jump(25_000 + 3_600_000);
  await keep('id1');
  clock.pass(1_000);
  await keep('id2');
  clock.jump(10 * DAY);
  archive.add(user);
  for (const wait of [LIMITS.archiveFirstMs, DAY, DAY]) await round(wait);
  assert.deepEqual(user.told, [
    'old pictures cannot be removed from the archive (Node-RED may not write there, EACCES)',
  ]);
  assert.equal(filesIn(root).length, 3);
  stuck = undefined;
  await round(DAY);
  assert.deepEqual(filesIn(root), []);
  stuck = 'id3';
  await archive.keep(alarm({ time: '2000-01-01T08:15:30Z' }));
  clock.jump(10 * DAY);
  await round(DAY);
  assert.equal(user.told.length, 2);
});

test('who leaves ends the round that is under way', async (t) => {
  const events = new EventTarget();
  let reads = 0;
  let go: () => void = () => undefined;
  const { archive, root, clock, keep } = kept(t, (real) => ({
    read: async (...about) => {
      if (reads++ === 0) {
        events.dispatchEvent(new Event('reading'));
        await new Promise<void>((resolve) => {
          go = resolve;
        });
      }
      return real.read(...about);
    },
  }));
  for (const id of ['id1', 'id2', 'id3']) {
    await keep(id);
    clock.pass(1_000);
  }
  clock.jump(10 * DAY);
  const leave = archive.add(keeper(1));
  const reading = once(events, 'reading');
  clock.pass(LIMITS.archiveFirstMs);
  await reading;
  leave();
  go();
  while (filesIn(root).length > 6) await turn();
  // The disk has time for much more.
  for (let times = 0; times < 200; times++) await stat(root);
  assert.equal(filesIn(root).length, 6);
  assert.equal(reads, 1);
  assert.equal(clock.waiting, 0);
});

test('users of the same folder share one archive, however they write it', async (t) => {
  const home = folderOf(t);
  const archives = new Archives();
  const one = archives.open('archive', home, keeper(1), LIMITS);
  const two = archives.open(path.join(home, 'x', '..', 'archive'), home, keeper(2), LIMITS);
  assert.equal(one.archive, two.archive);
  await one.leave();
  await two.leave();
  const three = archives.open('archive', home, keeper(1), LIMITS);
  assert.notEqual(three.archive, one.archive);
  await three.archive.keep(alarm());
  await three.leave();
  assert.equal(filesIn(path.join(home, 'archive')).length, 3);
});
