import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Shares } from '../../src/inbox/shares.js';
import { seeded } from '../vendors/changes.js';

test('one may take all of it, and not more', () => {
  const shares = new Shares(10);
  for (let count = 0; count < 10; count++) assert.equal(shares.take('a', 1), true);
  assert.equal(shares.take('a', 1), false);
  assert.equal(shares.sum, 10);
});

test('who comes while another has all of it still finds room, and so does the next', () => {
  const shares = new Shares(100);
  shares.take('a', 100);
  assert.deepEqual([shares.take('b', 12), shares.take('b', 1)], [true, false]);
  assert.deepEqual([shares.take('c', 8), shares.take('c', 1)], [true, false]);
  assert.equal(shares.sum, 120);
});

test('what is refused takes nothing', () => {
  const shares = new Shares(10);
  shares.take('a', 4);
  assert.equal(shares.take('a', 7), false);
  assert.equal(shares.take('b', 7), false);
  assert.equal(shares.sum, 4);
  assert.equal(shares.take('a', 6), true);
});

test('what must be taken is, room or not, and is in the way of what comes then', () => {
  const shares = new Shares(10);
  shares.add('a', 15);
  assert.equal(shares.sum, 15);
  assert.equal(shares.take('b', 1), false);
  shares.give('a', 6);
  assert.equal(shares.take('b', 1), true);
});

test('whatever is taken and given, the sum is right, stays below its most, and a newcomer finds room', () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = seeded(seed);
    const most = 400 + random(1_000);
    const shares = new Shares(most);
    const held = new Map<string, number>();
    for (let step = 0; step < 300; step++) {
      const owner = `device ${random(8)}`;
      const mine = held.get(owner) ?? 0;
      const hogs = random(3) > 0;
      const amount = 1 + random(hogs ? 100 : 3);
      if (random(4) === 0 && mine > 0) {
        const back = 1 + random(mine);
        shares.give(owner, back);
        held.set(owner, mine - back);
      } else if (shares.take(owner, amount)) held.set(owner, mine + amount);
      else assert.ok(mine > 0 || amount > most / 4 / 9, 'a newcomer was sent away');
      const sum = [...held.values()].reduce((a, b) => a + b, 0);
      assert.equal(shares.sum, sum);
      assert.ok(sum <= most * 1.25, `${sum} of ${most}`);
    }
    for (const [owner, amount] of held) shares.give(owner, amount);
    assert.equal(shares.sum, 0);
  }
});
