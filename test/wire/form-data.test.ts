import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import { BodyReader } from '../../src/wire/body.js';
import { FormDataReader } from '../../src/wire/form-data.js';
import { seeded } from '../vendors/changes.js';

const TYPE = 'multipart/form-data; boundary=----form';
const PICTURE = Buffer.from([0xff, 0xd8, 0x00, 0x0d, 0x0a, 0x2d, 0x2d, 0x80, 0xff, 0xd9]);

/** A form as an HTTP library writes it. */
function form(
  parts: readonly (readonly [head: string, body: Buffer | string])[],
  close = '------form--\r\n',
): Buffer {
  const pieces = parts.flatMap(([head, body]) => [
    Buffer.from(`------form\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
    Buffer.from(body as Buffer),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from(close)]);
}

const FORM = form([
  ['name="vuid"', 'VC0000000ABCD'],
  ['name="type"', '18'],
  ['name="picture"; filename="a.jpg"\r\nContent-Type: image/jpeg', PICTURE],
  ['name="video"', Buffer.concat([Buffer.from('\0\0\0\x10ftypisom', 'latin1'), PICTURE])],
  ['name="empty"; filename="b.jpg"', ''],
]);

/** What is read, through the library or by our own parser, in a form that can be compared. */
function read(chunks: readonly Buffer[], formData: boolean, limits = LIMITS) {
  const reader = new BodyReader(TYPE, limits, formData);
  for (const chunk of chunks) reader.write(chunk);
  const { parts, truncated, error } = reader.end();
  return {
    parts: parts.map(({ name, filename, kind, bytes, truncated: cut }) => [
      name,
      filename,
      kind,
      bytes.toString('latin1'),
      cut,
    ]),
    truncated,
    code: error?.code,
  };
}

test('a clean form gives the same parts through the library as through our own parser, byte for byte', () => {
  const wanted = read([FORM], false);
  assert.equal(wanted.parts.length, 5);
  assert.deepEqual(read([FORM], true), wanted);
});

test('wherever it is cut into pieces, a form gives the same parts', () => {
  const wanted = read([FORM], true);
  for (const at of FORM.keys()) {
    assert.deepEqual(read([FORM.subarray(0, at), FORM.subarray(at)], true), wanted, `${at}`);
  }
  const bytes = Array.from(FORM.keys(), (at) => FORM.subarray(at, at + 1));
  assert.deepEqual(read(bytes, true), wanted);
});

test('the library reads it only when it is clean from its first byte', () => {
  assert.equal(FormDataReader.takes(TYPE, FORM), true);
  assert.equal(FormDataReader.takes(TYPE, FORM.subarray(0, 5)), undefined);
  for (const [type, start] of [
    ['multipart/mixed; boundary=----form', FORM],
    ['multipart/form-data', FORM],
    ['multipart/form-data; boundary=other', FORM],
    [TYPE, Buffer.from('\r\n------form\r\n')],
    [TYPE, Buffer.from('------form\n')],
  ] as const)
    assert.equal(FormDataReader.takes(type, start), false, type);
});

test('what is not clean is read by our own parser: another boundary, bare line feeds, lengths', () => {
  const bare = Buffer.from(FORM.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  for (const body of [
    bare,
    Buffer.from(FORM.toString('latin1').replaceAll('------form', '--other'), 'latin1'),
  ]) {
    const { parts } = read([body], true);
    assert.deepEqual(
      parts.slice(0, 2).map(([name, , , bytes]) => [name, bytes]),
      [
        ['vuid', 'VC0000000ABCD'],
        ['type', '18'],
      ],
    );
  }
});

test('a form that breaks off keeps what came, and says so', () => {
  for (const at of FORM.keys()) {
    if (at < 20 || at >= FORM.length - 2) continue;
    const { parts, truncated } = read([FORM.subarray(0, at)], true);
    assert.equal(truncated, true, `${at}`);
    for (const [index, [name, , , bytes]] of parts.entries()) {
      const [wantedName, , , wanted] = read([FORM], true).parts[index] ?? [];
      assert.equal(name, wantedName);
      assert.ok(`${wanted}\r\n------form`.startsWith(String(bytes)), `${at}: ${String(bytes)}`);
    }
  }
});

test('a film larger than its limit is cut and marked, and the parts behind it still come', () => {
  const large = form([
    ['name="video"; filename="a.h264"', Buffer.alloc(100_000, 1)],
    ['name="vuid"', 'VC0000000ABCD'],
  ]);
  const { parts } = read([large], true, { ...LIMITS, documentBytes: 1_000, videoBytes: 50_000 });
  assert.deepEqual(
    parts.map(([name, , , bytes, cut]) => [name, String(bytes).length, cut]),
    [
      ['video', 50_000, true],
      ['vuid', 13, false],
    ],
  );
});

test('too many parts are refused', () => {
  const many = form(Array.from({ length: 70 }, (_, at) => [`name="a${at}"`, 'x'] as const));
  assert.equal(read([many], true).code, 'PARTS_TOO_MANY');
});

test('100,000 changed forms are read or refused, and nothing is thrown', () => {
  const random = seeded(7);
  for (let run = 0; run < 100_000; run++) {
    const bytes = Buffer.from(FORM);
    for (let left = 1 + random(4); left > 0; left--) bytes[random(bytes.length)] = random(256);
    const cut = random(bytes.length);
    read([bytes.subarray(0, cut), bytes.subarray(cut, cut + random(bytes.length))], true);
  }
});

/** A form whose one word is in a character set, and what is read as that word. */
const wordIn = (charset: string, bytes: Buffer) => {
  const [part] = read([form([[`name="word"\r\nContent-Type: text/plain${charset}`, bytes]])], true).parts;
  return Buffer.from(String(part?.[3]), 'latin1').toString();
};

test('a word is read in the character set that its part names, and as UTF-8 where it names none', () => {
  for (const word of ['K\u00fcche', '\u524d\u95e8', 'plain', '']) {
    assert.equal(wordIn('', Buffer.from(word)), word);
    assert.equal(wordIn('; charset=UTF-8', Buffer.from(word)), word);
  }
  assert.equal(wordIn('; charset=iso-8859-1', Buffer.from('K\u00fcche', 'latin1')), 'K\u00fcche');
});

test('a character set that nobody knows costs the word, and nothing else', () => {
  const unknown = form([
    ['name="a"\r\nContent-Type: text/plain; charset=none', 'x'],
    ['name="b"', 'y'],
  ]);
  const { parts, code } = read([unknown], true);
  assert.deepEqual(
    parts.map(([name, , , bytes]) => [name, bytes]),
    [
      ['a', ''],
      ['b', 'y'],
    ],
  );
  assert.equal(code, undefined);
});

test('a semicolon too many behind the boundary changes nothing', () => {
  const reader = new BodyReader(`${TYPE};`, LIMITS, true);
  reader.write(FORM);
  assert.equal(reader.end().parts.length, 5);
});

test('a part whose head cannot be read does not cost those behind it, however the form is cut', () => {
  const broken = Buffer.from(FORM.toString('latin1').replace('name="type"', 'na\r\nme'), 'latin1');
  const wanted = read([broken], true);
  assert.deepEqual(
    wanted.parts.map(([name]) => name),
    ['vuid', 'picture', 'video', 'empty'],
  );
  assert.equal(wanted.truncated, true);
  for (const at of broken.keys())
    assert.deepEqual(read([broken.subarray(0, at), broken.subarray(at)], true), wanted, `${at}`);
});

test("what stands behind the last delimiter is nobody's, however the form is cut", () => {
  const followed = Buffer.concat([FORM, form([['name="late"', 'x']])]);
  const wanted = read([FORM], true);
  for (const at of followed.keys())
    assert.deepEqual(read([followed.subarray(0, at), followed.subarray(at)], true), wanted, `${at}`);
});
