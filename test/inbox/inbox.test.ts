import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlarmError } from '../../src/errors.js';
import type { Alarm, AlarmKind, Device } from '../../src/event.js';
import { Inbox } from '../../src/inbox/inbox.js';
import type { Sender } from '../../src/inbox/subscriptions.js';
import { LIMITS, type Limits } from '../../src/limits.js';
import type { AlarmDraft, DeviceSign, Notification, Vendor } from '../../src/notification.js';
import { drain, joinInbox } from '../support/listener.js';
import { ManualClock } from '../support/manual-clock.js';

const AT = new Date(Date.UTC(2026, 10, 22, 7, 15, 31));
const MAC = '00:00:5e:00:53:21';
const OTHER_MAC = '00:00:5e:00:53:22';
const ADDRESS = '192.0.2.21';
const RAW = Buffer.from('as it came');
const CAMERA: Device = { id: MAC, mac: MAC, address: ADDRESS };

function draft(device: Device = CAMERA, kind: AlarmKind = 'motion', pictures = 0): AlarmDraft {
  return {
    event: {
      schema: 1,
      id: '',
      title: '',
      text: '',
      vendor: 'isapi',
      transport: 'http-push',
      device,
      type: 'VMD',
      kind,
      state: 'active',
      severity: 'low',
      time: AT.toISOString(),
      receivedAt: AT.toISOString(),
      targets: [],
      regions: [],
      document: { eventType: 'VMD', list: [{ a: '1' }] },
    },
    attachments: Array.from({ length: pictures }, (_, at) => ({
      filename: `scene-${at + 1}.jpg`,
      contentType: 'image/jpeg',
      content: Buffer.of(at),
      cid: '',
      role: 'scene' as const,
    })),
  };
}

/** An inbox whose vendor reads what it is told to. */
function make(limits: Partial<Limits> = {}) {
  const decoded: Notification[] = [];
  const next: { drafts: AlarmDraft[]; error?: Error } = { drafts: [] };
  const vendor: Vendor = {
    id: 'isapi',
    decode: (notification) => {
      decoded.push(notification);
      if (next.error !== undefined) throw next.error;
      return next.drafts;
    },
    reply: () => ({ status: 200, headers: {}, body: '' }),
  };
  let ids = 0;
  const inbox = new Inbox(
    vendor,
    () => `id${++ids}`,
    { ...LIMITS, ...limits },
    { clock: new ManualClock(AT.getTime()) },
  );
  const notification: Notification = {
    transport: 'http-push',
    receivedAt: AT,
    address: ADDRESS,
    parts: [],
    truncated: false,
  };
  const accept = (drafts: AlarmDraft[] | Error, error?: AlarmError) => {
    next.drafts = Array.isArray(drafts) ? drafts : [];
    if (Array.isArray(drafts)) delete next.error;
    else next.error = drafts;
    return inbox.accept({ notification, raw: () => RAW, ...(error !== undefined && { error }) });
  };
  return { inbox, accept, decoded, notification };
}

const ids = (alarms: readonly Alarm[]) => alarms.map(({ event }) => event.id);
const events = (signs: readonly DeviceSign[]) => signs.map(({ event }) => event);

test('an inbox is deserted until someone subscribes and again when the last one has left', () => {
  const { inbox } = make();
  const [one, two] = [joinInbox(inbox), joinInbox(inbox)];
  assert.equal(inbox.deserted, false);
  one.leave();
  one.leave();
  assert.equal(inbox.deserted, false);
  two.leave();
  assert.equal(inbox.deserted, true);
});

test('a delivery is decoded once, however many listen, and each alarm of it goes to everyone in order', async () => {
  const { inbox, accept, decoded, notification } = make();
  const [one, two] = [joinInbox(inbox), joinInbox(inbox)];
  assert.equal(accept([draft(), draft(), draft()]), 'accepted');
  assert.deepEqual(decoded, [notification]);
  const alarms = await drain(one.alarms);
  assert.deepEqual(ids(alarms), ['id1', 'id2', 'id3']);
  assert.deepEqual(await drain(two.alarms), alarms);
});

test('an alarm is what the vendor read, with an id, content ids and words for people', async () => {
  const { inbox, accept } = make();
  const { alarms } = joinInbox(inbox);
  accept([draft(CAMERA, 'motion', 2)]);
  const { event, attachments } = await alarms.take();
  const read = draft(CAMERA, 'motion', 2);
  const { title, text } = event;
  assert.deepEqual(event, { ...read.event, id: 'id1', title, text });
  assert.match(title, /motion/i);
  assert.match(text, /\w/);
  assert.deepEqual(
    attachments,
    read.attachments.map((each, at) => ({ ...each, cid: `id1.${at + 1}@camera-alarms` })),
  );
});

