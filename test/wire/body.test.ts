import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AlarmError } from '../../src/errors.js';
import { LIMITS, type Limits } from '../../src/limits.js';
import { BodyReader } from '../../src/wire/body.js';
import { parseJson } from '../../src/wire/json.js';
import { parseXml } from '../../src/wire/xml.js';
import { ALERT_JSON, alertXml, chop, join, jpeg, SAMPLES, seen } from '../support/multipart-samples.js';

const FORM = 'multipart/form-data; boundary=boundary';
const XML = alertXml();
const PICTURE = jpeg();
const MULTIPART = join('--boundary\r\n\r\n', XML, '\r\n--boundary\r\n\r\n', PICTURE, '\r\n--boundary--\r\n');

function read(
  contentType: string | undefined,
  chunks: readonly (Buffer | string)[],
  limits: Limits = LIMITS,
) {
  const reader = new BodyReader(contentType, limits);
  for (const chunk of chunks) reader.write(Buffer.from(chunk as Buffer));
  const { parts, truncated, error } = reader.end();
  return { parts: parts.map(seen), truncated, error: error?.code, raw: reader.raw() };
}

const found = (contentType: string | undefined, body: Buffer | string, limits: Limits = LIMITS) =>
  read(contentType, [body], limits).parts.map((part) => [part.kind, part.bytes]);
const latin1 = (bytes: Buffer | string) => Buffer.from(bytes as Buffer).toString('latin1');

test('a document alone is one part that keeps the content type of the request', () => {
  const { parts, truncated, error } = read('application/xml; charset="UTF-8"', [XML]);
  assert.deepEqual([truncated, error], [false, undefined]);
  assert.deepEqual(parts, [
    {
      name: undefined,
      filename: undefined,
      contentType: 'application/xml; charset="UTF-8"',
      kind: 'xml',
      bytes: XML,
      truncated: false,
    },
  ]);
});

test('what the body begins with counts, whatever content type is announced', () => {
  for (const type of [
    undefined,
    '',
    'application/xml',
    'text/json',
    'application/octet-stream',
    'nonsense',
    FORM,
  ]) {
    assert.deepEqual(found(type, XML), [['xml', XML]], type);
    assert.deepEqual(found(type, ALERT_JSON), [['json', ALERT_JSON]], type);
    assert.deepEqual(
      found(type, MULTIPART),
      [
        ['xml', XML],
        ['jpeg', latin1(PICTURE)],
      ],
      type,
    );
    assert.deepEqual(found(type, `\r\n \t\n${XML}`), [['xml', `\r\n \t\n${XML}`]], type);
    assert.deepEqual(found(type, join('\r\n\r\n', MULTIPART)).length, 2, type);
  }
});

test('a picture alone is one part', () => {
  assert.deepEqual(found('image/jpeg', PICTURE), [['jpeg', latin1(PICTURE)]]);
  assert.deepEqual(found(undefined, PICTURE), [['jpeg', latin1(PICTURE)]]);
});

test('a multipart body with a preamble is read by its content type', () => {
  assert.equal(found(FORM, join('preamble\r\n', MULTIPART)).length, 2);
  assert.equal(found('multipart/form-data,boundary=boundary', join('preamble\r\n', MULTIPART)).length, 2);
});

test('a document behind a byte order mark is read under any content type', () => {
  for (const type of [undefined, 'application/xml', FORM]) {
    assert.deepEqual(
      read(type, [`\ufeff${XML}`]).parts.map((part) => part.kind),
      ['xml'],
      type,
    );
  }
});

test('no body, and a body of no bytes, is an error value and no part', () => {
  for (const type of [undefined, 'application/xml', FORM]) {
    for (const chunks of [[], ['']]) {
      const { parts, error, truncated } = read(type, chunks);
      assert.deepEqual([parts, truncated, error], [[], true, 'BODY_EMPTY'], type);
    }
  }
});

test('a body of one byte is a part', () => {
  for (const type of [undefined, 'text/plain']) assert.deepEqual(found(type, 'x'), [['unknown', 'x']]);
  assert.deepEqual(found(FORM, '<'), [['xml', '<']]);
});

