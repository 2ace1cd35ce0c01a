import assert from 'node:assert/strict';
import { test } from 'node:test';
import { child, children, type Fields, isFields, number, text } from '../../src/wire/fields.js';

test('a field says what it says as text, whether written as text, number or yes and no', () => {
  const cases: [unknown, string | undefined][] = [
    ['1', '1'],
    [1, '1'],
    [0, '0'],
    [-3.5, '-3.5'],
    ['12E34', '12E34'],
    ['00123', '00123'],
    [true, 'true'],
    [false, 'false'],
    [' \r\n Gate 1 \t', 'Gate 1'],
    ['', undefined],
    [' \r\n ', undefined],
    ['\u00000', undefined],
    [null, undefined],
    [undefined, undefined],
    [{ a: '1' }, undefined],
    [[], undefined],
    [['', ' ', 'second', 'third'], 'second'],
    [[null, { a: 1 }, 2], '2'],
  ];
  for (const [value, wanted] of cases) assert.equal(text({ field: value }, 'field'), wanted, String(value));
});

test('of several names the first that says something counts', () => {
  assert.equal(text({ channelID: '', dynChannelID: '15' }, 'channelID', 'dynChannelID'), '15');
  assert.equal(text({ channelID: '3', dynChannelID: '15' }, 'channelID', 'dynChannelID'), '3');
  assert.equal(text({ channelID: [], dynChannelID: null }, 'channelID', 'dynChannelID'), undefined);
  assert.equal(text({ channelID: 0, dynChannelID: 15 }, 'channelID', 'dynChannelID'), '0');
});

test('no document and no such field say nothing', () => {
  assert.equal(text(undefined, 'field'), undefined);
  assert.equal(text({}, 'field'), undefined);
  assert.equal(text({ field: '1' }), undefined);
  assert.equal(number(undefined, 'field'), undefined);
  assert.deepEqual(children(undefined, 'field'), []);
  assert.equal(child(undefined, 'field'), undefined);
});

test('a number is read from text and number, and nothing else is one', () => {
  const cases: [unknown, number | undefined][] = [
    ['424', 424],
    [' 424 ', 424],
    [424, 424],
    ['0', 0],
    [0, 0],
    ['0.125', 0.125],
    ['-1', -1],
    ['', undefined],
    [' ', undefined],
    ['none', undefined],
    ['1,5', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [null, undefined],
    [true, undefined],
    [{}, undefined],
    [['', '7'], 7],
  ];
  for (const [value, wanted] of cases) assert.equal(number({ field: value }, 'field'), wanted, String(value));
});

test('children are those that are objects: one, several, or none', () => {
  const one: Fields = { id: '1' };
  const two: Fields = { id: '2' };
  assert.deepEqual(children({ list: one }, 'list'), [one]);
  assert.deepEqual(children({ list: [one, two] }, 'list'), [one, two]);
  assert.deepEqual(children({ list: ['', one, null, 3, [two]] }, 'list'), [one]);
  for (const nothing of ['', '\n', null, undefined, 0, []]) {
    assert.deepEqual(children({ list: nothing }, 'list'), [], String(nothing));
    assert.equal(child({ list: nothing }, 'list'), undefined);
  }
  assert.equal(child({ list: ['', two, one] }, 'list'), two);
});

test('an object is fields; lists, text and nothing are not', () => {
  assert.deepEqual([{}, { a: 1 }].map(isFields), [true, true]);
  assert.deepEqual([[], null, undefined, 'text', 1, true].map(isFields), Array(6).fill(false));
});