test('a device is told as online the first time it is heard of, before its alarm, and not again', async () => {
  const { inbox, accept } = make();
  const order: string[] = [];
  inbox.subscribe({
    alarm: ({ event }) => order.push(event.id),
    sign: ({ event, device, since }) => order.push(`${event} ${device.id} ${since}`),
  });
  accept([draft()]);
  accept([draft(), draft({ ...CAMERA, id: OTHER_MAC, mac: OTHER_MAC })]);
  const online = (id: string) => `online ${id} 2026-11-22T07:15:31.000Z`;
  assert.deepEqual(order, [online(MAC), 'id1', 'id2', online(OTHER_MAC), 'id3']);
});

test('a heartbeat shows that a device is online and is never an alarm', async () => {
  const { inbox, accept } = make();
  const { alarms, signs } = joinInbox(inbox, { mac: OTHER_MAC });
  const all = joinInbox(inbox);
  assert.equal(accept([draft(CAMERA, 'heartbeat')]), 'heartbeat');
  assert.equal(accept([draft(CAMERA, 'heartbeat')]), 'heartbeat');
  assert.deepEqual([alarms.size, signs.size, all.alarms.size], [0, 0, 0]);
  assert.deepEqual(events(await drain(all.signs)), ['online']);
});

test('more devices than are remembered may be told as online again, and cost no more memory', async () => {
  const { inbox, accept } = make({ knownDevices: 2 });
  const { signs } = joinInbox(inbox);
  for (const id of ['a', 'b', 'a', 'b', 'c', 'c', 'a']) accept([draft({ id })]);
  const told = (await drain(signs)).map(({ device }) => device.id);
  assert.deepEqual(told, ['a', 'b', 'c', 'a']);
});

const FAILURES: [what: string, thrown: Error, reading: AlarmError | undefined, code: string][] = [
  ['its vendor cannot read', new AlarmError('XML_INVALID'), undefined, 'XML_INVALID'],
  ['trips our own code', new TypeError('x is not a function'), undefined, 'INTERNAL'],
  ['broke off', new AlarmError('DOCUMENT_MISSING'), new AlarmError('PARTS_TOO_MANY'), 'PARTS_TOO_MANY'],
];
for (const [what, thrown, reading, code] of FAILURES) {
  test(`a delivery that ${what} is told with its bytes and the reason`, async () => {
    const { inbox, accept } = make();
    const { alarms, signs } = joinInbox(inbox);
    assert.equal(accept(thrown, reading), 'undecodable');
    assert.equal(alarms.size, 0);
    const [sign, ...more] = await drain(signs);
    assert.equal(more.length, 0);
    const { reason = '', ...rest } = sign as DeviceSign;
    assert.deepEqual(rest, {
      event: 'undecodable',
      vendor: 'isapi',
      device: { id: ADDRESS, address: ADDRESS },
      since: '2026-11-22T07:15:31.000Z',
      raw: RAW,
    });
    assert.match(reason, new RegExp(`^${code}: \\w`));
    assert.doesNotMatch(reason, /is not a function/);
  });
}

test('a delivery that was not read to its end is an alarm when a document was found', async () => {
  const { inbox, accept } = make();
  const { alarms, signs } = joinInbox(inbox);
  assert.equal(accept([draft()], new AlarmError('PARTS_TOO_MANY')), 'accepted');
  assert.equal(alarms.size, 1);
  assert.deepEqual(events(await drain(signs)), ['online']);
});

