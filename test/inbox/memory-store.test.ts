import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyOf, MemoryStore } from '../../src/inbox/memory-store.js';
import { LIMITS } from '../../src/limits.js';
import { CAMERAS, keep, wordAlarm, wordDraft, wordOf } from '../support/spooling.js';

test('what is kept is given as it was, whatever flows do to what they were given', async () => {
  const store = new MemoryStore(LIMITS);
  const alarm = wordAlarm('one');
  const stored = await keep(store, alarm);
  const [first, second] = [await stored.load(), wordDraft('one')];
  for (const draft of [first, alarm.draft]) {
    draft.attachments[0]?.content.fill(0);
    draft.event.document = { word: 'other' };
    draft.attachments.length = 0;
  }
  assert.deepEqual(await stored.load(), second);
});

test('no more are kept than may be on their way, and a device that comes then still finds a place', async () => {
  const store = new MemoryStore({ ...LIMITS, inFlight: 8 });
  const all = await Promise.all(Array.from({ length: 8 }, (_, index) => keep(store, wordAlarm(`${index}`))));
  await assert.rejects(keep(store, wordAlarm('8')), { code: 'MEMORY_FULL' });
  await keep(store, wordAlarm('9', CAMERAS[1]));
  all[0]?.settle();
  all[1]?.settle();
  await keep(store, wordAlarm('10'));
});

test('no more bytes are kept than there is memory for, and what is refused costs no place', async () => {
  const store = new MemoryStore({ ...LIMITS, inFlight: 2, bodyBytesInMemory: 10_000 });
  const large = await keep(store, wordAlarm('1', CAMERAS[0], 9_000));
  for (let count = 0; count < 5; count++)
    await assert.rejects(keep(store, wordAlarm('2', CAMERAS[0], 5_000)), { code: 'MEMORY_FULL' });
  await keep(store, wordAlarm('3', CAMERAS[0], 100));
  large.settle();
  await keep(store, wordAlarm('4', CAMERAS[0], 9_000));
});

test('a copy shares nothing with what it is of', () => {
  const draft = { ...wordDraft('one'), raw: Buffer.from('raw') };
  const copy = copyOf(draft);
  assert.deepEqual(copy, draft);
  copy.raw?.fill(0);
  copy.attachments[0]?.content.fill(0);
  (copy.event.document as { word: string }).word = 'other';
  assert.equal(String(draft.raw), 'raw');
  assert.equal(draft.attachments[0]?.content.toString('latin1', 2), 'one');
  assert.equal(wordOf(draft), 'one');
});
