import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  HEAD_BYTES,
  KIND,
  type RecordKind,
  readRecords,
  recordHead,
  settledBody,
  settledNumbers,
} from '../../src/inbox/spool/record.js';

const MARK = Buffer.from('0123456789abcdef', 'hex');

/** A whole record, its body in pieces of three bytes. */
function record(number: number, body: Buffer, kind: RecordKind = KIND.kept): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < body.length; at += 3) pieces.push(body.subarray(at, at + 3));
  return Buffer.concat([recordHead(MARK, kind, number, pieces), ...pieces]);
}

const THREE = ['one', 'two', 'three'].map((word, index) => record(index + 1, Buffer.from(word)));
const numbersIn = (segment: Buffer) => [...readRecords(segment, MARK)].map(({ number }) => number);

test('what was written as records is read as it was, in order, with its place', () => {
  const numbers = [1, 2, 2 ** 32, Number.MAX_SAFE_INTEGER];
  const settled = record(0, settledBody(numbers), KIND.settled);
  const found = [...readRecords(Buffer.concat([...THREE, settled, record(9, Buffer.alloc(0))]), MARK)];
  assert.deepEqual(
    found.map(({ kind, number, offset, body }) => [kind, number, offset, body.length]),
    [
      [KIND.kept, 1, 0, 3],
      [KIND.kept, 2, HEAD_BYTES + 3, 3],
      [KIND.kept, 3, 2 * HEAD_BYTES + 6, 5],
      [KIND.settled, 0, 3 * HEAD_BYTES + 11, 32],
      [KIND.kept, 9, 4 * HEAD_BYTES + 43, 0],
    ],
  );
  assert.equal(found[2]?.body.toString(), 'three');
  assert.deepEqual(settledNumbers(found[3]?.body ?? Buffer.alloc(0)), numbers);
});

test('a damaged byte costs the record it is in and no other', () => {
  const whole = Buffer.concat(THREE);
  let start = 0;
  for (const [index, { length }] of THREE.entries()) {
    const others = [1, 2, 3].filter((number) => number !== index + 1);
    for (let at = start; at < start + length; at++) {
      for (const bits of [1, 0x80, 0xff]) {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ bits;
        assert.deepEqual(numbersIn(damaged), others, `byte ${at}`);
      }
    }
    start += length;
  }
});

test('a record that is cut off is none, and those before it stay', () => {
  const whole = Buffer.concat(THREE);
  const ends = [0, ...THREE.map((_, index) => Buffer.concat(THREE.slice(0, index + 1)).length)];
  for (let length = 0; length <= whole.length; length++) {
    const complete = ends.filter((end) => end <= length).length - 1;
    assert.deepEqual(numbersIn(whole.subarray(0, length)), [1, 2, 3].slice(0, complete), `${length} bytes`);
  }
});

test('a body that looks like records of its own is a body', () => {
  const [one = MARK, two = MARK, three = MARK] = THREE;
  const nested = record(4, Buffer.concat([one, MARK, two, MARK.subarray(0, 5)]));
  assert.deepEqual(numbersIn(Buffer.concat([nested, three])), [4, 3]);
});

test('a kind that is not known is passed over', () => {
  const strange = record(4, Buffer.from('?'), 0x3f as RecordKind);
  assert.deepEqual(numbersIn(Buffer.concat([strange, ...THREE])), [1, 2, 3]);
});

test('what is no segment holds no records', () => {
  for (const bytes of [Buffer.alloc(0), MARK, Buffer.alloc(5_000), Buffer.alloc(5_000, MARK)])
    assert.deepEqual(numbersIn(bytes), []);
});
