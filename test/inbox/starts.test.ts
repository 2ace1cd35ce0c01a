import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmState } from '../../src/event.js';
import { Starts } from '../../src/inbox/starts.js';
import { LIMITS } from '../../src/limits.js';
import type { AlarmDraft } from '../../src/notification.js';
import { draftOf } from '../support/drafts.js';

const said = (state: AlarmState, channelRaw = 'CH1', type = 'motion_alarm') =>
  draftOf({ state, channelRaw, type }, { restated: true });

/** Whether it is news; what is, is taken. */
function hear(starts: Starts, draft: AlarmDraft): boolean {
  const isNews = starts.isNews(draft);
  if (isNews) starts.note(draft);
  return isNews;
}

test('that nothing goes on is news once, behind its start', () => {
  const starts = new Starts(LIMITS);
  const news = (['inactive', 'active', 'inactive', 'inactive'] as const).map((state) =>
    hear(starts, said(state)),
  );
  assert.deepEqual(news, [false, true, true, false]);
});

test('an end belongs to the start of its own channel and type', () => {
  const starts = new Starts(LIMITS);
  hear(starts, said('active', 'CH1'));
  assert.equal(starts.isNews(said('inactive', 'IP_CH1')), false);
  assert.equal(starts.isNews(said('inactive', 'CH1', 'lcd')), false);
  assert.equal(starts.isNews(said('inactive', 'CH1')), true);
});

test('who says an end only when there is one is believed', () => {
  assert.equal(new Starts(LIMITS).isNews(draftOf({ state: 'inactive' })), true);
});

test('of more starts than are remembered the oldest is forgotten', () => {
  const starts = new Starts({ ...LIMITS, conditions: 2 });
  for (const channel of ['CH1', 'CH2', 'CH3']) hear(starts, said('active', channel));
  assert.deepEqual(
    ['CH1', 'CH2', 'CH3'].map((channel) => starts.isNews(said('inactive', channel))),
    [false, true, true],
  );
});

test('an end that could not be kept is news when it comes again', () => {
  const starts = new Starts(LIMITS);
  hear(starts, said('active'));
  assert.deepEqual([starts.isNews(said('inactive')), starts.isNews(said('inactive'))], [true, true]);
});
