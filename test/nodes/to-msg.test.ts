import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alarmMessage, stateMessage } from '../../nodes/lib/to-msg.js';
import { ALARM_KINDS, type Alarm, type AlarmEvent, type Attachment } from '../../src/event.js';
import type { DeviceSign } from '../../src/notification.js';
import { deviceName } from '../../src/wording.js';
import { asJson, message, objections, schemas } from '../support/fixtures.js';

const SCHEMAS = schemas();
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0xff, 0xd9]);

/** Properties that make other nodes do something nobody asked for (nodered.md §4). */
const NEVER = [
  'headers',
  'parts',
  'complete',
  'reset',
  'priority',
  'url',
  'qos',
  'retain',
  'method',
  'error',
];

const picture = (filename: string, cid: string): Attachment => ({
  filename,
  contentType: 'image/jpeg',
  content: JPEG,
  cid,
  role: 'scene',
});

const PICTURES = [picture('scene-1.jpg', '1@x'), picture('target-2.jpg', '2@x')];

const alarm = (values: Partial<AlarmEvent> = {}, attachments = PICTURES): Alarm => ({
  event: {
    schema: 1,
    id: '19a0b1c2d3e400001234abcd',
    vendor: 'isapi',
    transport: 'http-push',
    device: { id: '00:00:5e:00:53:01', mac: '00:00:5e:00:53:01', address: '192.0.2.7' },
    channel: 1,
    channelName: 'Gate',
    channelRaw: '1',
    type: 'linedetection',
    kind: 'line-crossing',
    state: 'active',
    severity: 'high',
    time: '2026-11-22T08:15:30+01:00',
    timeRaw: '2026-11-22T08:15:30+01:00',
    receivedAt: '2026-11-22T07:15:31.204Z',
    clockSkew: -1,
    targets: ['human'],
    regions: [
      {
        id: '1',
        polygon: [
          [0.424, 0.642],
          [0.161, 0.61],
        ],
      },
    ],
    title: '',
    text: '',
    document: { eventType: 'linedetection', nested: { list: ['1', { plate: '12E34' }] } },
    ...values,
  },
  attachments,
});

const SIGN: DeviceSign = {
  event: 'undecodable',
  vendor: 'isapi',
  device: { id: '192.0.2.7', address: '192.0.2.7' },
  since: '2026-11-22T07:15:31.204Z',
  reason: 'XML_INVALID: the XML document cannot be read',
  raw: Buffer.from('<a>'),
};

const IDS = [
  '00:00:5e:00:53:01',
  '192.0.2.7',
  '2001:db8::7',
  'fe80::1%eth0',
  '::1',
  'a/b',
  '/',
  '#',
  '+',
  'a+b#c d',
  '$SYS/x',
  '../..',
  'Tür 大门',
  '\r\n\0',
  '\u2028',
  '__proto__',
  'x'.repeat(300),
];

test('an alarm is the event with a title and a text, at topic vendor/device/channel/kind', () => {
  const { topic, payload, filename } = message(alarm(), 'en-US');
  assert.equal(topic, 'isapi/00-00-5e-00-53-01/1/line-crossing');
  assert.equal(filename, 'scene-1.jpg');
  const { title, text, ...rest } = payload;
  const { title: _title, text: _text, ...event } = alarm().event;
  assert.deepEqual(rest, event);
  assert.equal(title, 'Line crossing: Gate');
  assert.ok(text.includes('\n'));
  assert.equal(message(alarm(), 'fr').payload.title, 'Franchissement de ligne: Gate');
});

test('a topic has four steps and nothing that a broker takes for more, whatever the device is called', () => {
  for (const id of IDS) {
    for (const kind of ALARM_KINDS) {
      const { topic } = message(alarm({ device: { id }, kind }), 'en-US');
      assert.match(topic, /^isapi\/[\w.-]+\/1\/[a-z-]+$/, id);
      assert.ok(topic.endsWith(`/${kind}`));
    }
    assert.match(stateMessage({ ...SIGN, device: { id } }).topic, /^isapi\/[\w.-]+\/state$/, id);
  }
});

test('two devices never share a topic', () => {
  const ids = [
    'fe80::1:2',
    'fe80:1::2',
    'fe80:1:2::',
    '2001:db8::1',
    '2001:db8:1::',
    '192.0.2.7',
    '192.0.27',
  ];
  const topics = ids.map((id) => message(alarm({ device: { id } }), 'en-US').topic);
  assert.equal(new Set(topics).size, ids.length, topics.join(' '));
});

test('an alarm of the device itself has channel 0 in its topic', () => {
  const { channel: _channel, ...event } = alarm({ kind: 'disk' }).event;
  assert.equal(message({ event, attachments: [] }, 'en-US').topic, 'isapi/00-00-5e-00-53-01/0/disk');
});

test('a message carries nothing but what is promised', () => {
  assert.deepEqual(Object.keys(message(alarm(), 'en-US')).sort(), [
    'attachments',
    'filename',
    'payload',
    'topic',
  ]);
  assert.deepEqual(Object.keys(message(alarm({}, []), 'en-US')).sort(), ['attachments', 'payload', 'topic']);
  assert.deepEqual(Object.keys(stateMessage(SIGN)).sort(), ['payload', 'topic']);
});

test('an alarm that is kept goes in a message with the id of its receipt, so that it can be confirmed', () => {
  const receipt = { id: '19a0b1c2d3e400001234abcd-1', awaited: true, handed: () => {}, settle: () => {} };
  assert.equal(alarmMessage({ ...alarm(), receipt })._msgid, receipt.id);
  assert.ok(!('receipt' in alarmMessage({ ...alarm(), receipt })));
});

