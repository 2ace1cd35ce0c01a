import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PictureJoin } from '../../src/inbox/picture-join.js';
import { LIMITS, type Limits } from '../../src/limits.js';
import type { AlarmDraft } from '../../src/notification.js';
import { draftOf, pictureOf } from '../support/drafts.js';
import { ManualClock } from '../support/manual-clock.js';

function joining(limits: Partial<Limits> = {}) {
  const clock = new ManualClock();
  const handed: AlarmDraft[] = [];
  const join = new PictureJoin({ ...LIMITS, ...limits }, clock, ({ draft }) => handed.push(draft));
  const take = (draft: AlarmDraft) => join.take({ draft, holdings: [] });
  /** Each as its type and state, and the words in its pictures. */
  const told = () =>
    handed.map(({ event, attachments }) =>
      [event.type, event.state, ...attachments.map(({ content }) => content.toString('latin1', 2))].join(' '),
    );
  return { clock, handed, join, take, told };
}

const crossing = (awaits: string, state: 'active' | 'inactive' = 'active') => draftOf({ state }, { awaits });
const picture = (brings: string, word = brings) =>
  draftOf(
    { type: 'alarm_snap_data', kind: 'unknown', state: 'pulse' },
    { brings, attachments: [pictureOf(word)] },
  );

test('an event goes on with its picture as soon as that comes', () => {
  const { clock, handed, told, take } = joining();
  take(crossing('707'));
  clock.pass(LIMITS.pictureJoinMs - 1);
  assert.deepEqual(told(), []);
  take(picture('707'));
  assert.deepEqual(told(), ['lcd active 707']);
  assert.equal(handed[0]?.attachments[0]?.filename, 'scene-1.jpg');
});

test('a picture may come before its event', () => {
  const { clock, told, take } = joining();
  take(picture('707'));
  clock.pass(LIMITS.pictureJoinMs - 1);
  take(crossing('707'));
  assert.deepEqual(told(), ['lcd active 707']);
  clock.pass(60_000);
  assert.deepEqual(told(), ['lcd active 707']);
});

test('what waits in vain goes on as it is: the event without its picture, the picture by itself', () => {
  const { clock, told, take } = joining();
  take(crossing('707'));
  take(picture('708'));
  clock.pass(LIMITS.pictureJoinMs - 1);
  assert.deepEqual(told(), []);
  clock.pass(1);
  assert.deepEqual(told(), ['lcd active', 'alarm_snap_data pulse 708']);
  assert.equal(clock.waiting, 0);
});

test('a picture that comes too late is an event of its own, not lost', () => {
  const { clock, told, take } = joining();
  take(crossing('707'));
  clock.pass(LIMITS.pictureJoinMs);
  take(picture('707'));
  clock.pass(LIMITS.pictureJoinMs);
  assert.deepEqual(told(), ['lcd active', 'alarm_snap_data pulse 707']);
});

test('each waits for as long as the others, from its own begin, and wakes nobody before', () => {
  const { clock, told, take } = joining();
  take(draftOf({ type: 'pid' }, { awaits: '1' }));
  clock.pass(1_000);
  take(draftOf({ type: 'lcd' }, { awaits: '2' }));
  assert.equal(clock.next, LIMITS.pictureJoinMs - 1_000);
  clock.pass(LIMITS.pictureJoinMs - 1_000);
  assert.deepEqual(told(), ['pid active']);
  assert.equal(clock.next, 1_000);
  clock.pass(1_000);
  assert.deepEqual(told(), ['pid active', 'lcd active']);
});

test('a second picture with the number of one that still waits does not drop that', () => {
  const { clock, told, take } = joining();
  take(picture('7', 'one'));
  take(picture('7', 'two'));
  clock.pass(LIMITS.pictureJoinMs);
  assert.deepEqual(told(), ['alarm_snap_data pulse one', 'alarm_snap_data pulse two']);
});

test('half a picture makes its event one with something missing', () => {
  const { handed, take } = joining();
  const half = picture('7');
  half.event.truncated = true;
  take(half);
  take(crossing('7'));
  take(picture('8'));
  take(crossing('8'));
  assert.deepEqual(
    handed.map(({ event }) => event.truncated),
    [true, undefined],
  );
});

test('several events share a picture, each with bytes of its own', () => {
  const { handed, told, take } = joining();
  take(draftOf({ type: 'pid' }, { awaits: '7' }));
  take(draftOf({ type: 'lcd' }, { awaits: '7' }));
  take(picture('7'));
  take(draftOf({ type: 'pd' }, { awaits: '7' }));
  assert.deepEqual(told(), ['pid active 7', 'lcd active 7', 'pd active 7']);
  const buffers = handed.map(({ attachments }) => attachments[0]?.content);
  assert.equal(new Set(buffers).size, 3);
});

test('the end of an alarm does not come before its start', () => {
  const { clock, told, take } = joining();
  take(crossing('707'));
  take(draftOf({ state: 'inactive' }));
  take(draftOf({ channelRaw: 'CH2', channel: 2 }));
  assert.deepEqual(told(), ['lcd active']);
  clock.pass(1_000);
  take(picture('707'));
  assert.deepEqual(told(), ['lcd active', 'lcd active 707', 'lcd inactive']);
});

test('one that waits behind another and for a picture waits for both', () => {
  const { clock, told, take } = joining();
  take(crossing('1'));
  clock.pass(1_000);
  take(crossing('2', 'inactive'));
  take(picture('2'));
  assert.deepEqual(told(), []);
  take(picture('1'));
  assert.deepEqual(told(), ['lcd active 1', 'lcd inactive 2']);
});

test('the same number of another recorder is another picture', () => {
  const { clock, told, take } = joining();
  take(crossing('707'));
  take({
    ...picture('707'),
    event: draftOf({ device: { id: '00:00:5e:00:53:99', address: '192.0.2.31' } }).event,
  });
  assert.deepEqual(told(), []);
  clock.pass(LIMITS.pictureJoinMs);
  assert.deepEqual(told(), ['lcd active', 'lcd active 707']);
});

test('of more than may wait the oldest goes on as it is, and nothing is dropped', () => {
  const { join, told, take } = joining({ joining: 2 });
  for (const id of ['1', '2', '3']) take(draftOf({ type: id }, { awaits: id }));
  assert.deepEqual(told(), ['1 active']);
  for (const id of ['7', '8', '9']) take(picture(id));
  assert.deepEqual(told(), ['1 active', 'alarm_snap_data pulse 7']);
  join.flush();
  assert.deepEqual(told().slice(2), [
    '2 active',
    '3 active',
    'alarm_snap_data pulse 8',
    'alarm_snap_data pulse 9',
  ]);
});

test('pictures wait within a limit of bytes', () => {
  const { told, take } = joining({ joiningBytes: 10 });
  take(picture('1', 'abcdef'));
  take(picture('2', 'ghijkl'));
  assert.deepEqual(told(), ['alarm_snap_data pulse abcdef']);
});

test('everything that waits goes on at the stop', () => {
  const { clock, join, told, take } = joining();
  take(crossing('1'));
  take(picture('2'));
  join.flush();
  assert.deepEqual(told(), ['lcd active', 'alarm_snap_data pulse 2']);
  assert.equal(clock.waiting, 0);
});
