import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify, looksWhole } from '../../src/wire/classify.js';
import { ALERT_JSON, alertXml, jpeg } from '../support/multipart-samples.js';

const kind = (bytes: string | Buffer) => classify(Buffer.from(bytes as Buffer));
const whole = (bytes: string | Buffer) => looksWhole(Buffer.from(bytes as Buffer));
const PNG = Buffer.concat([
  Buffer.from([0x89]),
  Buffer.from('PNG\r\n\x1a\nxxxxIEND'),
  Buffer.from([0xae, 0x42, 0x60, 0x82]),
]);

test('a part is what its first bytes say', () => {
  assert.deepEqual(['', '<a/>', '{}', '[]', 'text', 'GIF89a', '-', '}'].map(kind), [
    'empty',
    'xml',
    'json',
    'json',
    'unknown',
    'unknown',
    'unknown',
    'unknown',
  ]);
  assert.deepEqual(
    [kind(jpeg()), kind(PNG), kind(Buffer.from([0xff, 0xd8])), kind(Buffer.from([0x89, 0x50]))],
    ['jpeg', 'png', 'jpeg', 'unknown'],
  );
});

test('blanks, zero bytes and byte order marks before a document do not hide it', () => {
  for (const before of ['\r\n', ' \t\r\n\n', '\0\0', '\ufeff', '\ufeff\r\n', ' '.repeat(255)]) {
    assert.deepEqual([kind(`${before}<a/>`), kind(`${before}{}`)], ['xml', 'json'], JSON.stringify(before));
  }
  for (const text of ['\ufeff<a/>', '\ufeff \r\n<a/>', '<a/>']) {
    assert.equal(kind(Buffer.from(text, 'utf16le')), 'xml');
    assert.equal(kind(Buffer.from(text, 'utf16le').swap16()), 'xml');
  }
  assert.deepEqual(
    [kind(' '.repeat(5000)), kind(`${' '.repeat(5000)}<a/>`), kind('\ufeff')],
    ['unknown', 'unknown', 'unknown'],
  );
});

test('a document looks whole with its last byte and not before', () => {
  const picture = jpeg();
  for (const text of [
    alertXml(),
    alertXml('\n'),
    ALERT_JSON,
    '{"a":"\\"}"}',
    '[{"b":"]"}]',
    '<n:a v="1"><n:b/></n:a >',
    picture,
    PNG,
  ]) {
    const bytes = Buffer.from(text as Buffer);
    assert.equal(looksWhole(bytes), true, String(text));
    // The last bytes of a PNG are a checksum behind the mark that is looked for.
    const last = text === PNG ? bytes.length - 4 : bytes.length;
    for (let at = 2; at < last; at++)
      assert.notEqual(looksWhole(bytes.subarray(0, at)), true, `${String(text)} cut at ${at}`);
  }
});

test('blanks behind a document do not make it look broken, anything else does', () => {
  for (const text of ['<a><b/></a>', '{"a":[1]}', '[1]']) {
    assert.deepEqual(
      [whole(`${text}\r\n\r\n`), whole(`\r\n${text} \t`), whole(`${text}\0`)],
      [true, true, true],
      text,
    );
    assert.deepEqual(
      [whole(`${text}x`), whole(`${text}\r\n--b`), whole(`${text}{}`)],
      [false, false, false],
      text,
    );
  }
});

test('the last closing tag must be that of the first element', () => {
  for (const text of [
    '<a><b></b>',
    '<ab><a></a>',
    '<a><ab></ab>',
    '<a></a',
    '<a',
    '<!-- <a> --></b>',
    '</a>',
    '<?xml?></a>',
  ]) {
    assert.equal(whole(text), false, text);
  }
  for (const text of [
    '<?xml version="1.0"?><a></a>',
    '<!-- c --><a\r\nb="1"></a>',
    '<a>\t</a\r\n>',
    '<x:a></x:a>',
  ]) {
    assert.equal(whole(text), true, text);
  }
});

test('what has no end to look for is neither whole nor broken', () => {
  for (const bytes of ['', 'text', '   ']) assert.equal(whole(bytes), undefined);
});
