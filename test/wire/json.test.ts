import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AlarmError, type AlarmErrorCode } from '../../src/errors.js';
import { LIMITS, type Limits } from '../../src/limits.js';
import { parseJson } from '../../src/wire/json.js';

const parse = (text: string | Buffer, limits: Limits = LIMITS, charset?: string) =>
  parseJson(
    Buffer.from(text as Buffer),
    limits,
    charset === undefined ? undefined : `text/x; charset="${charset}"`,
  );
function refused(text: string | Buffer, code: AlarmErrorCode, limits: Limits = LIMITS): void {
  const wanted = (error: unknown) => error instanceof AlarmError && error.code === code;
  assert.throws(() => parse(text, limits), wanted, String(text).slice(0, 80));
}

const escaped = (name: string) =>
  [...name].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

for (const name of ['__proto__', 'constructor', 'prototype']) {
  for (const [how, key] of [
    ['plain', name],
    ['escaped', escaped(name)],
    ['half escaped', `\\u${escaped(name).slice(2, 6)}${name.slice(1)}`],
  ]) {
    test(`the key ${name}, ${how}, is left out at every depth and all else is kept`, () => {
      const evil = `"${key}":{"polluted":1}`;
      const text = `{${evil},"a":{"b":[1,{${evil},"c":[[{"d":2,${evil}}]]}],${evil}},"e":3}`;
      const value = parse(text);
      assert.deepEqual(value, { a: { b: [1, { c: [[{ d: 2 }]] }] }, e: 3 });
      assert.equal(JSON.stringify(value).includes('polluted'), false);
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
      assert.equal(Object.getPrototypeOf(value), Object.prototype);
      assert.deepEqual(parse(`[{${evil}}]`), [{}]);
    });
  }
}

test('names that only resemble forbidden keys, and forbidden words as values, are kept', () => {
  const value = { __PROTO__: 1, __proto: 2, 'prototype ': 3, Constructor: 4, tostring: 5, a: '__proto__' };
  assert.deepEqual(parse(JSON.stringify(value)), value);
});

test('integers too long for a number stay text, digit by digit', () => {
  for (const digits of ['12345678901234567890', '9007199254740993', '-9007199254740993', '9'.repeat(300)]) {
    assert.deepEqual(parse(`{"id":${digits},"list":[${digits}, ${digits}],"x":1}`), {
      id: digits,
      list: [digits, digits],
      x: 1,
    });
    assert.deepEqual(parse(`{\t"id" :\t${digits}\r\n}`), { id: digits });
  }
});

test('ordinary numbers stay numbers', () => {
  const text =
    '[0,-0.5,1,9007199254740991,-9007199254740991,1234567890123456,0.123456789012345678901,1.5e3,12345678901234567890.5,1E2]';
  assert.deepEqual(parse(text), JSON.parse(text));
  assert.deepEqual(parse('{"a":0.500000,"long":12345678901234567890}'), {
    a: 0.5,
    long: '12345678901234567890',
  });
});

test('strings are not touched, whatever they hold', () => {
  const strings = [
    '12345678901234567890',
    '{['.repeat(50),
    ']}',
    '"12345678901234567890',
    '\\"',
    '\\',
    ':12345678901234567890,',
    '\u2028',
  ];
  const value = { ...Object.fromEntries(strings.map((string) => [string, string])), list: strings };
  assert.deepEqual(parse(JSON.stringify(value)), value);
  // A long integer in the same document makes every string pass through the second reading.
  const text = `{"n":98765432109876543210,"s":${JSON.stringify(strings)}}`;
  assert.deepEqual(parse(text), { n: '98765432109876543210', s: strings });
});

test('any value without long integers and forbidden keys comes back as it was', () => {
  const property = fc.property(fc.jsonValue({ depthSize: 'medium' }), fc.nat(4), (value, indent) => {
    const text = JSON.stringify(value, null, indent);
    fc.pre(
      !/__proto__|constructor|prototype/.test(text) && !/\d{16}/.test(text.replace(/"(\\.|[^"\\])*"/g, '')),
    );
    assert.deepEqual(parse(text), JSON.parse(text));
  });
  fc.assert(property, { seed: 8259, numRuns: 3000 });
});

