import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDeviceTime } from '../../src/vendors/raysharp/device-time.js';

const AT = new Date('2026-11-22T07:15:31.204Z');

const SPELLINGS: [raw: string, iso: string | undefined, zoned: boolean][] = [
  ['2023-7-13 7:28:10', '2023-07-13T07:28:10', false],
  ['2022-5-26 11:5:0', '2022-05-26T11:05:00', false],
  ['2026-11-22T08:15:30', '2026-11-22T08:15:30', false],
  ['2026/11/22 08:15:30', '2026-11-22T08:15:30', false],
  ['09/07/2026 17:05:30', '2026-09-07T17:05:30', false],
  ['09/07/202617:05:30', '2026-09-07T17:05:30', false],
  ['2026-11-22T07:15:30Z', '2026-11-22T07:15:30Z', true],
  ['2026-11-22T08:15:30+01:00', '2026-11-22T08:15:30+01:00', true],
  ['2026-11-22T08:15:30-3:30', '2026-11-22T08:15:30-03:30', true],
  // The wall clock, with its zone behind a Z that means nothing.
  ['2026-11-22T12:45:31Z+05:30', '2026-11-22T12:45:31+05:30', true],
  // UTC, with the zone it may be shown in.
  ['2026-11-22T07:15:31Z+05:30', '2026-11-22T12:45:31+05:30', true],
  ['2026-11-22T07:15:31Z-08:00', '2026-11-21T23:15:31-08:00', true],
  ['1795331731', '2026-11-22T07:15:31', false],
  ['1795331731204', '2026-11-22T07:15:31', false],
  ['2026-13-22 08:15:30', undefined, false],
  ['2026-2-30 08:15:30', undefined, false],
  ['31/12/2026 08:15:30', undefined, false],
  ['2026-11-22 24:15:30', undefined, false],
  ['2026-11-22T08:15:30+99:00', '2026-11-22T08:15:30', false],
  ['yesterday', undefined, false],
  ['', undefined, false],
  ['0', undefined, false],
  ['12345', undefined, false],
  ['2026-11-22 08:15:30'.padEnd(60, '0'), undefined, false],
];
for (const [raw, iso, zoned] of SPELLINGS) {
  test(`the time "${raw.slice(0, 40)}" is read as ${iso ?? 'none'}`, () => {
    const time = readDeviceTime(raw, AT);
    assert.equal(time?.iso, iso);
    assert.equal(time?.epoch !== undefined, zoned);
    if (zoned) assert.equal(time?.epoch, Date.parse(iso as string));
    if (time !== undefined) assert.equal(time.raw, raw);
  });
}

test('no time is no time', () => {
  assert.equal(readDeviceTime(undefined, AT), undefined);
});
