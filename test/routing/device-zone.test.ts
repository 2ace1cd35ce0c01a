import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm, AlarmEvent } from '../../src/event.js';
import { DeviceZone } from '../../src/routing/device-zone.js';
import { draftOf } from '../support/drafts.js';
import { inZone } from '../support/zone.js';

/** What an event becomes with a zone. */
function zoned(zone: string, event: Partial<AlarmEvent>): AlarmEvent {
  const alarms: Alarm[] = [];
  const stage = new DeviceZone(zone, { alarm: (alarm) => alarms.push(alarm), sign: () => undefined });
  stage.alarm(draftOf(event));
  return alarms[0]?.event as AlarmEvent;
}

const TIMES: [zone: string, local: string, wanted: string][] = [
  ['Europe/Warsaw', '2026-11-22T08:15:30', '2026-11-22T08:15:30+01:00'],
  ['Europe/Warsaw', '2026-07-01T08:15:30', '2026-07-01T08:15:30+02:00'],
  // An hour before and behind the change of clocks.
  ['Europe/Warsaw', '2026-03-29T01:30:00', '2026-03-29T01:30:00+01:00'],
  ['Europe/Warsaw', '2026-03-29T03:30:00', '2026-03-29T03:30:00+02:00'],
  ['Europe/Warsaw', '2026-10-25T01:30:00', '2026-10-25T01:30:00+02:00'],
  ['Europe/Warsaw', '2026-10-25T03:30:00', '2026-10-25T03:30:00+01:00'],
  ['Asia/Kolkata', '2026-11-22T12:45:31', '2026-11-22T12:45:31+05:30'],
  ['America/St_Johns', '2026-11-22T03:45:31', '2026-11-22T03:45:31-03:30'],
  ['UTC', '2026-11-22T07:15:31', '2026-11-22T07:15:31+00:00'],
  ['+5:45', '2026-11-22T13:00:31', '2026-11-22T13:00:31+05:45'],
  ['-0330', '2026-11-22T03:45:31', '2026-11-22T03:45:31-03:30'],
];
for (const [zone, local, wanted] of TIMES) {
  test(`${local} of a wall clock in ${zone} is ${wanted}`, () => {
    const { time, clockSkew, receivedAt } = zoned(zone, { time: local, timeRaw: local });
    assert.equal(time, wanted);
    assert.equal(clockSkew, Math.round((Date.parse(wanted) - Date.parse(receivedAt)) / 1000) || 0);
  });
}

test('the text tells the time with its zone', () => {
  const { text } = zoned('Europe/Warsaw', { time: '2026-11-22T08:15:30', timeRaw: 'as sent' });
  assert.match(text, /2026-11-22 08:15:30 \+01:00/);
});

test('a zone that the device gave itself is kept, and our own time is no wall clock', () => {
  const given = { time: '2026-11-22T08:15:30+05:30', timeRaw: 'as sent', clockSkew: 7 };
  assert.equal(zoned('Europe/Warsaw', given).time, given.time);
  assert.equal(zoned('Europe/Warsaw', given).clockSkew, 7);
  const ours = { time: '2026-11-22T07:15:31.204Z' };
  assert.equal(zoned('Europe/Warsaw', ours).time, ours.time);
});

test('local is the zone of this machine', () => {
  const given = { time: '2026-11-22T13:00:31', timeRaw: 'x' };
  const { time } = inZone('Asia/Kathmandu', () => zoned('local', given));
  assert.equal(time, '2026-11-22T13:00:31+05:45');
});

test('a zone that is none is refused with a code', () => {
  for (const zone of ['Europe/Warsav', 'x', '1:00', '+1'])
    assert.throws(() => zoned(zone, {}), { code: 'ZONE_UNKNOWN' }, zone);
});
