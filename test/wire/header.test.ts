import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { label, parseParameters } from '../../src/wire/header.js';

function read(header: string): [string, Record<string, string>] {
  const { value, parameters } = parseParameters(header);
  return [value, Object.fromEntries(parameters)];
}

test('value and parameters are read in every spelling cameras use', () => {
  const boundary = { boundary: 'boundary' };
  for (const header of [
    'multipart/form-data; boundary=boundary',
    'multipart/form-data;boundary=boundary',
    'multipart/form-data ;  boundary = boundary ; ',
    'Multipart/Form-Data; BOUNDARY="boundary"',
    'multipart/form-data,boundary=boundary',
    'multipart/form-data, boundary=boundary;',
    'multipart/form-data;; ;boundary=boundary;',
    'multipart/form-data; nothing; boundary=boundary',
    'multipart/form-data; =x; boundary=boundary',
    '\tmultipart/form-data;\tboundary=\t"boundary"',
    'multipart/form-data; boundary="boundary',
  ]) {
    assert.deepEqual(read(header), ['multipart/form-data', boundary], header);
  }
});

test('a header without parameters, or without anything, has none', () => {
  assert.deepEqual(read('application/XML'), ['application/xml', {}]);
  for (const header of ['', ' ', ';', ',', ';;;', '; ;']) assert.deepEqual(read(header), ['', {}]);
});

test('quoted text keeps semicolons, commas, equals signs and escaped quotes', () => {
  assert.deepEqual(read('form-data; name="a;b=c, d"; filename="say \\"x\\" \\\\.jpg"; x=y'), [
    'form-data',
    { name: 'a;b=c, d', filename: 'say "x" \\.jpg', x: 'y' },
  ]);
  assert.deepEqual(read('form-data; name=""; filename="x"junk; y=z')[1], { name: '', filename: 'x', y: 'z' });
  assert.deepEqual(read('form-data; name="x\\')[1], { name: 'x\\' });
});

test('unquoted text is trimmed and ends at the semicolon', () => {
  assert.deepEqual(read('a; charset=  UTF-8  ; b=c=d; e=f,g')[1], { charset: 'UTF-8', b: 'c=d', e: 'f,g' });
});

test('of equal names the first one counts', () => {
  assert.deepEqual(read('a; b=1; B=2; b="3"')[1], { b: '1' });
});

test('names from the wire do not become keys of an object', () => {
  const { parameters } = parseParameters('a; __proto__=1; constructor=2');
  assert.ok(parameters instanceof Map);
  assert.deepEqual(
    [...parameters],
    [
      ['__proto__', '1'],
      ['constructor', '2'],
    ],
  );
});

test('a boundary of any allowed characters survives quoting', () => {
  const characters = fc.string({
    unit: fc.constantFrom(..."abzXYZ019'()+_,-./:=? "),
    minLength: 1,
    maxLength: 70,
  });
  const property = fc.property(characters, (boundary) => {
    assert.equal(
      parseParameters(`multipart/mixed; boundary="${boundary}"; x=1`).parameters.get('boundary'),
      boundary,
    );
  });
  fc.assert(property, { seed: 2046, numRuns: 2000 });
});

test('nothing makes it throw, and long floods come to an end', () => {
  const soup = fc.string({ unit: fc.constantFrom(...'a=;,"\\ \t\0é\r\n'), maxLength: 60 });
  fc.assert(
    fc.property(soup, (header) => assert.equal(typeof parseParameters(header).value, 'string')),
    {
      seed: 9110,
      numRuns: 5000,
    },
  );
  for (const piece of [';', '=', '"', '\\', ',', ' ', ';a', ';a=', ';a="', '="\\']) {
    assert.equal(typeof parseParameters(piece.repeat(8192)).value, 'string');
  }
});

test('a label is the last step of a path', () => {
  for (const name of [
    'x.jpg',
    '/x.jpg',
    '../../../../tmp/x.jpg',
    '..\\..\\x.jpg',
    'C:\\a\\x.jpg',
    'a/b\\x.jpg',
    '\\\\h\\x.jpg',
  ]) {
    assert.equal(label(name), 'x.jpg', name);
  }
  assert.deepEqual([label(''), label('a/'), label('前门.jpg')], ['', '', '前门.jpg']);
});

test('a label holds no control and no direction characters', () => {
  assert.equal(label('a\0b\x1b[31mc\r\nd\x7fe\x85f\u200bg\u202ehgpj.exe\u200f'), 'ab[31mcdefghgpj.exe');
});

test('a label is at most 100 characters and never half of one', () => {
  assert.equal(label('x'.repeat(5000)), 'x'.repeat(100));
  const faces = label('😀'.repeat(500));
  assert.deepEqual([faces.length, Buffer.from(faces).toString() === faces], [100, true]);
  assert.ok(label(`x${'😀'.repeat(500)}`).length <= 101);
});
