import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { safeName } from '../../src/archive/safe-name.js';

const MOST = 80;

test('names that people give stay as they are, in all languages', () => {
  for (const name of [
    'Gate',
    'Brama główna',
    '大门',
    'Entrée (nord)',
    'Driveway 📷 2',
    'CH1',
    'a.b',
    '-',
    'Tor & Hof',
  ])
    assert.equal(safeName(name, MOST), name === '-' ? '' : name);
});

test('nothing of a hostile name decides a path', () => {
  const names: Readonly<Record<string, string>> = {
    '../../etc': 'etc',
    '..\\..\\evil': 'evil',
    '/etc/passwd': 'etc-passwd',
    'C:\\Windows': 'C-Windows',
    '..': '',
    '.': '',
    '': '',
    ' . .. ': '',
    '.hidden': 'hidden',
    '-rf': 'rf',
    '~root': 'root',
    'Gate...': 'Gate',
    'Gate . .': 'Gate',
    'a\0b': 'a-b',
    'a\r\nb': 'a-b',
    'a\u2028b': 'a-b',
    '\u202egpj.evil': 'gpj.evil',
    'a\u200bb': 'ab',
    'a\ud800b': 'ab',
    CON: '_CON',
    'con.jpg': '_con.jpg',
    'NUL .txt': '_NUL .txt',
    Com1: '_Com1',
    'LPT²': '_LPT²',
    'CON..': '_CON',
    CONSOLE: 'CONSOLE',
    'a|b?c*d"e<f>g': 'a-b-c-d-e-f-g',
    'cafe\u0301': 'caf\u00e9',
  };
  for (const [name, safe] of Object.entries(names))
    assert.equal(safeName(name, MOST), safe, JSON.stringify(name));
});

test('a long name is cut between two letters', () => {
  assert.equal(safeName('x'.repeat(300), MOST), 'x'.repeat(80));
  assert.equal(safeName('門'.repeat(300), MOST), '門'.repeat(26));
  assert.equal(safeName('📷'.repeat(300), MOST), '📷'.repeat(20));
  assert.equal(safeName(`${'x'.repeat(79)}. y`, MOST), 'x'.repeat(79));
});

test('whatever comes in, what comes out is one step of a path on every system', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '..',
      '/',
      '\\',
      '.',
      ' ',
      ':',
      '\0',
      'con',
      'NUL',
      'COM1',
      '.jpg',
      '\u202e',
      '\ud800',
      '~',
      '-',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 8, max: MOST }), (pieces, most) => {
      const name = safeName(pieces.join(''), most);
      assert.ok(Buffer.byteLength(name) <= most);
      assert.doesNotMatch(name, /[\p{Cc}\p{Cf}\p{Cs}/\\:*?"<>|]/u);
      assert.doesNotMatch(name, /^[\s.~-]|[\s.]$/u);
      assert.doesNotMatch(name, /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/iu);
      assert.equal(safeName(name, most), name, 'a safe name stays');
    }),
    { numRuns: 3_000 },
  );
});