const noMac: Device = { id: ADDRESS, address: ADDRESS };
const SENDERS: [what: string, sender: Sender | undefined, device: Device, taken: boolean][] = [
  ['nobody in particular', undefined, CAMERA, true],
  ['a name only', { name: 'Gate' }, CAMERA, true],
  ['its MAC', { mac: MAC }, CAMERA, true],
  ['another MAC', { mac: OTHER_MAC }, CAMERA, false],
  ['its address', { address: ADDRESS }, CAMERA, true],
  ['another address', { address: '192.0.2.99' }, CAMERA, false],
  ['its MAC and an old address', { mac: MAC, address: '192.0.2.99' }, CAMERA, true],
  ['another MAC at its address', { mac: OTHER_MAC, address: ADDRESS }, CAMERA, false],
  ['a MAC and its address, where the alarm names no MAC', { mac: MAC, address: ADDRESS }, noMac, true],
  [
    'a MAC and another address, where the alarm names no MAC',
    { mac: MAC, address: '192.0.2.99' },
    noMac,
    false,
  ],
  ['a MAC alone, where the alarm names none', { mac: MAC }, noMac, false],
];
for (const [what, sender, device, taken] of SENDERS) {
  test(`who wants the alarms of ${what} ${taken ? 'gets' : 'does not get'} an alarm`, async () => {
    const { inbox, accept } = make();
    const { alarms, signs } = joinInbox(inbox, sender);
    assert.equal(accept([draft(device)]), 'accepted');
    assert.equal(alarms.size, taken ? 1 : 0);
    const told = await drain(signs);
    assert.deepEqual(events(told), taken ? ['online'] : ['denied']);
    if (taken) return;
    assert.deepEqual(told[0]?.device, device);
    assert.match(told[0]?.reason ?? '', /^SENDER_UNKNOWN: \w/);
  });
}

test('an alarm that one of several takes is not told as denied to the others', async () => {
  const { inbox, accept } = make();
  const taker = joinInbox(inbox, { mac: MAC });
  const other = joinInbox(inbox, { mac: OTHER_MAC });
  accept([draft()]);
  assert.deepEqual([taker.alarms.size, other.alarms.size, other.signs.size], [1, 0, 0]);
});

test('each subscriber sees a device under the name it gave it, and nothing else of the device changes', async () => {
  const { inbox, accept } = make();
  const [gate, yard, none] = [
    joinInbox(inbox, { name: 'Gate' }),
    joinInbox(inbox, { name: 'Yard' }),
    joinInbox(inbox),
  ];
  accept([draft(CAMERA, 'motion', 1)]);
  const alarms = [await gate.alarms.take(), await yard.alarms.take(), await none.alarms.take()];
  assert.deepEqual(
    alarms.map(({ event }) => event.device),
    [{ ...CAMERA, name: 'Gate' }, { ...CAMERA, name: 'Yard' }, CAMERA],
  );
});

test('each subscriber gets the words in its own language', () => {
  const { inbox, accept } = make();
  const titles: string[] = [];
  for (const language of ['zh-CN', undefined, 'pl']) {
    inbox.subscribe({
      ...(language !== undefined && { language }),
      alarm: ({ event }) => titles.push(event.title),
      sign: () => undefined,
    });
  }
  accept([draft()]);
  assert.match(titles[1] ?? '', /motion/i);
  assert.equal(new Set(titles).size, 3);
});

test('what one subscriber does with its alarm the others do not see', () => {
  const { inbox, accept } = make();
  const seen: unknown[] = [];
  for (let count = 0; count < 3; count++) {
    inbox.subscribe({
      alarm: ({ event, attachments }) => {
        seen.push(structuredClone({ document: event.document, attachments }));
        const document = event.document as { list: { a: string }[] };
        for (const entry of document.list) entry.a = 'changed';
        document.list.push({ a: 'more' });
        for (const { content } of attachments) content.fill(9);
      },
      sign: () => undefined,
    });
  }
  accept([draft(CAMERA, 'motion', 2)]);
  assert.equal(seen.length, 3);
  assert.deepEqual(seen[1], seen[0]);
  assert.deepEqual(seen[2], seen[0]);
});

test('signs go to everyone who wants that sender', () => {
  const { inbox } = make();
  const senders = [
    undefined,
    { address: ADDRESS },
    { address: '192.0.2.99' },
    { mac: MAC, address: '192.0.2.99' },
  ];
  const subscribed = senders.map((sender) => joinInbox(inbox, sender));
  const since = AT.toISOString();
  inbox.tell({ event: 'overload', vendor: 'isapi', device: noMac, since });
  assert.deepEqual(
    subscribed.map(({ signs }) => signs.size),
    [1, 1, 0, 0],
  );
});

test('a subscriber that leaves while it is handed an alarm costs the others nothing', () => {
  const { inbox, accept } = make();
  const leave = inbox.subscribe({ alarm: () => leave(), sign: () => undefined });
  const other = joinInbox(inbox);
  accept([draft()]);
  accept([draft()]);
  assert.equal(other.alarms.size, 2);
});
