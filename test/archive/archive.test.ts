import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Archive } from '../../src/archive/archive.js';
import { archiveDisk } from '../../src/archive/disk.js';
import { LIMITS } from '../../src/limits.js';
import { alarm, archiveIn, filesIn, folderOf, keeper } from '../support/archive-folder.js';
import { pictureOf } from '../support/drafts.js';
import { ManualClock } from '../support/manual-clock.js';

const GATE = '2026-11-22/Gate';
const FILES = [
  `${GATE}/08-15-30 line-crossing scene-1.jpg`,
  `${GATE}/08-15-30 line-crossing scene-2.jpg`,
  `${GATE}/08-15-30 line-crossing.json`,
];
const failing = (code: string) => Promise.reject(Object.assign(new Error(`${code}: /secret/path`), { code }));

test('an alarm lies in the folder of its day and place, by the clock of the device, its pictures byte for byte', async (t) => {
  const { archive, root } = archiveIn(t);
  const message = alarm();
  const files = await archive.keep(message);
  assert.deepEqual(filesIn(root), FILES);
  assert.deepEqual(
    files,
    FILES.slice(0, 2).map((file) => path.join(root, file)),
  );
  assert.deepEqual(readFileSync(files[1] ?? ''), pictureOf('two').content);
});

test('beside it lies what others need to know of it, without bytes and without the document', async (t) => {
  const { archive, root } = archiveIn(t);
  const { payload, ...message } = alarm({ document: { much: 'x' } });
  await archive.keep({
    ...message,
    payload: { ...(payload as object), extra: { raw: Buffer.from('x'), note: 'y' } },
  });
  const { event, pictures, keptAt, cameraAlarmsArchive } = JSON.parse(
    readFileSync(path.join(root, FILES[2] ?? ''), 'utf8'),
  );
  assert.equal(cameraAlarmsArchive, 1);
  assert.equal(keptAt, '2026-11-22T07:15:05.000Z');
  assert.deepEqual(
    [event.id, event.kind, event.device.mac],
    ['0199f0c2d3e400001a2b3c4d', 'line-crossing', '00:00:5e:00:53:31'],
  );
  assert.equal('document' in event, false);
  assert.deepEqual(event.extra, { note: 'y' });
  assert.deepEqual(pictures[0], {
    file: '08-15-30 line-crossing scene-1.jpg',
    bytes: 5,
    contentType: 'image/jpeg',
    role: 'scene',
    cid: '0199f0c2d3e400001a2b3c4d.1@camera-alarms',
  });
});

test('the same alarm again is kept once, also by another process', async (t) => {
  const { archive, root, base, clock } = archiveIn(t);
  const first = await archive.keep(alarm());
  assert.deepEqual(await archive.keep(alarm({ redelivered: true })), first);
  const other = new Archive(archiveDisk(root, base), clock, LIMITS);
  assert.deepEqual(await other.keep(alarm({ redelivered: true })), first);
  assert.deepEqual(filesIn(root), FILES);
});

test('the same alarm with a picture of its own each time, as of two cameras asked for it, is kept each time', async (t) => {
  const { archive, root } = archiveIn(t);
  const of = (cid: string, word: string) => ({ ...alarm(), attachments: [{ ...pictureOf(word), cid }] });
  const [one] = await archive.keep(of('a', 'one'));
  const [two] = await archive.keep(of('b', 'two'));
  assert.notEqual(one, two);
  assert.deepEqual(readFileSync(two ?? ''), pictureOf('two').content);
  assert.equal(filesIn(root).length, 4);
});

test('an alarm that comes again with one more picture is kept again, so that all of it can be removed', async (t) => {
  const { archive, root } = archiveIn(t);
  await archive.keep(alarm({}, ['one']));
  const files = await archive.keep(alarm({}, ['one', 'two']));
  assert.equal(filesIn(root).length, 5);
  const { pictures } = JSON.parse(
    readFileSync(path.join(root, GATE, '08-15-30 line-crossing 2.json'), 'utf8'),
  );
  assert.deepEqual(
    pictures.map(({ file }: { file: string }) => file),
    files.map((file) => path.basename(file)),
  );
});

