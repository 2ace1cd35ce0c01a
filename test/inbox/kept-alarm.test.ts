import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KeptAlarm, readAbout, readAlarm, writeAlarm } from '../../src/inbox/spool/kept-alarm.js';
import { draftOf, pictureOf } from '../support/drafts.js';

const again = (alarm: KeptAlarm) => readAlarm(Buffer.concat(writeAlarm(alarm)));

const FULL: KeptAlarm = {
  path: '/raysharp',
  keys: ['a', 'b'],
  draft: draftOf(
    { channelName: 'Küche 厨房 "1"', document: { deep: [{ a: '1' }], '\u2028': 'x' }, truncated: true },
    {
      awaits: '707',
      brings: '708',
      attachments: [
        pictureOf('first'),
        pictureOf('', 2),
        { ...pictureOf('third', 3), content: Buffer.alloc(0) },
      ],
      raw: Buffer.from([0, 1, 2, 255]),
    },
  ),
};

test('an alarm comes back as it was kept: event, pictures, raw bytes, keys, and what it waits for', () => {
  assert.deepEqual(again(FULL), FULL);
});

test('what an alarm does not have it does not get', () => {
  const plain: KeptAlarm = { path: '/', keys: [], draft: draftOf() };
  assert.deepEqual(again(plain), plain);
  assert.deepEqual(Object.keys(again(plain).draft), ['event', 'attachments']);
});

test('what is known of an alarm without its pictures is who sent it, when, and its keys', () => {
  const { event } = FULL.draft;
  assert.deepEqual(readAbout(Buffer.concat(writeAlarm(FULL))), {
    path: '/raysharp',
    vendor: 'raysharp',
    device: event.device.id,
    receivedAt: Date.parse(event.receivedAt),
    keys: ['a', 'b'],
  });
});

test('what is no alarm is refused by an error, not read', () => {
  const text = Buffer.from('{"path":"/"');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(3), Buffer.alloc(4), Buffer.concat([length, text])]) {
    assert.throws(() => readAbout(bytes));
    assert.throws(() => readAlarm(bytes));
  }
});
