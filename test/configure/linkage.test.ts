import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULTS } from '../../src/simulator/configurable/faults.js';
import { linkage } from './linkage-support.js';

for (const [what, behaviour] of [
  ['a camera', {}],
  [
    'a recorder, whose names are in an EventNotification',
    { triggerRoot: 'EventNotification', triggerStyle: 'recorder', blankFirst: false },
  ],
  ['a device that has no way to the notifications alone', FAULTS.notificationsRefused],
] as const) {
  test(`${what}: which events notify, armed and disarmed, and everything else as it was`, async (t) => {
    const { make, centers, documents, memory } = await linkage(t, behaviour);
    const before = documents();
    const triggers = await make().read();
    assert.deepEqual(
      triggers.map(({ id, eventType, channel, center }) => [id, eventType, channel, center]),
      [
        ['VMD-1', 'VMD', '1', true],
        ['tamper-1', 'tamperdetection', '1', true],
        ['linedetection-1', 'linedetection', '1', false],
        ['fielddetection-1', 'fielddetection', '1', false],
        ['videoloss-1', 'videoloss', '1', false],
        ['IO-1', 'IO', '1', false],
      ],
    );
    const armed = await make().change({ center: true, events: ['LineDetection', 'IO-1', 'VMD'] });
    assert.deepEqual(armed.changed, ['linedetection-1', 'IO-1']);
    assert.deepEqual(armed.triggers.filter(({ center }) => center).length, 4);
    assert.deepEqual(await centers(), ['VMD-1', 'tamper-1', 'linedetection-1', 'IO-1']);
    assert.equal(documents()['videoloss-1'], before['videoloss-1']);
    const back = await make().change({ center: false, events: ['linedetection', 'IO'] });
    assert.deepEqual(back.changed, ['linedetection-1', 'IO-1']);
    assert.deepEqual(documents(), before);
    assert.deepEqual(
      memory.disarmed.map(({ id }) => id),
      ['linedetection-1', 'IO-1'],
    );
  });
}

test('disarmed as a whole, those that were armed are armed again, and no others', async (t) => {
  const { make, centers, documents, memory } = await linkage(t);
  const before = documents();
  assert.deepEqual((await make().change({ center: false, events: [] })).changed, ['VMD-1', 'tamper-1']);
  assert.deepEqual(await centers(), []);
  // Twice, as a schedule may say it twice.
  assert.deepEqual((await make().change({ center: false, events: [] })).changed, []);
  assert.deepEqual((await make().change({ center: true, events: [] })).changed, ['VMD-1', 'tamper-1']);
  assert.deepEqual(await centers(), ['VMD-1', 'tamper-1']);
  assert.deepEqual(Object.keys(documents()), Object.keys(before));
  assert.deepEqual(memory.disarmed, []);
});

test('a list that fails: single ones are asked, and 503 means that there is none', async (t) => {
  const { make, device } = await linkage(t, FAULTS.triggerListFails);
  const triggers = await make().read();
  assert.deepEqual(
    triggers.map(({ id }) => id),
    ['VMD-1', 'linedetection-1', 'fielddetection-1', 'tamper-1', 'IO-1'],
  );
  const asked = device.requests.map(({ target }) => target);
  assert.equal(new Set(asked).size, asked.length - 1, 'only the challenge is answered twice');
  assert.deepEqual((await make().change({ center: true, events: ['IO'] })).changed, ['IO-1']);
});

test('what a device does not let be changed stays, and is told', async (t) => {
  const { make, documents } = await linkage(t, FAULTS.triggerPutRefused);
  const before = documents();
  await assert.rejects(make().change({ center: true, events: ['IO'] }), {
    code: 'CONFIG_REFUSED',
    message: /IO-1: status \d+, 4 notSupport/,
  });
  assert.deepEqual(documents(), before);
});

test('a device that says yes and stores nothing', async (t) => {
  const answer = { kind: 'refusal', word: 'ok' } as const;
  const { make } = await linkage(t, { scripts: [{ on: 'PUT /ISAPI/Event/triggers/**', answer }] });
  await assert.rejects(make().change({ center: true, events: ['IO'] }), { code: 'CONFIG_NOT_STORED' });
});

test('an event that is not there, one that nobody names, and no right to any', async (t) => {
  const { make, writes } = await linkage(t);
  await assert.rejects(make().change({ center: true, events: ['VMD', 'tripwire'] }), {
    code: 'CONFIG_EVENT_UNKNOWN',
    message: /\(tripwire\)/,
  });
  assert.deepEqual(writes(), []);
  const none = await linkage(t, { triggers: undefined });
  await assert.rejects(none.make().read(), { code: 'CONFIG_NO_TRIGGERS' });
  const guest = await linkage(t, { rights: 'guest' });
  await assert.rejects(guest.make().read(), { code: 'DEVICE_FORBIDDEN' });
});

test('an answer that is something else changes nothing', async (t) => {
  const on = 'GET /ISAPI/Event/triggers';
  for (const kind of ['page', 'root', 'truncated'] as const) {
    const { make, writes } = await linkage(t, { scripts: [{ on, answer: { kind } }] });
    await assert.rejects(
      make().change({ center: true, events: ['IO'] }),
      { code: 'CONFIG_UNREADABLE' },
      kind,
    );
    assert.deepEqual(writes(), []);
  }
});