test('two alarms of the same second with the same picture are two', async (t) => {
  const { archive, root } = archiveIn(t);
  const files = [await archive.keep(alarm({ id: 'id1' })), await archive.keep(alarm({ id: 'id2' }))].flat();
  assert.equal(new Set(files).size, 4);
  assert.equal(filesIn(root).length, 6);
});

test('pictures of one name are told apart, also where small and capital letters are one', async (t) => {
  const { archive } = archiveIn(t);
  const names = ['a.jpg', 'A.JPG', 'a.jpg', 'b:c.jpg', 'b?c.jpg'];
  const attachments = names.map((filename) => ({ filename, content: Buffer.from(filename) }));
  const files = await archive.keep({ ...alarm(), attachments });
  assert.deepEqual(
    files.map((file) => path.basename(file).replace('08-15-30 line-crossing ', '')),
    ['a.jpg', 'A 2.jpg', 'a 3.jpg', 'b-c.jpg', 'b-c 2.jpg'],
  );
  assert.deepEqual(
    files.map((file) => readFileSync(file, 'utf8')),
    names,
  );
});

test('others of the same second get a number, and thousands of them are no work', async (t) => {
  const { archive, root } = archiveIn(t, (real) => ({
    read: (...about) => {
      reads++;
      return real.read(...about);
    },
  }));
  let reads = 0;
  for (let number = 0; number < 30; number++) {
    const [file] = await archive.keep(alarm({ id: `id${number}` }, ['one']));
    const suffix = number === 0 ? '' : number < 9 ? ` ${number + 1}` : ` id${number}`;
    assert.equal(path.basename(file ?? ''), `08-15-30 line-crossing${suffix} scene-1.jpg`);
  }
  assert.equal(filesIn(root).length, 60);
  assert.ok(reads <= 30 * 9, `${reads} reads`);
});

test('nothing that somebody else put there is written over', async (t) => {
  const { archive, root } = archiveIn(t);
  mkdirSync(path.join(root, GATE), { recursive: true });
  for (const file of [FILES[1] ?? '', `${GATE}/08-15-30 line-crossing 2.json`])
    writeFileSync(path.join(root, file), 'mine');
  symlinkSync('/nowhere', path.join(root, GATE, '08-15-30 line-crossing 3 scene-1.jpg'));
  const [file] = await archive.keep(alarm());
  assert.equal(path.basename(file ?? ''), '08-15-30 line-crossing 4 scene-1.jpg');
  assert.equal(readFileSync(path.join(root, FILES[1] ?? ''), 'utf8'), 'mine');
  assert.deepEqual(filesIn(root).filter((name) => / 4/.test(name)).length, 3);
  assert.equal(filesIn(root).length, 6, 'nothing is left of what could not be');
});

test('two processes with one folder keep all of it, each file of one of them', async (t) => {
  const { archive, root, base, clock } = archiveIn(t);
  const other = new Archive(archiveDisk(root, base), clock, LIMITS);
  const kept = await Promise.all(
    Array.from({ length: 40 }, (_, number) => {
      const id = `id${number >> 1}`;
      return (number % 2 === 0 ? archive : other).keep(alarm({ id }, [`${id} one`, `${id} two`]));
    }),
  );
  for (const [number, files] of kept.entries()) {
    const words = files.map((file) => readFileSync(file).subarray(2).toString());
    assert.deepEqual(words, [`id${number >> 1} one`, `id${number >> 1} two`]);
  }
  assert.equal(new Set(kept.flat()).size, 40);
  assert.equal(filesIn(root).length, 60);
});

