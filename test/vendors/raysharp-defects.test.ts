import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmKind } from '../../src/event.js';
import type { AlarmDraft, Notification } from '../../src/notification.js';
import { VENDORS } from '../../src/vendors/index.js';
import {
  decoded,
  fixturesOf,
  limitsOf,
  message,
  notificationOf,
  objections,
  schemas,
} from '../support/fixtures.js';

// Faults of other readers of these events (peers/defects.md, H), where no fixture asks for the same.

const SCHEMAS = schemas();
const TIME = '2026-11-22 08:15:30';
const JPEG_START = Buffer.from([0xff, 0xd8, 0xff, 0xe0]);
/** What stands where something else should. */
const WRONG = [null, '', 'text', -1, 1e300, true, [[]], {}, [{ channel: {}, Type: [] }]];
/** Numbers of the 2017 form, and what they mean. */
const LINES: readonly AlarmKind[] = [
  'motion',
  'alarm-input',
  'video-loss',
  'tamper',
  'disk',
  'network',
  'line-crossing',
  'intrusion',
  'object-left',
  'person',
  'face',
  'counting',
];
/** Numbers of the 2019 form, what they mean, and whether a picture follows. */
const NUMBERS: ReadonlyArray<readonly [number, AlarmKind, boolean]> = [
  [0, 'alarm-input', false],
  [1, 'motion', false],
  [2, 'intrusion', true],
  [3, 'scene-change', false],
  [4, 'unknown', true],
  [5, 'video-loss', false],
  [6, 'disk', false],
  [8, 'network', false],
  [11, 'access', false],
  [18, 'tamper', false],
  [19, 'object-left', true],
  [20, 'intrusion', true],
  [25, 'line-crossing', true],
  [26, 'intrusion', true],
  [27, 'object-left', true],
  [28, 'person', true],
  [29, 'face', true],
  [30, 'counting', false],
  [35, 'pir', false],
  [37, 'motion', true],
  [38, 'unknown', false],
];

/** Every document that differs from this one in one value. */
function* otherwise(value: unknown): Generator<unknown> {
  yield* WRONG;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    for (const other of otherwise(inner)) {
      const changed: Record<string, unknown> = { ...value, [key]: other };
      yield Array.isArray(value) ? Object.values(changed) : changed;
    }
  }
}

for (const vendor of VENDORS.filter(({ id }) => id === 'raysharp')) {
  const read = (body: Buffer, contentType = 'application/json', more: Partial<Notification> = {}) =>
    decoded(vendor, notificationOf(contentType, [body], more, limitsOf(vendor)));
  const take = (document: unknown) => read(Buffer.from(JSON.stringify(document)));
  const only = (drafts: AlarmDraft[] | undefined, where: string): AlarmDraft => {
    assert.equal(drafts?.length, 1, where);
    return drafts?.[0] as AlarmDraft;
  };

  test('raysharp: what is no event is refused and never becomes motion (H1)', () => {
    for (const body of [
      '[]',
      '"text"',
      '5',
      'null',
      'plain text',
      '<html><body>1</body></html>',
      '[{"a":1}]',
    ])
      assert.equal(read(Buffer.from(body)), undefined, body);
  });

  test('raysharp: a value of another type, wherever it stands, throws nothing and fits the schema (H6)', () => {
    let events = 0;
    for (const { name, body } of fixturesOf('raysharp').filter((each) => each.body[0] === 0x7b)) {
      for (const document of otherwise(JSON.parse(body.toString('utf8')))) {
        for (const draft of take(document) ?? []) {
          events++;
          if (draft.event.kind === 'heartbeat' || draft.condition) continue;
          const said = objections(SCHEMAS.alarm, message(draft, 'en-US').payload);
          assert.equal(said, '', `${name}: ${JSON.stringify(document).slice(0, 2_000)}`);
        }
      }
    }
    assert.ok(events > 5_000, `${events} events`);
  });

  test('raysharp: a channel is read in every spelling (H7)', () => {
    const spellings = ['CH3', 'IP_CH3', 'IP-CH3', 'WIFI_CH3', 'ip_ch3', 'Wifi_Ch3', ' CH3 '];
    for (const channel of spellings) {
      const alarm = { alarm_list: [{ time: TIME, channel_alarm: [{ channel, motion_alarm: true }] }] };
      const { event } = only(take({ data: alarm }), channel);
      assert.deepEqual([event.channel, event.channelRaw], [3, channel.trim()]);
    }
  });

  test('raysharp: the number of a 2017 event means what its document says', () => {
    for (const [index, kind] of LINES.entries()) {
      const type = String(index + 1);
      const body = `EventType=${type}\r\nStatus=1\r\nChannel=0\r\nTriggerTime=${TIME}\r\n`;
      const { event } = only(read(Buffer.from(body), 'text/html; charset=utf-8'), type);
      assert.deepEqual([event.type, event.kind, event.state, event.channel], [type, kind, 'active', 1]);
    }
  });

  test('raysharp: the number of a 2019 event means what its document says, and whether a picture follows', () => {
    for (const [eventType, kind, followed] of NUMBERS) {
      const fields = { eventType, channel: 0, triggerTime: TIME, id: 1001, chid: 1 };
      const start = only(take({ ...fields, status: 1 }), `${eventType} begins`);
      assert.deepEqual([start.event.type, start.event.kind], [String(eventType), kind]);
      assert.equal(start.awaits, followed ? '1001' : undefined, `${eventType}`);
      const end = only(take({ ...fields, status: 0 }), `${eventType} ends`);
      assert.deepEqual([end.event.state, end.awaits], ['inactive', undefined], `${eventType}`);
    }
  });

  test('raysharp: a name in a face record names no file (H19)', () => {
    for (const Name of ['../../x', '/etc/x', 'C:\\x', '..']) {
      const record = { StrChn: 'CH1', Name, Image2: JPEG_START.toString('base64') };
      const { event, attachments } = only(take({ data: { ai_snap_picture: { FaceInfo: [record] } } }), Name);
      assert.equal(event.face?.[0]?.person, Name);
      assert.deepEqual(
        attachments.map(({ filename }) => filename),
        ['face-1.jpg'],
      );
    }
  });

  test('raysharp: four pictures of a face, larger than any document of another vendor, come whole (H23)', () => {
    const picture = (fill: number) => Buffer.concat([JPEG_START, Buffer.alloc(1_500_000, fill)]);
    const [one, two, three, four] = [1, 2, 3, 4].map(picture);
    const record = {
      StrChn: 'CH1',
      Image1: one?.toString('base64'),
      Image2: two?.toString('base64'),
      Image3: three?.toString('base64'),
      Image4: four?.toString('base64'),
    };
    const { event, attachments } = only(take({ data: { ai_snap_picture: { FaceInfo: [record] } } }), 'large');
    assert.deepEqual(
      attachments.map(({ content }) => content),
      [four, two, three, one],
    );
    assert.ok(JSON.stringify(event).length < 2_000, 'pictures in the document');
  });
}