test('an alarm nobody confirmed is told with all that it was', () => {
  const { payload: event, attachments } = message(alarm({ redelivered: true }), 'en-US');
  const { raw: _raw, ...plain } = SIGN;
  const sign: DeviceSign = { ...plain, event: 'undelivered', alarm: { event, attachments } };
  const told = stateMessage(sign);
  assert.deepEqual(Object.keys(told).sort(), ['attachments', 'payload', 'topic']);
  assert.deepEqual(told.payload.alarm, event);
  assert.deepEqual(told.attachments, attachments);
  assert.equal(objections(SCHEMAS.state, told.payload), '');
});

test('a message never carries what makes other nodes do something else, even if the device says so', () => {
  const document = Object.fromEntries(NEVER.map((name) => [name, 'from the device']));
  for (const msg of [message(alarm({ document }), 'en-US'), stateMessage(SIGN)])
    for (const name of NEVER) assert.ok(!(name in msg), name);
});

test('the payload is plain JSON that fits the schema; the pictures are beside it as they came', () => {
  const { payload, attachments } = message(alarm(), 'pl');
  assert.deepEqual(asJson(payload), payload);
  assert.equal(objections(SCHEMAS.alarm, payload), '');
  assert.deepEqual(
    attachments.map(({ content, filename, cid }) => [
      Buffer.isBuffer(content),
      content.equals(JPEG),
      filename,
      cid,
    ]),
    [
      [true, true, 'scene-1.jpg', '1@x'],
      [true, true, 'target-2.jpg', '2@x'],
    ],
  );
});

test('the e-mail node finds in every attachment what it takes', () => {
  for (const attachment of message(alarm(), 'en-US').attachments)
    assert.deepEqual(Object.keys(attachment).sort(), ['cid', 'content', 'contentType', 'filename', 'role']);
});

test('a state is told with its device and, where nobody could read them, the bytes', () => {
  const { topic, payload } = stateMessage(SIGN);
  assert.equal(topic, 'isapi/192.0.2.7/state');
  const { vendor: _vendor, ...rest } = SIGN;
  assert.deepEqual(payload, rest);
  assert.ok(Buffer.isBuffer(payload.raw));
  assert.equal(objections(SCHEMAS.state, payload), '');
});

test('the schema of states takes every sign there is and nothing beside', () => {
  const { raw: _raw, vendor: _vendor, ...plain } = SIGN;
  for (const event of SCHEMAS.schema.definitions.deviceState.properties.event.enum)
    assert.equal(objections(SCHEMAS.state, { ...plain, event }), '');
  const wrong: object[] = [
    { ...plain, event: 'motion' },
    { ...plain, event: 'online', raw: SIGN.raw },
    { ...plain, event: 'online', alarm: message(alarm(), 'en-US').payload },
    { ...plain, event: 'undelivered', alarm: { title: 'no alarm' } },
    { ...plain, vendor: 'isapi' },
    { ...plain, since: '2026-11-22 07:15' },
    { ...plain, device: {} },
    {},
  ];
  for (const payload of wrong)
    assert.notEqual(objections(SCHEMAS.state, payload), '', JSON.stringify(payload));
});

test('the schema of alarms refuses what an alarm never is', () => {
  const { payload } = message(alarm(), 'en-US');
  const wrong: object[] = [
    { schema: 2 },
    { id: 'short' },
    { kind: 'heartbeat' },
    { kind: 'no such kind' },
    { state: 'on' },
    { vendor: 'nobody' },
    { channel: 0 },
    { channel: '1' },
    { time: '2026-11-22T08:15:30-8:00' },
    { time: 'yesterday' },
    { receivedAt: '2026-11-22T08:15:30+01:00' },
    { clockSkew: '1' },
    { targets: ['human', 'human'] },
    { regions: [{ id: '1', polygon: [[424, 642]] }] },
    { regions: [{ name: 'without id' }] },
    { truncated: false },
    { redelivered: false },
    { title: '<b>' },
    { text: '' },
    { document: 'text' },
    { device: { id: 'x', mac: '00-00-5E-00-53-01' } },
    { attachments: [] },
    { something: 'else' },
  ];
  for (const values of wrong)
    assert.notEqual(objections(SCHEMAS.alarm, { ...payload, ...values }), '', JSON.stringify(values));
  for (const name of SCHEMAS.schema.required) {
    assert.notEqual(objections(SCHEMAS.alarm, { ...payload, [name]: undefined }), '', name);
  }
});

test('every property of the schema is described, and the optional ones are optional', () => {
  const { properties, required } = SCHEMAS.schema;
  for (const [name, value] of Object.entries<{ description?: string; allOf?: object[] }>(properties))
    assert.ok(name === 'schema' || value.description !== undefined || value.allOf !== undefined, name);
  const optional = Object.keys(properties).filter((name) => !required.includes(name));
  const wanted =
    'access channel channelName channelRaw clockSkew correlationId count counting decibel duration endedBy face ' +
    'guessed history input panel pictureUrls plate redelivered summary temperature timeRaw truncated unauthenticated';
  assert.deepEqual(optional.sort(), wanted.split(' '));
});

test('a device is called by its name, its address or its id', () => {
  assert.equal(deviceName({ id: 'i', name: 'n', address: 'a' }), 'n');
  assert.equal(deviceName({ id: 'i', address: 'a' }), 'a');
  assert.equal(deviceName({ id: 'i' }), 'i');
  assert.equal(deviceName({ id: 'VC1', serial: 'VC1', address: 'a' }), 'VC1');
});