test('an alarm whose picture could not be written leaves nothing, says why, and is kept when it comes again', async (t) => {
  let isFull = true;
  const { archive, root } = archiveIn(t, (real) => ({
    write: (file, content) =>
      isFull && file.endsWith('scene-2.jpg') ? failing('ENOSPC') : real.write(file, content),
  }));
  await assert.rejects(archive.keep(alarm()), {
    code: 'ARCHIVE_FAILED',
    message: 'the pictures cannot be written to the archive (the disk is full, ENOSPC)',
  });
  assert.deepEqual(filesIn(root), []);
  isFull = false;
  await archive.keep(alarm({ redelivered: true }));
  assert.deepEqual(filesIn(root), FILES);
});

test('what a power cut left in the middle is completed when the alarm comes again', async (t) => {
  const { archive, root } = archiveIn(t);
  await archive.keep(alarm());
  rmSync(path.join(root, FILES[1] ?? ''));
  const files = await archive.keep(alarm({ redelivered: true }));
  assert.deepEqual(filesIn(root), FILES);
  assert.deepEqual(readFileSync(files[1] ?? ''), pictureOf('two').content);
});

test('a disk that is not there is not replaced by a folder', async (t) => {
  const base = path.join(folderOf(t), 'not-mounted');
  const archive = new Archive(archiveDisk(path.join(base, 'archive'), base), new ManualClock(), LIMITS);
  await assert.rejects(archive.keep(alarm()), {
    code: 'ARCHIVE_FAILED',
    message: 'the pictures cannot be written to the archive (the folder cannot be reached, ENOENT)',
  });
  mkdirSync(base);
  assert.equal((await archive.keep(alarm())).length, 2);
});

test('a disk that knows no second name for a file keeps pictures all the same, and writes none over', async (t) => {
  const base = folderOf(t);
  const root = path.join(base, 'archive');
  const disk = archiveDisk(root, base, () => failing('EPERM'));
  const archive = new Archive(disk, new ManualClock(), LIMITS);
  for (const word of ['one', 'other']) await archive.keep(alarm({ id: word }, [word]));
  assert.equal(await disk.write(FILES[0] ?? '', Buffer.from('x')), false);
  assert.deepEqual(
    filesIn(root)
      .filter((file) => file.endsWith('.jpg'))
      .map((file) => readFileSync(path.join(root, file)).subarray(2).toString()),
    ['other', 'one'],
  );
  assert.equal(filesIn(root).length, 4);
});

test('files and folders get the rights that the system gives to new ones', async (t) => {
  const before = process.umask(0o027);
  t.after(() => process.umask(before));
  const { archive } = archiveIn(t);
  const [file = ''] = await archive.keep(alarm());
  if (process.platform === 'win32') return;
  assert.equal(statSync(file).mode & 0o777, 0o640);
  assert.equal(statSync(path.dirname(file)).mode & 0o777, 0o750);
});

test('messages without a picture are not kept', async (t) => {
  const { archive, root } = archiveIn(t);
  for (const message of [
    alarm({}, []),
    { payload: 'text' },
    { payload: undefined, attachments: 'none' },
    { payload: null, attachments: [null, { filename: 'a.txt', content: 'text' }] },
  ])
    assert.deepEqual(await archive.keep(message), []);
  assert.throws(() => statSync(root), { code: 'ENOENT' });
});

test('a picture that belongs to no alarm goes by its topic and our clock', async (t) => {
  const { archive, root } = archiveIn(t);
  const attachments = [{ filename: '../x.HTML', content: Buffer.from('a') }, { content: Buffer.from('b') }];
  await archive.keep({ topic: 'back/yard', payload: 'text', attachments });
  await archive.keep({ topic: 'back/yard', payload: 'text', attachments });
  const names = filesIn(root).filter((name) => name.endsWith('.bin'));
  const clock = new Date(Date.UTC(2026, 10, 22, 7, 15, 5));
  const time = [clock.getHours(), clock.getMinutes(), clock.getSeconds()].map((each) =>
    String(each).padStart(2, '0'),
  );
  assert.deepEqual(
    names,
    [' 2', ''].flatMap((number) =>
      ['picture', 'x'].map((name) => `2026-11-22/back-yard/${time.join('-')} picture${number} ${name}.bin`),
    ),
  );
});