test('levels up to the limit are read, one more is too complex', () => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    const levels = (count: number) => `${open.repeat(count)}1${close.repeat(count)}`;
    parse(levels(LIMITS.depth));
    refused(levels(LIMITS.depth + 1), 'JSON_TOO_COMPLEX');
    refused(levels(40_000), 'JSON_TOO_COMPLEX');
    refused(levels(4), 'JSON_TOO_COMPLEX', { ...LIMITS, depth: 3 });
  }
  refused('['.repeat(LIMITS.documentBytes), 'JSON_TOO_COMPLEX');
  const wide = `[${Array.from({ length: 100 }, () => '[[]]').join()}]`;
  assert.equal((parse(wide, { ...LIMITS, depth: 3 }) as unknown[]).length, 100);
});

test('keys up to the limit are read, counted over all levels, one more is too complex', () => {
  const limits = { ...LIMITS, jsonKeys: 6 };
  assert.deepEqual(parse('{"a":{"b":1,"c":2},"d":[1,2]}', limits), { a: { b: 1, c: 2 }, d: [1, 2] });
  refused('{"a":{"b":1,"c":2},"d":[1,2,3]}', 'JSON_TOO_COMPLEX', limits);
  const flat = (count: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 1])));
  assert.equal(Object.keys(parse(flat(LIMITS.jsonKeys)) as object).length, LIMITS.jsonKeys);
  refused(flat(LIMITS.jsonKeys + 1), 'JSON_TOO_COMPLEX');
});

test('a document as long as the limit is read, one byte more is too large', () => {
  const limits = { ...LIMITS, documentBytes: 10 };
  assert.deepEqual(parse('{"a":"bc"}', limits), { a: 'bc' });
  refused('{"a":"bcd"}', 'DOCUMENT_TOO_LARGE', limits);
  refused(Buffer.alloc(LIMITS.documentBytes + 1, ' '), 'DOCUMENT_TOO_LARGE');
});

test('a byte order mark, blanks and tabs around change nothing', () => {
  for (const text of ['\ufeff{"a":1}', '\r\n{"a":\t1}\r\n', '\ufeff \r\n{\n\t"a" : 1\n}\n']) {
    assert.deepEqual(parse(text), { a: 1 });
  }
  assert.deepEqual(parse(Buffer.from('\ufeff{"a":"é中"}', 'utf16le')), { a: 'é中' });
});

test('of equal keys the last one counts', () =>
  assert.deepEqual(parse('{"a":1,"a":{"b":2}}'), { a: { b: 2 } }));

test('a document that breaks off anywhere is refused', () => {
  const whole = Buffer.from('{"a":[1,{"b":"c\\"}"}],"id":12345678901234567890,"é":null,"t":true}');
  parse(whole);
  for (let at = 0; at < whole.length; at++) refused(whole.subarray(0, at), 'JSON_INVALID');
});

test('the NUL of a C string behind a document, and control characters in its text, are blanks', () => {
  assert.deepEqual(parse('{"a":1}\0'), { a: 1 });
  assert.deepEqual(parse('[1]\r\n\0\0'), [1]);
  assert.deepEqual(parse('{"name":"Gate\tNorth","n":98765432109876543210}'), {
    name: 'Gate North',
    n: '98765432109876543210',
  });
  // Where they stand rightly they are what they are.
  assert.deepEqual(parse('{"name":"Gate\\tNorth"}\t'), { name: 'Gate\tNorth' });
  refused('{"a":1}\0{"b":2}', 'JSON_INVALID');
});

test('what is not JSON is refused', () => {
  for (const text of [
    '',
    ' ',
    'nothing',
    '<a/>',
    "{'a':1}",
    '{"a":1}}',
    '{"a":1} tail',
    '{a:1}',
    '[1,]',
    '{"a":01}',
    ']',
    '"',
  ]) {
    refused(text, 'JSON_INVALID');
  }
  refused(Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'JSON_INVALID');
});

test('the announced character set is used, and bytes that are not UTF-8 do not cost the document', () => {
  const gb = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc7, 0xb0, 0xc3, 0xc5]), Buffer.from('"}')]);
  assert.deepEqual(parse(gb, LIMITS, 'GB2312'), { a: '前门' });
  assert.deepEqual(parse(Buffer.from('{"a":"Entr\xe9e","b":1}', 'latin1'), LIMITS, 'UTF-8'), {
    a: 'Entrée',
    b: 1,
  });
});
