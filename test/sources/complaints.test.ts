import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import { Complaints } from '../../src/sources/complaints.js';

function make(complaintKeys: number = LIMITS.complaintKeys) {
  const clock = { now: 1_800_000_000_000 };
  return { clock, complaints: new Complaints({ ...LIMITS, complaintKeys }, () => clock.now) };
}

test('a complaint is new once in its time, and what is told in between does not put that off', () => {
  const { clock, complaints } = make();
  const times = [0, 1, 30_000, 59_999, 60_000, 60_001, 119_999, 120_000];
  const start = clock.now;
  const told = times.filter((time) => {
    clock.now = start + time;
    return complaints.isNew('a');
  });
  assert.deepEqual(told, [0, 60_000, 120_000]);
});

test('different complaints do not silence each other', () => {
  const { complaints } = make();
  assert.deepEqual(
    ['a', 'b', 'a', 'c', 'b'].map((text) => complaints.isNew(text)),
    [true, true, false, true, false],
  );
});

test('a scan from very many addresses is remembered up to a limit and goes on being told', () => {
  const { complaints } = make(10);
  for (let address = 0; address < 1_000; address++) assert.ok(complaints.isNew(`192.0.2.${address} x`));
  assert.ok(!complaints.isNew('192.0.2.999 x'));
});
