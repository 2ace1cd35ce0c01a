import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recorderTriggers } from '../../src/simulator/configurable/events-behaviour.js';
import { FAULTS } from '../../src/simulator/configurable/faults.js';
import { linkage } from './linkage-support.js';

test('each trigger is written once; the list is read before and after, and one of it by itself', async (t) => {
  const { change, asked, client, documents } = await linkage(t, {
    triggers: recorderTriggers(2),
    triggerStyle: 'recorder',
  });
  await client.request({ path: '/ISAPI/System/deviceInfo' });
  asked();
  const before = documents();
  await change(false);
  const ids = recorderTriggers(2).map(({ id }) => id);
  const expected = ['GET ', 'GET /VMD-1', ...ids.map((id) => `PUT /${id}`), 'GET '];
  assert.deepEqual(asked(), expected);
  assert.equal(expected.length, ids.length + 3);
  await change(true);
  assert.deepEqual(asked(), expected);
  assert.deepEqual(documents(), before);
});

test('a recorder of 64 channels with ten events each is disarmed and armed', async (t) => {
  const { change, device, documents, centers } = await linkage(t, {
    triggers: recorderTriggers(64),
    triggerStyle: 'recorder',
    ...FAULTS.recurrenceRefused,
  });
  const before = documents();
  assert.equal((await change(false, 'VMD', 'linedetection-64')).changed.length, 65);
  assert.equal((await centers()).length, 575);
  assert.equal((await change(false)).changed.length, 575);
  device.requests.length = 0;
  assert.equal((await change(true)).changed.length, 640);
  assert.equal(device.requests.length, 643);
  assert.deepEqual(documents(), before);
});

test('a list that does not tell all of a trigger is not written back', async (t) => {
  const text =
    '<EventTriggerList><EventTrigger><id>VMD-1</id><eventType>VMD</eventType><EventTriggerNotificationList><EventTriggerNotification><id>center</id><notificationMethod>center</notificationMethod></EventTriggerNotification></EventTriggerNotificationList></EventTrigger></EventTriggerList>';
  const { change, documents, device } = await linkage(t, {
    scripts: [{ on: 'GET /ISAPI/Event/triggers', answer: { kind: 'document', text } }],
  });
  const before = documents();
  assert.deepEqual((await change(false)).changed, ['VMD-1']);
  const [start, end] = (before['VMD-1'] ?? '').split(
    /\n<EventTriggerNotification>.<id>center.*?<\/EventTriggerNotification>/s,
  );
  assert.equal(documents()['VMD-1'], `${start}${end}`);
  // The list says now and ever that it is armed.
  device.behaviour.scripts = [];
  assert.deepEqual((await change(true)).changed, ['VMD-1']);
  assert.deepEqual(documents(), before);
});

test('a device that cannot list: what was named is asked for, also when it is armed again', async (t) => {
  const triggers = recorderTriggers(2);
  const { change, memory, documents } = await linkage(t, FAULTS.triggerListFails, { triggers });
  const before = documents();
  const ids = ['VMD-2', 'videoloss-1'];
  assert.deepEqual((await change(false, 'vmd-2', 'videoloss')).changed, ids);
  assert.deepEqual(memory.ids, ids);
  assert.deepEqual((await change(true)).changed, ids);
  assert.deepEqual(documents(), before);
  await assert.rejects(change(false, 'VMD-3', '../x'), {
    code: 'CONFIG_EVENT_UNKNOWN',
    message: /\(VMD-3, \.\.\/x\)/,
  });
});
