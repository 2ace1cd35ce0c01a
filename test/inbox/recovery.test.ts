import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeAlarm } from '../../src/inbox/spool/kept-alarm.js';
import { KIND, recordHead, settledBody } from '../../src/inbox/spool/record.js';
import { recover } from '../../src/inbox/spool/recovery.js';
import type { Kept } from '../../src/inbox/spool/spool.js';
import { FakeDisk } from '../support/fake-disk.js';
import { wordAlarm } from '../support/spooling.js';

const MARKS = ['1111111111111111', '2222222222222222', 'aaaaaaaaaaaaaaaa'] as const;
const nameOf = (number: number, mark: string = MARKS[0]) =>
  `${String(number).padStart(10, '0')}-${mark}.alarms`;

const record = (mark: string, number: number, body: readonly Uint8Array[], kind = KIND.kept as number) =>
  Buffer.concat([recordHead(Buffer.from(mark, 'hex'), kind as typeof KIND.kept, number, body), ...body]);
const alarm = (mark: string, number: number) => record(mark, number, writeAlarm(wordAlarm(`${number}`)));
const settling = (mark: string, ...numbers: number[]) =>
  record(mark, 0, [settledBody(numbers)], KIND.settled);

/** What is found on a disk of these files. */
async function found(files: Readonly<Record<string, Buffer>>) {
  const disk = new FakeDisk();
  for (const [name, content] of Object.entries(files)) disk.put(name, content);
  const recovered = await recover(disk, (each) => each as Kept);
  return {
    ...recovered,
    numbers: recovered.unsettled.map(({ number }) => number),
    keys: recovered.seen.map(({ keys }) => keys[0]),
    names: recovered.segments.map(({ name }) => name),
  };
}

test('an empty folder holds nothing, and numbers begin', async () => {
  const { numbers, keys, lastSegment, lastNumber } = await found({});
  assert.deepEqual([numbers, keys, lastSegment, lastNumber], [[], [], 0, 0]);
});

test('alarms come in the order in which they came, wherever they stand; those settled in any segment do not', async () => {
  const [a, b] = MARKS;
  const { numbers, names, lastSegment, lastNumber } = await found({
    [nameOf(12, b)]: Buffer.concat([alarm(b, 4), settling(b, 2, 77), alarm(b, 1)]),
    [nameOf(9, a)]: Buffer.concat([alarm(a, 2), alarm(a, 3)]),
  });
  assert.deepEqual([numbers, lastSegment, lastNumber], [[1, 3, 4], 12, 77]);
  assert.deepEqual(names, [nameOf(9, a), nameOf(12, b)]);
});

test('what can no longer be read before the last record is told; what stands behind it is what a crash tore', async () => {
  const [a] = MARKS;
  const name = nameOf(1, a);
  const whole = Buffer.concat([alarm(a, 1), alarm(a, 2), alarm(a, 3)]);
  const each = alarm(a, 1).length;
  const changedAt = (at: number) => Buffer.from(whole).fill(whole[at] === 0 ? 1 : 0, at, at + 1);
  for (const [content, numbers, damaged] of [
    [whole, [1, 2, 3], []],
    [changedAt(0), [2, 3], [name]],
    [changedAt(each - 1), [2, 3], [name]],
    [changedAt(each + 5), [1, 3], [name]],
    [changedAt(3 * each - 1), [1, 2], []],
    [whole.subarray(0, -1), [1, 2], []],
    [Buffer.concat([whole, Buffer.alloc(100, 7)]), [1, 2, 3], []],
    [Buffer.alloc(0), [], []],
  ] as const) {
    const recovered = await found({ [name]: content });
    assert.deepEqual([recovered.numbers, recovered.damaged], [numbers, damaged]);
  }
});

test('a segment that the disk has lost costs no other; one that cannot be opened just now costs a try', async () => {
  const [a, b] = MARKS;
  const files: Readonly<Record<string, Buffer>> = {
    [nameOf(1, a)]: alarm(a, 1),
    [nameOf(2, b)]: alarm(b, 2),
  };
  const diskThat = (code: string) => {
    const disk = new FakeDisk();
    for (const [name, content] of Object.entries(files)) disk.put(name, content);
    const read = (name: string) =>
      name === nameOf(1, a)
        ? Promise.reject(Object.assign(new Error('as it was told'), { code }))
        : disk.read(name);
    return { list: () => disk.list(), read } as unknown as FakeDisk;
  };
  const { unsettled, unreadable, segments } = await recover(diskThat('EIO'), (each) => each as Kept);
  assert.deepEqual(
    [unsettled.map(({ number }) => number), unreadable, segments.map(({ name }) => name)],
    [[2], [nameOf(1, a)], [nameOf(2, b)]],
  );
  await assert.rejects(
    recover(diskThat('EMFILE'), (each) => each as Kept),
    { code: 'EMFILE' },
  );
});

test('one that stands twice, as it was being moved, is found once, where it was moved to', async () => {
  const [a, b] = MARKS;
  const { unsettled, keys } = await found({
    [nameOf(1, a)]: Buffer.concat([alarm(a, 1), alarm(a, 2)]),
    [nameOf(2, b)]: Buffer.concat([alarm(b, 3), alarm(b, 1)]),
  });
  assert.deepEqual(
    unsettled.map(({ number, segment }) => [number, segment.name]),
    [
      [1, nameOf(2, b)],
      [2, nameOf(1, a)],
      [3, nameOf(2, b)],
    ],
  );
  assert.deepEqual(keys, ['key of 1', 'key of 2', 'key of 3']);
});

test('files that are no segments are left alone, and records that are no alarms passed over', async () => {
  const [a] = MARKS;
  const odd = [
    '..alarms',
    `1-${a}.alarms`,
    `${nameOf(3)}.bak`,
    `../${nameOf(4)}`,
    nameOf(5).toUpperCase(),
    '',
  ];
  const { numbers, names } = await found({
    ...Object.fromEntries(odd.map((name) => [name, alarm(a, 9)])),
    [nameOf(1)]: Buffer.concat([record(a, 5, [Buffer.from('{')]), alarm(a, 6), record(a, 7, [])]),
  });
  assert.deepEqual([numbers, names], [[6], [nameOf(1)]]);
});

test('records of another segment do not count, as of one that was written over', async () => {
  const { numbers } = await found({ [nameOf(1, MARKS[0])]: alarm(MARKS[1], 1) });
  assert.deepEqual(numbers, []);
});

test('a record that is torn at the end of a segment costs nothing before it', async () => {
  const [a, b] = MARKS;
  const torn = alarm(a, 2).subarray(0, -1);
  const { numbers } = await found({
    [nameOf(1, a)]: Buffer.concat([alarm(a, 1), torn]),
    [nameOf(2, b)]: alarm(b, 3),
  });
  assert.deepEqual(numbers, [1, 3]);
});
