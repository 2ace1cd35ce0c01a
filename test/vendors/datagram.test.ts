import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import type { Notification } from '../../src/notification.js';
import { datagram } from '../../src/vendors/datagram.js';
import { notificationOf } from '../support/fixtures.js';

const FLAT = { EventType: 'VideoMotion', EventAction: 'start', MACAddress: '00-00-5E-00-53-31' };
const ENVELOPE = {
  data: {
    alarm_list: [{ channel_alarm: [{ channel: 'CH2', int_alarm: { alarm_val: true, int_subtype: 'lcd' } }] }],
  },
};
const ALERT =
  '<EventNotificationAlert><eventType>VMD</eventType><eventState>active</eventState><channelID>4</channelID></EventNotificationAlert>';

const cast = (bytes: string | Buffer): Notification =>
  notificationOf(undefined, [Buffer.from(bytes as string)], { transport: 'udp' });
const read = (bytes: string | Buffer) => {
  const [draft, ...more] = datagram.decode(cast(bytes), LIMITS);
  assert.deepEqual(more, []);
  return draft ?? assert.fail('nothing');
};

const FORMS: [form: string, bytes: string | Buffer, kind: string, state: string, vendor: string][] = [
  ['JSON, flat', JSON.stringify(FLAT), 'motion', 'active', 'raysharp'],
  [
    'JSON, flat, in an envelope',
    JSON.stringify({ result: 'success', data: FLAT }),
    'motion',
    'active',
    'raysharp',
  ],
  ['JSON, a list of alarms', JSON.stringify(ENVELOPE), 'line-crossing', 'active', 'raysharp'],
  ['JSON among NUL bytes and blanks', `\0 \r\n${JSON.stringify(FLAT)}\n\0\0`, 'motion', 'active', 'raysharp'],
  ['JSON behind a byte order mark', `\uFEFF${JSON.stringify(FLAT)}`, 'motion', 'active', 'raysharp'],
  [
    'XML',
    '<Event><EventType>PID</EventType><EventAction>stop</EventAction></Event>',
    'intrusion',
    'inactive',
    'raysharp',
  ],
  ['XML of ISAPI', ALERT, 'motion', 'active', 'isapi'],
  [
    'a query string',
    'EventType=LCD &EventTime=2022-5-26 11:5:0&EventAction=start',
    'line-crossing',
    'active',
    'raysharp',
  ],
  [
    'an encoded query string',
    'EventType=VideoMotion&EventTime=2022-5-26%2011:5:0&EventAction=stop',
    'motion',
    'inactive',
    'raysharp',
  ],
  ['a request line', 'GET /push?EventType=FD&EventAction=start HTTP/1.1', 'face', 'active', 'raysharp'],
  [
    'lines',
    'EventType=SOD\r\nEventAction=start\r\nChannelName=CH3\r\n\0',
    'object-left',
    'active',
    'raysharp',
  ],
  ['lines of 2017', 'EventType=1\nStatus=0\nChannel=0\n', 'motion', 'inactive', 'raysharp'],
];
for (const [form, bytes, kind, state, vendor] of FORMS) {
  test(`a datagram of ${form} is an event`, () => {
    const { event, raw } = read(bytes);
    assert.deepEqual([event.kind, event.state, event.vendor], [kind, state, vendor]);
    assert.equal(event.transport, 'udp');
    assert.equal(raw, undefined);
  });
}

for (const text of ['Motion at the gate', '{"half":', '<a>', '', 'a=b&c=d', '[]', '{"x":1}', '\0\0\0']) {
  test(`what nobody can read is an event of kind unknown with its bytes: ${JSON.stringify(text)}`, () => {
    const bytes = Buffer.from(text);
    const { event, raw } = read(bytes);
    assert.deepEqual([event.kind, event.vendor, event.state], ['unknown', 'unknown', 'pulse']);
    assert.ok(raw?.equals(bytes));
    assert.equal(event.document['text'], text);
    assert.match(String(event.document['reason']), /^[A-Z_]+$/);
  });
}

test('bytes that are no text are kept as they are', () => {
  const bytes = Buffer.from([0x80, 0xff, 0x00, 0x01]);
  assert.ok(read(bytes).raw?.equals(bytes));
});

test('signs of life and stops never become a motion alarm', () => {
  for (const body of ['{"data":{"time":"1795331731"}}', '{"data":{"heat_alarm":"HeatAlarm"}}'])
    assert.equal(read(body).event.kind, 'heartbeat');
  const { event } = read(JSON.stringify({ ...FLAT, EventAction: 'stop' }));
  assert.deepEqual([event.kind, event.state], ['motion', 'inactive']);
});

test('no picture follows a datagram, so that its event waits for none', () => {
  const entry = { channel: 'CH1', motion_alarm: true, take_alarm_snap: 707 };
  const { event, awaits } = read(JSON.stringify({ data: { alarm_list: [{ channel_alarm: [entry] }] } }));
  assert.equal(event.kind, 'motion');
  assert.equal(awaits, undefined);
});

test('the sender is known by the MAC address in the text, else by where it came from', () => {
  assert.equal(read(JSON.stringify(FLAT)).event.device.id, '00:00:5e:00:53:31');
  assert.equal(read('EventType=PID&EventAction=start').event.device.id, '192.0.2.7');
});