test('a multipart body without any delimiter is an error value', () => {
  for (const body of [
    'no delimiter',
    '--',
    `--${'b'.repeat(300)}\r\n\r\nx\r\n`,
    '--bad boundary {}\r\n\r\nx',
  ]) {
    const { parts, error, truncated } = read('multipart/mixed', [body]);
    assert.deepEqual([parts, error, truncated], [[], 'MULTIPART_NO_BOUNDARY', true], body.slice(0, 20));
  }
});

test('errors are values: parts before them and all raw bytes stay, and writing goes on without a throw', () => {
  const head = `--boundary\r\n${'x'.repeat(LIMITS.partHeaderBytes + 1)}\r\n\r\n`;
  const reader = new BodyReader(FORM, LIMITS);
  for (const chunk of ['--boundary\r\n\r\n', XML, '\r\n', head, 'more', MULTIPART]) {
    reader.write(Buffer.from(chunk as Buffer));
  }
  const { parts, error, truncated } = reader.end();
  assert.ok(error instanceof AlarmError);
  assert.deepEqual([error.code, truncated], ['PART_HEADER_TOO_LARGE', true]);
  assert.deepEqual(
    parts.map((part) => part.bytes.toString()),
    [XML],
  );
  assert.deepEqual(reader.raw(), join('--boundary\r\n\r\n', XML, '\r\n', head, 'more', MULTIPART));
});

test('too many parts are an error value, and those up to the limit stay', () => {
  const body = '--boundary\r\n\r\nx\r\n'.repeat(70);
  const { parts, error } = read(FORM, [body]);
  assert.deepEqual([parts.length, error], [64, 'PARTS_TOO_MANY']);
});

test('the raw bytes are the first ones, up to their limit, however they come', () => {
  const limits = { ...LIMITS, rawBytes: 100 };
  for (const body of [MULTIPART, Buffer.from(XML)]) {
    for (let at = 0; at <= body.length; at++) {
      assert.deepEqual(read(FORM, chop(body, [at]), limits).raw, body.subarray(0, 100), `split at ${at}`);
    }
    assert.deepEqual(read(FORM, [body]).raw, body);
  }
});

test('a document alone that is over its limit is cut there and marked', () => {
  const limits = { ...LIMITS, documentBytes: 600, pictureBytes: 700, videoBytes: 800 };
  for (const [cap, body] of [
    [600, `<a>${'x'.repeat(900)}`],
    [700, jpeg(Buffer.alloc(900))],
    [800, 'v'.repeat(900)],
  ] as const) {
    const { parts, truncated } = read(undefined, [body], limits);
    assert.deepEqual(
      [parts[0]?.bytes, parts[0]?.truncated, truncated],
      [latin1(body).slice(0, cap), true, true],
    );
  }
});

for (const [what, type, body] of [
  ['multipart', FORM, MULTIPART],
  ['multipart without a content type, behind blanks', undefined, join(' \r\n', MULTIPART)],
  ['document under a multipart type, behind blanks', FORM, Buffer.from(`\r\n${XML}\r\n`)],
  ['JSON', 'application/json', Buffer.from(ALERT_JSON)],
  ['picture', undefined, PICTURE],
  ['dashes that are no multipart', undefined, Buffer.from('-x-- not multipart')],
  ['nothing but blanks', undefined, Buffer.from('\r\n\r\n')],
] as const) {
  test(`every split in two reads the same: ${what}`, () => {
    const whole = read(type, [body]);
    for (let at = 0; at <= body.length; at++) assert.deepEqual(read(type, chop(body, [at])), whole, `${at}`);
  });
}

test('every split in two reads the same when more blanks come first than anyone looks through', () => {
  const limits = { ...LIMITS, partHeaderBytes: 20 };
  for (const blanks of [18, 19, 20, 21, 30]) {
    const body = Buffer.from(`${' '.repeat(blanks)}--b\r\n\r\n{}\r\n--b--`);
    const whole = read(undefined, [body], limits);
    for (let at = 0; at <= body.length; at++) {
      assert.deepEqual(read(undefined, chop(body, [at]), limits), whole, `${blanks} blanks, split at ${at}`);
    }
  }
});

