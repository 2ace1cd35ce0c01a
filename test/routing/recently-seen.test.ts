import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentlySeen } from '../../src/routing/recently-seen.js';
import { draftOf } from '../support/drafts.js';

const GATE = { id: '00:00:5e:00:53:41', name: 'Gate' };
const { event } = draftOf({
  device: GATE,
  channelName: 'Drive',
  targets: ['human'],
  regions: [{ id: '2', name: 'Lawn' }, { id: '' }],
});

test('what alarms name is offered, the most frequent first', () => {
  const seen = new RecentlySeen(100);
  seen.note(event);
  seen.note({ ...event, kind: 'motion' });
  seen.note({
    ...event,
    kind: 'motion',
    targets: [],
    regions: [],
    channel: 2,
    channelName: undefined as never,
  });
  const { id: device } = GATE;
  assert.deepEqual(seen.all(), {
    kinds: [
      { value: 'motion', count: 2 },
      { value: 'line-crossing', count: 1 },
    ],
    devices: [{ value: device, label: 'Gate', count: 3 }],
    channels: [
      { device, value: '1', label: 'Drive', count: 2 },
      { device, value: '2', count: 1 },
    ],
    regions: [{ device, value: '2', label: 'Lawn', count: 2 }],
    targets: [{ value: 'human', count: 2 }],
  });
});

test('a name that a device got later takes the place of none', () => {
  const seen = new RecentlySeen(100);
  seen.note({ ...event, device: { id: GATE.id } });
  seen.note(event);
  seen.note({ ...event, device: { id: GATE.id } });
  assert.equal(seen.all().devices[0]?.label, 'Gate');
});

test('of too many, those that were not seen for longest are forgotten', () => {
  const seen = new RecentlySeen(50);
  for (let number = 0; number < 200; number++) seen.note({ ...event, device: { id: `device ${number}` } });
  const { kinds, devices } = seen.all();
  assert.equal(kinds[0]?.count, 200);
  assert.ok(devices.length < 50);
  assert.equal(
    devices.some(({ value }) => value === 'device 199'),
    true,
  );
});
