import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm } from '../../src/event.js';
import { createIds } from '../../src/event-id.js';
import { Inbox } from '../../src/inbox/inbox.js';
import { LIMITS } from '../../src/limits.js';
import type { DeviceSign, Notification } from '../../src/notification.js';
import { VENDORS } from '../../src/vendors/index.js';
import { fixturesOf, notificationOf } from '../support/fixtures.js';
import { ManualClock } from '../support/manual-clock.js';
import { LONGEST_MS, timed } from './engine.js';

// What comes of a delivery that breaks off is told by contract.test.ts; here, that it does nothing to what follows.

/** An alarm in one line, without what is new each time. */
const told = ({ event, attachments }: Alarm) =>
  JSON.stringify([
    { ...event, id: '' },
    attachments.map(({ filename, content }) => [filename, content.length]),
  ]);

for (const vendor of VENDORS) {
  test(`${vendor.id}: at whichever byte a delivery breaks off, nothing takes over ${LONGEST_MS} ms, and the next alarm arrives`, () => {
    const fixtures = fixturesOf(vendor.id);
    let alarms: Alarm[] = [];
    let signs: DeviceSign[] = [];
    const clock = new ManualClock();
    const inbox = new Inbox(vendor, createIds(), { ...LIMITS, sameNotificationMs: 0 }, { clock });
    inbox.subscribe({ alarm: (alarm) => alarms.push(alarm), sign: (sign) => signs.push(sign) });
    const take = (notification: Notification) => {
      // The same alarm again is one only after a while.
      clock.pass(LIMITS.duplicateMs);
      [alarms, signs] = [[], []];
      inbox.accept({ notification, raw: () => Buffer.alloc(0) });
    };
    const motion = fixtures.find(({ expected: [first] }) => first?.event['kind'] === 'motion');
    assert.ok(motion !== undefined);
    const next = notificationOf(motion.contentType, [motion.body]);
    take(next);
    const wanted = alarms.map(told);
    assert.ok(wanted.length > 0);
    for (const { name, contentType, body } of fixtures) {
      for (const at of body.keys()) {
        try {
          timed(() => take(notificationOf(contentType, [body.subarray(0, at)], { truncated: true })));
          // What is not an AlarmError reaches a flow as an error of ours.
          for (const { reason = '' } of signs) assert.doesNotMatch(reason, /^INTERNAL/);
          take(next);
          assert.deepEqual(alarms.map(told), wanted);
        } catch (error) {
          throw new Error(`${name} at ${at}`, { cause: error });
        }
      }
    }
  });
}