/** Bytes flipped, inserted and deleted; inserted ones are often such as mean something to a parser. */
const TELLING = [
  '\r\n',
  '\n',
  '--boundary',
  '--',
  '--\r\n',
  ':',
  ';',
  '"',
  '<',
  '>',
  '</',
  '{',
  '[',
  '}',
  '\\',
  '&#',
  ';',
]
  .concat([
    '<!DOCTYPE',
    '<![CDATA[',
    '<__proto__>',
    '"__proto__":1,',
    'Content-Length: 5\r\n',
    '\xff\xd8',
    '\xff\xd9',
  ])
  .concat([
    '\xff\xfe',
    '\xef\xbb\xbf',
    '\0',
    '12345678901234567890',
    'encoding="utf-16"',
    '\r\n\r\n',
    '<?xml ',
  ]);
const BODIES = [...SAMPLES.map(({ body }) => body), Buffer.from(XML), Buffer.from(ALERT_JSON)].concat([
  Buffer.from(`\ufeff${XML}`, 'utf16le'),
  Buffer.from('{"a":[{"b":null,"__proto__":{"c":12345678901234567890}}],"d":"\\u005f{[\\""}'),
  Buffer.from('<n:a x="1"><!-- c --><b>&lt;&#65;<![CDATA[x]]></b><b/><b>é</b></n:a>'),
]);
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const change = fc.record({
  at: place,
  how: fc.constantFrom('flip', 'insert', 'insert', 'delete'),
  byte: fc.nat(255),
  text: fc.oneof(
    fc.constantFrom(...TELLING),
    fc.uint8Array({ maxLength: 4 }).map((some) => latin1(Buffer.from(some))),
  ),
  count: fc.oneof(fc.nat(3), fc.nat(200)),
});

function changed(
  body: Buffer,
  { at, how, byte, text, count }: typeof change extends fc.Arbitrary<infer T> ? T : never,
) {
  const index = Math.floor(at * body.length);
  const before = body.subarray(0, index);
  if (how === 'insert') return Buffer.concat([before, Buffer.from(text, 'latin1'), body.subarray(index)]);
  if (how === 'delete') return Buffer.concat([before, body.subarray(index + 1 + count)]);
  return Buffer.concat([before, Buffer.of((body[index] ?? 0) ^ (byte || 1)), body.subarray(index + 1)]);
}

function noForbiddenKeys(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    assert.ok(!['__proto__', 'constructor', 'prototype'].includes(key), key);
    noForbiddenKeys(item);
  }
}

function decode({ kind, bytes }: { kind: string; bytes: string }): void {
  for (const parse of kind === 'json' ? [parseJson] : kind === 'xml' ? [parseXml] : [parseJson, parseXml]) {
    try {
      noForbiddenKeys(parse(Buffer.from(bytes, 'latin1'), LIMITS));
    } catch (error) {
      if (!(error instanceof AlarmError)) throw error;
    }
  }
}

test('20,000 mutated bodies: nothing but AlarmError, no forbidden key, and splits still change nothing', () => {
  const types = fc.constantFrom(FORM, undefined, 'application/xml', 'multipart/mixed; boundary="other"');
  const property = fc.property(
    fc.constantFrom(...BODIES),
    fc.array(change, { minLength: 1, maxLength: 6 }),
    types,
    fc.array(place, { maxLength: 4 }),
    (body, changes, type, places) => {
      const mutated = changes.reduce(changed, body);
      const whole = read(type, [mutated]);
      assert.deepEqual(
        read(
          type,
          chop(
            mutated,
            places.map((cut) => Math.floor(cut * mutated.length)),
          ),
        ),
        whole,
      );
      for (const part of whole.parts) decode(part);
    },
  );
  fc.assert(property, { seed: 53, numRuns: 20_000 });
});
