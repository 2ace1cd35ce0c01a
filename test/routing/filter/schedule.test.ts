import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSchedule } from '../../../src/routing/filter/schedule.js';

const NIGHTS = JSON.stringify({ mon: [['22:00', '06:00']], sun: [['22:00', '06:00']] });
const at = (time: string) => Date.parse(time);
/** 2026-11-23 is a Monday. */
const CASES: readonly [what: string, schedule: string, zone: string, time: string, open: boolean][] = [
  ['always without one', '', 'Europe/Warsaw', '2026-11-23T12:00:00+01:00', true],
  ['before a night', NIGHTS, 'Europe/Warsaw', '2026-11-23T21:59:59+01:00', false],
  ['as a night begins', NIGHTS, 'Europe/Warsaw', '2026-11-23T22:00:00+01:00', true],
  ['behind midnight', NIGHTS, 'Europe/Warsaw', '2026-11-24T05:59:59+01:00', true],
  ['as a night ends', NIGHTS, 'Europe/Warsaw', '2026-11-24T06:00:00+01:00', false],
  ['from the end of a week into the next', NIGHTS, 'Europe/Warsaw', '2026-11-23T03:00:00+01:00', true],
  ['on a day that has none', NIGHTS, 'Europe/Warsaw', '2026-11-24T23:00:00+01:00', false],
  ['by the clock of the zone', NIGHTS, 'America/New_York', '2026-11-23T22:30:00-05:00', true],
  ['by an offset', NIGHTS, '+05:30', '2026-11-23T22:30:00+05:30', true],
  ['by a negative offset', NIGHTS, '-0330', '2026-11-23T21:30:00-03:30', false],
  ['a whole day', '{"tue":[["00:00","24:00"]]}', 'UTC', '2026-11-24T23:59:59Z', true],
  ['and not the next one', '{"tue":[["00:00","24:00"]]}', 'UTC', '2026-11-25T00:00:00Z', false],
  [
    'the hour that summer time skips',
    '{"sun":[["01:30","03:30"]]}',
    'Europe/Warsaw',
    '2026-03-29T01:15:00Z',
    true,
  ],
  [
    'the hour that comes twice, first',
    '{"sun":[["02:30","03:00"]]}',
    'Europe/Warsaw',
    '2026-10-25T00:45:00Z',
    true,
  ],
  [
    'the hour that comes twice, then',
    '{"sun":[["02:30","03:00"]]}',
    'Europe/Warsaw',
    '2026-10-25T01:45:00Z',
    true,
  ],
  ['before 1970', '{"wed":[["00:00","24:00"]]}', '+00:00', '1969-12-31T12:00:00Z', true],
];

describe('weekly schedule', () => {
  for (const [what, schedule, zone, time, open] of CASES)
    it(`is ${open ? 'open' : 'closed'}: ${what}`, () =>
      assert.equal(readSchedule(schedule, zone)(at(time)), open));

  it('has the hours of this machine where no zone is named', () => {
    const monday = new Date(2026, 10, 23, 22, 30).getTime();
    for (const zone of ['', 'local']) assert.equal(readSchedule(NIGHTS, zone)(monday), true);
  });

  for (const bad of [
    'x',
    '[]',
    'null',
    '{"mon":1}',
    '{"mon":["22:00"]}',
    '{"mon":[["22:00","25:00"]]}',
    '{"monday":[]}',
    '{"mon":[["9","10:00"]]}',
    '{"mon":[["10:60","11:00"]]}',
  ])
    it(`refuses ${bad}`, () => assert.throws(() => readSchedule(bad, ''), { code: 'SCHEDULE_INVALID' }));

  it('refuses a zone that is none', () =>
    assert.throws(() => readSchedule('', 'Mars/Olympus'), { code: 'ZONE_UNKNOWN' }));
});
