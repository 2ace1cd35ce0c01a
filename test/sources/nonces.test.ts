import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import { equal, Nonces } from '../../src/sources/nonces.js';

const START = 1_800_000_000_000;

function make(limits: Partial<typeof LIMITS> = {}) {
  const clock = { now: START };
  const settings = { ...LIMITS, ...limits };
  return { clock, settings, nonces: new Nonces(settings, () => clock.now) };
}
/** A count as it goes over the wire. */
const nc = (count: number) => count.toString(16).padStart(8, '0');

test('nonces differ and fit into a quoted string', () => {
  const { nonces } = make();
  const all = Array.from({ length: 1_000 }, () => nonces.issue());
  assert.equal(new Set(all).size, all.length);
  for (const nonce of all) assert.match(nonce, /^[\w.-]{30,80}$/);
});

test('a nonce is good for its first count and for every greater one, with gaps, once each', () => {
  const { nonces } = make();
  const nonce = nonces.issue();
  const verdicts = [1, 2, 2, 1, 9, 10, 16, 15, 0xffffffff, 0xffffffff].map((n) =>
    nonces.verify(nonce, nc(n)),
  );
  assert.deepEqual(verdicts, [
    'good',
    'good',
    'stale',
    'stale',
    'good',
    'good',
    'good',
    'stale',
    'good',
    'stale',
  ]);
});

test('counts of one nonce say nothing about another', () => {
  const { nonces } = make();
  const [one, two] = [nonces.issue(), nonces.issue()];
  assert.equal(nonces.verify(one, nc(5)), 'good');
  assert.equal(nonces.verify(two, nc(1)), 'good');
  assert.equal(nonces.verify(one, nc(5)), 'stale');
});

test('capital and small letters of a count are the same count', () => {
  const { nonces } = make();
  const nonce = nonces.issue();
  assert.equal(nonces.verify(nonce, '0000000A'), 'good');
  assert.equal(nonces.verify(nonce, '0000000a'), 'stale');
});

test('what is no count of eight hexadecimal digits uses nothing up', () => {
  const { nonces } = make();
  const nonce = nonces.issue();
  for (const bad of [
    '',
    '0',
    '1',
    '0000001',
    '000000001',
    '0000000g',
    '-0000001',
    '+0000001',
    '0x000001',
    ' 0000001',
    '00000000',
    '0000001\n',
    '1e000000x',
  ])
    assert.equal(nonces.verify(nonce, bad), 'stale', bad);
  assert.equal(nonces.verify(nonce, nc(1)), 'good');
});

test('a nonce is good up to the end of its life and not a millisecond longer', () => {
  const { clock, nonces } = make();
  const nonce = nonces.issue();
  clock.now += LIMITS.nonceLifetimeMs;
  assert.equal(nonces.verify(nonce, nc(1)), 'good');
  clock.now += 1;
  assert.equal(nonces.verify(nonce, nc(2)), 'stale');
});

test('a nonce from the future, as after the clock was set back, is not good', () => {
  const { clock, nonces } = make();
  const nonce = nonces.issue();
  clock.now -= 1;
  assert.equal(nonces.verify(nonce, nc(1)), 'stale');
});

test('a nonce of another listener is foreign', () => {
  const nonce = make().nonces.issue();
  assert.equal(make().nonces.verify(nonce, nc(1)), 'foreign');
});

test('a nonce with any character changed, added or missing is foreign', () => {
  const { nonces } = make();
  const nonce = nonces.issue();
  for (let at = 0; at < nonce.length; at++) {
    const other = nonce[at] === 'x' ? 'y' : 'x';
    for (const middle of [other, '', `${nonce[at]}x`]) {
      const changed = nonce.slice(0, at) + middle + nonce.slice(at + 1);
      assert.equal(nonces.verify(changed, nc(1)), 'foreign', changed);
    }
  }
  for (const nothing of ['', '.', '..', 'x', `${nonce}.`, `.${nonce}`, nonce.toUpperCase()])
    assert.equal(nonces.verify(nothing, nc(1)), 'foreign', nothing);
  assert.equal(nonces.verify(nonce, nc(1)), 'good');
});

test('of more nonces than are remembered, no used one is ever good again', () => {
  const { clock, nonces } = make({ nonces: 3 as 10_000 });
  const used: string[] = [];
  for (let round = 0; round < 20; round++) {
    const nonce = nonces.issue();
    assert.equal(nonces.verify(nonce, nc(1)), 'good');
    used.push(nonce);
    for (const old of used) assert.equal(nonces.verify(old, nc(1)), 'stale');
    clock.now += 1;
  }
  for (const recent of used.slice(-3)) assert.equal(nonces.verify(recent, nc(2)), 'good');
});

test('a forgotten nonce is not good again, also when others were issued in the same millisecond', () => {
  const { nonces } = make({ nonces: 2 as 10_000 });
  const all = [nonces.issue(), nonces.issue(), nonces.issue()];
  for (const nonce of all) assert.notEqual(nonces.verify(nonce, nc(1)), 'foreign');
  for (const nonce of all) assert.equal(nonces.verify(nonce, nc(1)), 'stale');
});

test('forgetting does not harm who took a nonce later', () => {
  const { clock, nonces } = make({ nonces: 2 as 10_000 });
  for (let count = 0; count < 5; count++) {
    assert.equal(nonces.verify(nonces.issue(), nc(1)), 'good');
    clock.now += 1;
  }
  assert.equal(nonces.verify(nonces.issue(), nc(1)), 'good');
});

test('texts are equal only when every character is', () => {
  for (const [a, b, same] of [
    ['', '', true],
    ['a', 'a', true],
    ['ä', 'ä', true],
    ['ä', 'a\u0308', false],
    ['a', 'b', false],
    ['a', 'aa', false],
    ['', 'a', false],
    ['€€', '€€€', false],
  ] as const)
    assert.equal(equal(a, b), same, `${a} ${b}`);
});
