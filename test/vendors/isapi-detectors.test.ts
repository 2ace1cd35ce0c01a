import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import { detectorOf, readDetector } from '../../src/vendors/isapi/detectors.js';
import { readSchedules } from '../../src/vendors/isapi/schedules.js';

const line = (inside: string) =>
  Buffer.from(
    `<LineDetection><enabled>true</enabled><LineItemList><LineItem>${inside}</LineItem></LineItemList></LineDetection>`,
  );
const at = (x: number, y: number) =>
  `<Coordinates><positionX>${x}</positionX><positionY>${y}</positionY></Coordinates>`;
const list = (...corners: string[]) => `<CoordinatesList>${corners.join('')}</CoordinatesList>`;
const motion = (inside: string) =>
  Buffer.from(`<MotionDetection><enabled>false</enabled>${inside}</MotionDetection>`);
const grid = (map: string) =>
  `<MotionDetectionLayout><layout><gridMap>${map}</gridMap></layout></MotionDetectionLayout>`;

for (const [what, body, root, drawn] of [
  ['a line', line(list(at(1, 2), at(3, 4))), 'LineDetection', true],
  ['a line of no length, as from the factory', line(list(at(0, 0), at(0, 0))), 'LineDetection', false],
  ['a line without ends', line(list()), 'LineDetection', false],
  ['two lines, one of them drawn', line(list() + list(at(1, 2), at(3, 4))), 'LineDetection', true],
  ['no line at all', line(''), 'LineDetection', false],
  ['a grid', motion(grid('0000fc')), 'MotionDetection', true],
  ['an empty grid', motion(grid('000000')), 'MotionDetection', false],
  ['no word of a place', motion(''), 'MotionDetection', undefined],
] as const) {
  test(`where a detector looks: ${what}`, () => {
    assert.equal(readDetector(body, root, LIMITS)?.drawn, drawn);
  });
}

test('on, off, and what is no detector', () => {
  assert.equal(readDetector(motion(''), 'MotionDetection', LIMITS)?.enabled, false);
  assert.equal(readDetector(line(''), 'LineDetection', LIMITS)?.enabled, true);
  const json = Buffer.from('{"LineDetection": {"enabled": true, "LineItemList": []}}');
  assert.deepEqual(readDetector(json, 'LineDetection', LIMITS), { enabled: true, drawn: false });
  for (const body of ['', '<html></html>', '<LineDetection/>', '{}', '[]', '<LineDetection><enabled>'])
    assert.equal(readDetector(Buffer.from(body), 'LineDetection', LIMITS), undefined, body);
  assert.equal(detectorOf('IO'), undefined);
  assert.equal(detectorOf('toString'), undefined);
  assert.equal(detectorOf('RegionEntrance'), detectorOf('regionentrance'));
});

const schedule = (id: string, blocks: string) =>
  `<Schedule><id>${id}</id><TimeBlockList>${blocks}</TimeBlockList></Schedule>`;
const block = (begin: string, end: string) =>
  `<TimeBlock><dayOfWeek>1</dayOfWeek><TimeRange><beginTime>${begin}</beginTime><endTime>${end}</endTime></TimeRange></TimeBlock>`;

test('schedules: one or all of them; without a block, or with blocks of no length, never armed', () => {
  const read = (text: string) =>
    readSchedules(Buffer.from(text), LIMITS).map(({ channel, armed }) => [channel, armed]);
  assert.deepEqual(read(schedule('VMD_video2', block('00:00', '24:00'))), [['2', true]]);
  assert.deepEqual(read(schedule('lineDetection-1', '')), [['1', false]]);
  assert.deepEqual(read(schedule('x', block('00:00', '00:00') + block('08:00', '08:00'))), [
    [undefined, false],
  ]);
  const both = schedule('VMD_video1', '') + schedule('VMD_video16', block('22:00', '06:00'));
  assert.deepEqual(read(`<ScheduleList>${both}</ScheduleList>`), [
    ['1', false],
    ['16', true],
  ]);
  const unsaid = '<Schedule><id>VMD_video1</id></Schedule>';
  for (const text of ['', '<html></html>', '<ScheduleList/>', unsaid, '{}']) assert.deepEqual(read(text), []);
});
