import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULTS } from '../../src/simulator/configurable/faults.js';
import { linkage } from './linkage-support.js';

const RECORDER = { triggerStyle: 'recorder', blankFirst: false, ...FAULTS.recurrenceRefused } as const;
const RECURRENCE = /notificationRecurrence/;

test('a recorder, which refuses how often it notifies, is disarmed and armed byte by byte', async (t) => {
  const { change, documents, writes } = await linkage(t, RECORDER);
  const before = documents();
  await change(false);
  assert.deepEqual((await change(true)).changed, ['VMD-1', 'tamper-1']);
  assert.deepEqual(documents(), before);
  assert.ok(writes().every(({ status, body }) => status === 200 && !RECURRENCE.test(body)));
});

test('what notifies often and in the middle of others comes back there, and as often', async (t) => {
  const { change, documents, store } = await linkage(t);
  await store('videoloss-1', (document) =>
    document.replace(
      '</EventTriggerNotification>\n',
      '$&  <EventTriggerNotification><id>center</id><notificationMethod>center</notificationMethod>\n<notificationRecurrence>recurring</notificationRecurrence></EventTriggerNotification>\n',
    ),
  );
  const before = documents();
  for (const events of [[], ['videoloss']]) {
    await change(false, ...events);
    assert.notDeepEqual(documents(), before);
    await change(true, ...events);
    assert.deepEqual(documents(), before);
  }
});

test('what was never armed here is armed as the device does it elsewhere', async (t) => {
  const recorder = await linkage(t, RECORDER);
  await recorder.change(true, 'IO');
  assert.doesNotMatch(recorder.documents()['IO-1'] ?? '', RECURRENCE);
  assert.deepEqual(
    recorder.writes().map(({ status }) => status),
    [200],
  );
  const camera = await linkage(t);
  await camera.store('VMD-1', (document) => document.replace('>beginning<', '>recurring<'));
  await camera.change(true, 'IO');
  assert.match(camera.documents()['IO-1'] ?? '', /<notificationRecurrence>recurring</);
});

test('with nothing to go by, what is refused is written once more without saying how often', async (t) => {
  const triggers = [{ id: 'IO-1', eventType: 'IO', methods: [] }];
  const { change, documents, writes, centers } = await linkage(t, RECORDER, { triggers });
  await change(true, 'IO');
  assert.doesNotMatch(documents()['IO-1'] ?? '', RECURRENCE);
  assert.deepEqual(await centers(), ['IO-1']);
  assert.deepEqual(
    writes().map(({ status }) => status),
    [400, 400, 200],
  );
});

test('armed twice, as a schedule says it each day, changes nothing; with nothing armed ever, a name is wanted', async (t) => {
  const { change, asked } = await linkage(t);
  await change(true);
  asked();
  const { changed, triggers } = await change(true);
  assert.deepEqual([changed, triggers.length], [[], 6]);
  assert.deepEqual(asked(), ['GET ']);
  await change(false);
  await change(true);
  assert.deepEqual((await change(true)).changed, []);
  const bare = await linkage(t, { triggers: [{ id: 'IO-1', eventType: 'IO', methods: ['email'] }] });
  await assert.rejects(bare.change(true), { code: 'CONFIG_EVENTS_MISSING' });
});

test('what somebody armed on the device meanwhile is not remembered as disarmed', async (t) => {
  const { change, documents, store, memory } = await linkage(t);
  const before = documents();
  await change(false);
  await store('VMD-1', () => before['VMD-1'] ?? '');
  assert.deepEqual((await change(true)).changed, ['tamper-1']);
  assert.deepEqual(memory.ids, []);
  assert.deepEqual(documents(), before);
  const single = await linkage(t, FAULTS.triggerListFails);
  await single.change(false);
  await single.store('VMD-1', () => before['VMD-1'] ?? '');
  assert.deepEqual((await single.change(true)).changed, ['tamper-1']);
  assert.deepEqual(single.memory.ids, []);
});
