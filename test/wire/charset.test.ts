import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText } from '../../src/wire/charset.js';

const declared = (encoding: string, quote = '"') =>
  `<?xml version="1.0" encoding=${quote}${encoding}${quote}?>`;
const read = (bytes: Buffer | string, charset?: string) =>
  decodeText(
    Buffer.from(bytes as Buffer),
    charset === undefined ? undefined : `text/x; charset="${charset}"`,
  );
const GB = Buffer.from([0xc7, 0xb0, 0xc3, 0xc5]);

test('without any announcement text is UTF-8', () => {
  assert.deepEqual(read('前门 é 😀'), { text: '前门 é 😀', guessed: false });
  assert.deepEqual(read(''), { text: '', guessed: false });
});

test('a byte order mark counts more than declaration and content type, and is not part of the text', () => {
  const text = `${declared('GB2312')}<a>é</a>`;
  assert.deepEqual(read(`\ufeff${text}`, 'latin1'), { text, guessed: false });
  const little = Buffer.from(`\ufeff${text}`, 'utf16le');
  assert.deepEqual(read(little, 'utf-8'), { text, guessed: false });
  assert.deepEqual(read(Buffer.from(little).swap16(), 'utf-8'), { text, guessed: false });
});

test('the declaration counts more than the content type', () => {
  for (const name of ['GB2312', 'gb2312', 'GBK', 'gb18030']) {
    const bytes = Buffer.concat([Buffer.from(declared(name)), GB]);
    assert.deepEqual(read(bytes, 'utf-8'), { text: `${declared(name)}前门`, guessed: false });
    assert.deepEqual(read(Buffer.concat([Buffer.from(declared(name, "'")), GB])).text.endsWith('前门'), true);
  }
});

test('a declaration behind a leading blank line counts, one in the middle of the text does not', () => {
  assert.ok(read(Buffer.concat([Buffer.from(`\r\n ${declared('GB2312')}`), GB])).text.endsWith('前门'));
  const late = `<a>${' '.repeat(20)}${declared('GB2312')}é</a>`;
  assert.deepEqual(read(late), { text: late, guessed: false });
  const other = `<?xml version="1.0"?><a encoding="GB2312">é</a>`;
  assert.deepEqual(read(other), { text: other, guessed: false });
});

test('the content type counts where nothing else is said', () => {
  assert.deepEqual(read(GB, 'gb2312'), { text: '前门', guessed: false });
  assert.deepEqual(read(Buffer.from('é', 'latin1'), 'iso-8859-1'), { text: 'é', guessed: false });
  for (const name of ['UTF-8', 'utf8', 'Utf-8', 'UTF8'])
    assert.deepEqual(read('é', name), { text: 'é', guessed: false });
});

test('an unknown character set is read as UTF-8, or as Latin-1 and marked', () => {
  for (const name of ['nosuch', '', '; rm', '__proto__']) {
    assert.deepEqual(read('é', name), { text: 'é', guessed: false });
    assert.deepEqual(read(Buffer.from('é', 'latin1'), name), { text: 'é', guessed: true });
  }
});

test('bytes that do not fit are read as Latin-1 and marked, never lost and never thrown at', () => {
  for (const bytes of [
    [0xe9],
    [0x41, 0xc3],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
    [0x80, 0xff],
  ]) {
    assert.deepEqual(read(Buffer.from(bytes)), {
      text: Buffer.from(bytes).toString('latin1'),
      guessed: true,
    });
  }
  const wrong = Buffer.concat([Buffer.from(declared('GB2312')), Buffer.from([0x81, 0x20, 0xff, 0xff])]);
  assert.deepEqual(read(wrong), { text: wrong.toString('latin1'), guessed: true });
});

test('text in UTF-16 that breaks off or is no text does not throw', () => {
  for (const bytes of [
    [0xff, 0xfe],
    [0xfe, 0xff],
    [0xff, 0xfe, 0x41],
    [0xff, 0xfe, 0x00, 0xd8],
    [0xfe, 0xff, 0xdc, 0x00],
    [0xef, 0xbb, 0xbf],
  ]) {
    assert.equal(typeof read(Buffer.from(bytes)).text, 'string');
  }
  assert.deepEqual(read(Buffer.from([0xff, 0xfe])), { text: '', guessed: false });
});

test('a declaration that never ends is looked at only at its start', () => {
  const text = `<?xml ${' '.repeat(200_000)}encoding="GB2312"?>`;
  assert.deepEqual(read(text), { text, guessed: false });
  const long = `<?xml encoding="${'x'.repeat(1000)}"?>`;
  assert.deepEqual(read(long), { text: long, guessed: false });
});
