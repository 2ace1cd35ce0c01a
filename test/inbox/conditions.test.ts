import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmKind, AlarmState } from '../../src/event.js';
import { Conditions } from '../../src/inbox/conditions.js';
import { LIMITS } from '../../src/limits.js';
import { draftOf, RECORDER_ADDRESS, RECORDER_MAC } from '../support/drafts.js';

type Said = readonly [kind: AlarmKind, state: AlarmState, type: string, channel?: string];

/** What is told of a row of conditions, in short. */
function told(...row: readonly Said[]): string[] {
  const conditions = new Conditions(LIMITS);
  return row.map(([kind, state, type, channelRaw = 'CH1']) => {
    const sign = conditions.news(draftOf({ kind, state, type, channelRaw }, { condition: true }));
    return sign === undefined ? '-' : [sign.event, sign.state, sign.reason].filter(Boolean).join(' ');
  });
}

test('a camera that goes and comes back is told once each, however often it is said', () => {
  const row: Said[] = [
    ['offline', 'inactive', 'Online'],
    ['offline', 'active', 'Offline'],
    ['offline', 'active', 'Offline'],
    ['offline', 'inactive', 'Online'],
    ['offline', 'inactive', 'Online'],
  ];
  const wanted = ['-', 'offline the device says: Offline', '-', 'online the device says: Online', '-'];
  assert.deepEqual(told(...row), wanted);
});

test('trouble that is there from the start is told, what is well is no news', () => {
  assert.deepEqual(told(['disk', 'active', 'NoDisk']), ['disk active the device says: NoDisk']);
  assert.deepEqual(told(['disk', 'inactive', 'Ok'], ['offline', 'pulse', 'Sleep', 'CH2']), ['-', '-']);
});

test('a camera that sleeps is stale, neither there nor gone', () => {
  const row: Said[] = [
    ['offline', 'inactive', 'Online'],
    ['offline', 'pulse', 'Sleep'],
    ['offline', 'inactive', 'Online'],
  ];
  assert.deepEqual(told(...row), ['-', 'stale the device says: Sleep', 'online the device says: Online']);
});

test('another trouble of the same disk is news', () => {
  const row: Said[] = [
    ['disk', 'active', 'Full'],
    ['disk', 'active', 'Bad'],
    ['disk', 'inactive', 'Ok'],
  ];
  const said = (state: string, word: string) => `disk ${state} the device says: ${word}`;
  assert.deepEqual(told(...row), [said('active', 'Full'), said('active', 'Bad'), said('inactive', 'Ok')]);
});

test('channels and kinds do not get mixed up', () => {
  const row: Said[] = [
    ['video-loss', 'active', 'videoloss', 'CH1'],
    ['video-loss', 'active', 'videoloss', 'IP_CH1'],
    ['offline', 'active', 'Offline', 'CH1'],
    ['video-loss', 'inactive', 'videoloss', 'CH1'],
  ];
  assert.deepEqual(told(...row), [
    'video-loss active the device says: videoloss',
    'video-loss active the device says: videoloss',
    'offline the device says: Offline',
    'video-loss inactive the device says: videoloss',
  ]);
});

test('a sign says whom and what it is about', () => {
  const draft = draftOf({ kind: 'video-loss', state: 'active', type: 'videoloss', channelName: 'Gate' });
  assert.deepEqual(new Conditions(LIMITS).news({ ...draft, condition: true }), {
    event: 'video-loss',
    vendor: 'raysharp',
    device: { id: RECORDER_MAC, mac: RECORDER_MAC, address: RECORDER_ADDRESS },
    channel: 1,
    channelName: 'Gate',
    state: 'active',
    since: '2026-11-22T07:15:31.204Z',
    reason: 'the device says: videoloss',
  });
});

test('of more than are remembered the oldest is forgotten', () => {
  const conditions = new Conditions({ ...LIMITS, conditions: 2 });
  const say = (channelRaw: string) =>
    conditions.news(draftOf({ kind: 'video-loss', type: 'videoloss', channelRaw }, { condition: true })) !==
    undefined;
  assert.deepEqual(['CH1', 'CH2', 'CH3', 'CH2', 'CH1'].map(say), [true, true, true, false, true]);
});