test('an alarm that nobody confirmed is kept as the alarm it is', async (t) => {
  const { archive, root } = archiveIn(t);
  const { payload, attachments } = alarm();
  await archive.keep({ payload: { event: 'undelivered', alarm: payload }, attachments });
  assert.deepEqual(filesIn(root), FILES);
});

test('cameras of a recorder without names are told apart, and a time that is none is ours', async (t) => {
  const { archive, root } = archiveIn(t);
  const { channelName: _, ...event } = alarm().payload as { channelName: string };
  for (const [channel, time] of [
    [1, '2026-11-22T08:15:30'],
    [2, '2026-13-22T08:15:30'],
  ] as const)
    await archive.keep({ ...alarm(), payload: { ...event, channel, time } });
  const folders = new Set(filesIn(root).map((file) => path.posix.dirname(file)));
  assert.deepEqual(folders, new Set(['2026-11-22/192.0.2.31', '2026-11-22/192.0.2.31 2']));
});

test('whatever an alarm is called, its files stay in the folder of a day and a place', async (t) => {
  const { archive, root, base } = archiveIn(t);
  const evil = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '../../etc',
      '..',
      'CON',
      'x'.repeat(300),
      '📷'.repeat(99),
      'Gate...',
      '/etc/x',
      '\0',
      'a/../../b',
    ),
  );
  let number = 0;
  await fc.assert(
    fc.asyncProperty(evil, evil, evil, evil, async (channelName, kind, time, filename) => {
      const message = alarm({ id: `id${number++}`, channelName, kind: kind as 'motion', time }, ['one']);
      const [picture] = message.attachments as object[];
      const files = await archive.keep({ ...message, attachments: [{ ...picture, filename }] });
      for (const file of files) {
        const steps = path.relative(root, file).split(path.sep);
        assert.equal(steps.length, 3, file);
        assert.match(steps[0] ?? '', /^\d{4}-\d\d-\d\d$/);
        assert.match(steps[2] ?? '', /^\d\d-\d\d-\d\d [^/\\]+\.[a-z0-9]+$/);
        assert.ok(steps.every((step) => Buffer.byteLength(step) < 255));
        assert.ok(statSync(file).isFile());
      }
    }),
    { numRuns: 100 },
  );
  assert.deepEqual(
    filesIn(base).filter((file) => !file.startsWith('archive/2')),
    [],
  );
});

test('an event that no JSON can tell, or that is too large, is kept with its number alone', async (t) => {
  const { archive, root } = archiveIn(t);
  const within: Record<string, unknown> = {};
  within['self'] = within;
  for (const [number, extra] of [within, 10n, 'x'.repeat(LIMITS.archiveRecordBytes)].entries()) {
    const { payload, ...message } = alarm({ id: `id${number}` });
    for (let times = 0; times < 2; times++)
      await archive.keep({ ...message, payload: { ...(payload as object), extra } });
  }
  const records = filesIn(root).filter((name) => name.endsWith('.json'));
  assert.deepEqual(
    records.map((file) => JSON.parse(readFileSync(path.join(root, file), 'utf8')).event),
    [{ id: 'id1' }, { id: 'id2' }, { id: 'id0' }],
  );
});

test('who leaves waits until all is kept', async (t) => {
  const { archive, root } = archiveIn(t);
  const leave = archive.add(keeper(30));
  const kept = [1, 2, 3].map((number) => archive.keep(alarm({ id: `id${number}` })));
  leave();
  await archive.idle();
  assert.equal(filesIn(root).length, 9);
  await Promise.all(kept);
});
