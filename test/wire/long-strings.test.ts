import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import type { Fields } from '../../src/wire/fields.js';
import { parseJsonText } from '../../src/wire/json.js';
import { LongStrings } from '../../src/wire/long-strings.js';

const LONG = 'a'.repeat(257);
const read = (json: string) => {
  const long = new LongStrings(json, LIMITS);
  return { long, fields: parseJsonText(long.text, LIMITS) as Fields };
};

test('a long value is taken out, can be had whole, and is told by its length', () => {
  const { long, fields } = read(JSON.stringify({ a: 1, picture: LONG, b: 'x' }));
  assert.ok(long.text.length < 60, long.text);
  assert.equal(long.whole(fields.picture), LONG);
  assert.deepEqual(long.told(fields), { a: 1, picture: '(257 bytes)', b: 'x' });
});

test('what is no longer than a name stays where it is', () => {
  const json = JSON.stringify({ name: 'a'.repeat(256), list: ['x', { deep: 'y' }] });
  const { long, fields } = read(json);
  assert.equal(long.text, json);
  assert.deepEqual(long.told(fields), JSON.parse(json));
  assert.equal(long.whole(fields.name), 'a'.repeat(256));
});

test('a megabyte of picture leaves a document that is within its limits', () => {
  const { long, fields } = read(JSON.stringify({ data: [{ img: 'b'.repeat(1_000_000) }, { img: LONG }] }));
  const [one, two] = fields.data as Fields[];
  assert.equal(long.whole(one?.img)?.length, 1_000_000);
  assert.equal(long.whole(two?.img), LONG);
  assert.deepEqual(long.told(fields), { data: [{ img: '(1000000 bytes)' }, { img: '(257 bytes)' }] });
});

test('escapes within and before a quotation mark are read as JSON has them', () => {
  for (const tail of ['\\', '"', '\\"', '\\\\', '/\n\t\u00e9\ud83d\ude00']) {
    const { long, fields } = read(JSON.stringify({ a: 'x\\', value: LONG + tail, z: 'end' }));
    assert.equal(long.whole(fields.value), LONG + tail);
    assert.equal(fields.z, 'end');
  }
  const { long, fields } = read(`{"v":"${'ab\\/'.repeat(100)}"}`);
  assert.equal(long.whole(fields.v), 'ab/'.repeat(100));
});

test('a name is never taken for a value, however long it is', () => {
  const { fields } = read(`{"${LONG}" : 1, "x": "${LONG}"}`);
  assert.equal(fields[LONG], 1);
});

test('a document cannot point at what is not there', () => {
  const { long, fields } = read('{"a":"\\u00005","b":"\\u0000","c":"\\u0000x"}');
  for (const name of ['a', 'b', 'c']) assert.equal(long.whole(fields[name]), fields[name]);
  assert.equal(long.whole(7), undefined);
});

test('a text that breaks off keeps what is left, for the parser to refuse', () => {
  for (const json of ['{"a":"', `{"a":"${LONG}`, `{"a":"${LONG}\\"`, '"', '']) {
    assert.equal(new LongStrings(json, LIMITS).text, json);
  }
});

test('what cannot be within the limits is not read to its end', () => {
  for (const json of [
    `["${'x","'.repeat(100_000)}"]`,
    `["${'\\"'.repeat(200_000)}"]`,
    `["${'\\\\'.repeat(200_000)}"]`,
    `["a",${`"${LONG}",`.repeat(30_000)}"a"]`,
  ])
    assert.throws(() => new LongStrings(json, LIMITS), { code: 'DOCUMENT_TOO_LARGE' }, json.slice(0, 20));
});
