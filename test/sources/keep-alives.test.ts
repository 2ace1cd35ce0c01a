import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIds } from '../../src/event-id.js';
import { Inbox } from '../../src/inbox/inbox.js';
import { LIMITS } from '../../src/limits.js';
import { KeepAlives, type Pushers } from '../../src/sources/keep-alives.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import { raysharp } from '../../src/vendors/raysharp/index.js';

const URL = '/API/HttpListening/KeepLive';
const [GATE, YARD, CAMERA] = [raysharp, raysharp, isapi].map(
  (vendor) => new Inbox(vendor, createIds(), LIMITS),
) as [Inbox, Inbox, Inbox];
const INBOXES = new Map([
  ['/gate', GATE],
  ['/yard', YARD],
  ['/isapi', CAMERA],
]);
const find = (keepAlives: KeepAlives, address: string, listed = false, inboxes = INBOXES) =>
  keepAlives.find(address, URL, inboxes, listed);

test('a sign of life is for every path where its sender has pushed, and for no other', () => {
  const keepAlives = new KeepAlives(LIMITS);
  keepAlives.note('192.0.2.1', '/gate', GATE);
  keepAlives.note('192.0.2.2', '/gate', GATE);
  keepAlives.note('192.0.2.2', '/yard', YARD);
  keepAlives.note('192.0.2.3', '/isapi', CAMERA);
  assert.deepEqual(find(keepAlives, '192.0.2.1'), [GATE]);
  assert.deepEqual(find(keepAlives, '192.0.2.2'), [GATE, YARD]);
  assert.deepEqual(find(keepAlives, '192.0.2.3'), []);
  assert.deepEqual(find(keepAlives, '192.0.2.4'), []);
});

test('who is allowed by the list is taken before it has pushed, and goes where it pushes from then on', () => {
  const keepAlives = new KeepAlives(LIMITS);
  assert.deepEqual(find(keepAlives, '192.0.2.1', true), [GATE]);
  keepAlives.note('192.0.2.1', '/yard', YARD);
  assert.deepEqual(find(keepAlives, '192.0.2.1', true), [YARD]);
});

test('nothing is a sign of life elsewhere, or where no recorder is waited for', () => {
  const keepAlives = new KeepAlives(LIMITS);
  keepAlives.note('192.0.2.1', '/gate', GATE);
  assert.equal(keepAlives.find('192.0.2.1', '/API/HttpListening', INBOXES, true), undefined);
  assert.equal(find(keepAlives, '192.0.2.1', true, new Map([['/isapi', CAMERA]])), undefined);
});

test('who has pushed is known to the listener that follows', () => {
  const pushers: Pushers = new Map();
  new KeepAlives(LIMITS, pushers).note('192.0.2.1', '/gate', GATE);
  assert.deepEqual(find(new KeepAlives(LIMITS, pushers), '192.0.2.1'), [GATE]);
});

test('of more senders than are remembered the oldest is forgotten, and of one not more than a few paths are kept', () => {
  const pushers: Pushers = new Map();
  const keepAlives = new KeepAlives({ ...LIMITS, knownDevices: 2 }, pushers);
  for (const last of [1, 2, 2, 3]) keepAlives.note(`192.0.2.${last}`, '/gate', GATE);
  assert.deepEqual([...pushers.keys()], ['192.0.2.2', '192.0.2.3']);
  for (let path = 0; path < 20; path++) keepAlives.note('192.0.2.3', `/${path}`, GATE);
  assert.equal(pushers.get('192.0.2.3')?.size, 8);
});

test('who pushes what gives no signs of life is not remembered', () => {
  const pushers: Pushers = new Map();
  new KeepAlives(LIMITS, pushers).note('192.0.2.1', '/isapi', CAMERA);
  assert.equal(pushers.size, 0);
});
