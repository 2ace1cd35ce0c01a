import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Outgoing } from '../../src/format/message.js';
import { alarmEvent, anyAlarm, attachment, jpeg } from '../support/alarms.js';
import { stateOf, type Trial, trial } from './support.js';

const ID = 'camera-alarms_isapi_00-00-5e-00-53-01';
const TOP = 'camera-alarms/isapi/00-00-5e-00-53-01';

const home = (limits: object = {}, values: object = {}) =>
  trial({ target: 'homeassistant', ...values }, limits);

const tell = ({ formatter }: Trial, values: object = {}, attachments: readonly object[] = []) =>
  formatter.format({ payload: alarmEvent(values), attachments });

const json = ({ payload }: Outgoing = { payload: '{}' }) =>
  JSON.parse(String(payload)) as Record<string, unknown>;
const topics = (messages: readonly Outgoing[]) => messages.map(({ topic }) => topic);
const configs = (messages: readonly Outgoing[]) => messages.filter(({ topic }) => topic?.endsWith('/config'));

/** What Home Assistant asks of every id and of each part of a discovery topic. */
const NAME = /^[a-zA-Z0-9_-]+$/;

test('a first alarm describes its device, its picture and its kind, and then tells of them', () => {
  const messages = tell(home(), {}, [attachment(1)]);
  assert.deepEqual(topics(messages), [
    'camera-alarms/status',
    `${TOP}/availability`,
    `homeassistant/image/${ID}_1_picture/config`,
    `${TOP}/1/picture`,
    `homeassistant/binary_sensor/${ID}_1_line-crossing/config`,
    `${TOP}/1/line-crossing/attributes`,
    `${TOP}/1/line-crossing/state`,
  ]);
  assert.ok(messages.every(({ qos, retain }) => qos === 1 && retain === true));
  assert.deepEqual(
    messages.slice(0, 2).map(({ payload }) => payload),
    ['online', 'online'],
  );
  assert.deepEqual(messages[3]?.payload, jpeg(1));
  assert.equal(messages[6]?.payload, 'ON');
});

test('what is described follows the discovery of Home Assistant', () => {
  const messages = tell(home(), {}, [attachment(1)]);
  const device = {
    identifiers: [ID],
    name: 'Gate',
    manufacturer: 'Hikvision (ISAPI)',
    connections: [['mac', '00:00:5e:00:53:01']],
  };
  const common = {
    availability: [{ topic: 'camera-alarms/status' }, { topic: `${TOP}/availability` }],
    availability_mode: 'all',
    device,
    origin: { name: 'node-red-camera-alarms' },
  };
  assert.deepEqual(configs(messages).map(json), [
    {
      name: 'Picture',
      image_topic: `${TOP}/1/picture`,
      content_type: 'image/jpeg',
      unique_id: `${ID}_1_picture`,
      ...common,
    },
    {
      name: 'Line crossing',
      state_topic: `${TOP}/1/line-crossing/state`,
      json_attributes_topic: `${TOP}/1/line-crossing/attributes`,
      device_class: 'motion',
      qos: 1,
      unique_id: `${ID}_1_line-crossing`,
      ...common,
    },
  ]);
});

test('what was described is not described again, and the end of an alarm switches it off', () => {
  const trialled = home();
  tell(trialled, {}, [attachment(1)]);
  assert.deepEqual(
    tell(trialled, { state: 'inactive' }).map(({ topic, payload }) => [
      topic,
      topic?.endsWith('state') && payload,
    ]),
    [
      [`${TOP}/1/line-crossing/attributes`, false],
      [`${TOP}/1/line-crossing/state`, 'OFF'],
    ],
  );
  assert.equal(configs(tell(trialled, { kind: 'motion' })).length, 1);
  assert.equal(configs(tell(trialled, { channel: 2 }, [attachment(1)])).length, 2);
  assert.equal(configs(tell(trialled, {}, [attachment(1, { contentType: 'image/png' })])).length, 1);
});

test('a new process describes all of it again', () => {
  assert.deepEqual(topics(tell(home())), topics(tell(home())));
});

test('a moment is switched off after its time, and the broker keeps no moment that is long over', () => {
  const trialled = home({ pulseMs: 10_000 });
  const messages = tell(trialled, { state: 'pulse', kind: 'doorbell' });
  const [config] = configs(messages).map(json);
  assert.equal(config?.['off_delay'], 10);
  assert.equal(config?.['device_class'], undefined);
  assert.equal(messages.at(-1)?.payload, 'ON');
  trialled.clock.pass(6_000);
  tell(trialled, { state: 'pulse', kind: 'doorbell' });
  trialled.clock.pass(9_999);
  assert.deepEqual(trialled.later, []);
  trialled.clock.pass(1);
  const off = { topic: `${TOP}/1/doorbell/state`, payload: 'OFF', qos: 1, retain: true };
  assert.deepEqual(trialled.later, [[off]]);
});

test('a moment within an alarm that goes on does not end it, nor does Home Assistant', () => {
  const trialled = home();
  tell(trialled, { state: 'pulse' });
  const [config] = configs(tell(trialled, { state: 'active' })).map(json);
  assert.equal('off_delay' in (config ?? {}), false);
  tell(trialled, { state: 'pulse' });
  trialled.clock.pass(60_000);
  assert.deepEqual(trialled.later, []);
  assert.equal(trialled.clock.waiting, 0);
});

test('nothing comes of its own when the node is closed', () => {
  const trialled = home();
  tell(trialled, { state: 'pulse' });
  trialled.formatter.close();
  assert.equal(trialled.clock.waiting, 0);
});

test('a device that is offline, in doubt or refuses its login is unavailable, until it is there again', () => {
  const trialled = home();
  const said = (event: string) =>
    trialled.formatter.format(stateOf(event)).map(({ topic, payload }) => [topic, payload]);
  const there = [[`${TOP}/availability`, 'online']];
  const away = [[`${TOP}/availability`, 'offline']];
  assert.deepEqual(said('online'), [['camera-alarms/status', 'online'], ...there]);
  assert.deepEqual(said('online'), []);
  for (const event of ['offline', 'stale', 'auth-failed']) {
    assert.deepEqual(said(event), away, event);
    assert.deepEqual(said('online'), there, event);
  }
  assert.deepEqual(said('offline'), away);
  assert.equal(tell(trialled)[0]?.payload, 'online');
});

test('a disk and a camera of a recorder are told as problems, a sign of life not at all', () => {
  const trialled = home();
  const disk = trialled.formatter.format(stateOf('disk', { state: 'active' }));
  assert.equal(json(configs(disk)[0])['device_class'], 'problem');
  assert.equal(disk.at(-1)?.payload, 'ON');
  const video = { state: 'inactive', channel: 3, channelName: 'Yard' };
  const over = trialled.formatter.format(stateOf('video-loss', video));
  assert.equal(over.at(-1)?.topic, `${TOP}/3/video-loss/state`);
  assert.equal(over.at(-1)?.payload, 'OFF');
  for (const event of ['heartbeat', 'denied', 'overload', 'undecodable'])
    assert.deepEqual(trialled.formatter.format(stateOf(event)), []);
});

test('the names say which camera of a recorder, in the chosen language', () => {
  const name = (values: object, language = '') =>
    json(configs(tell(home({}, { language }), values))[0])['name'];
  assert.equal(name({ channelName: 'Yard' }), 'Yard: Line crossing');
  assert.equal(name({ channelName: undefined, channel: 3 }), 'channel 3: Line crossing');
  assert.equal(name({}, 'pl'), 'Przekroczenie linii');
});

test('the attributes hold the event without the document of the device', () => {
  const attributes = json(tell(home()).at(-2));
  const { document: _document, ...event } = alarmEvent();
  assert.deepEqual(attributes, event);
});

test('what was described is forgotten in its order when there is too much of it, with its timer', () => {
  const trialled = home({ announced: 3 });
  for (let channel = 1; channel <= 4; channel++) tell(trialled, { channel, state: 'pulse' });
  assert.equal(trialled.clock.waiting, 3);
  assert.equal(configs(tell(trialled, { channel: 4 })).length, 1, 'it lasts now');
  assert.equal(configs(tell(trialled, { channel: 1 })).length, 1);
});

test('two devices are two, whatever letters are in their ids', () => {
  const trialled = home();
  const ids = ['门', '车', 'a/b', 'a+b', 'x'.repeat(100), 'x'.repeat(101)].map(
    (id) => json(configs(tell(trialled, { device: { id } }))[0])['unique_id'],
  );
  assert.equal(new Set(ids).size, ids.length);
});

test('any alarm has ids and topics that Home Assistant and a broker take', () => {
  fc.assert(
    fc.property(anyAlarm, ({ event, attachments }) => {
      const messages = home({}, { topicPrefix: '+/#$\0' }).formatter.format({ payload: event, attachments });
      assert.match(String(messages.at(-1)?.payload), /^(ON|OFF)$/);
      for (const { topic = '' } of messages) assert.match(topic, /^[^+#\0$][^+#\0]*$/);
      for (const message of configs(messages)) {
        const [discovery, component, id, end] = (message.topic ?? '').split('/');
        assert.deepEqual([discovery, end], ['homeassistant', 'config']);
        assert.match(`${component}${id}`, NAME);
        const { unique_id: unique, name } = json(message);
        assert.equal(unique, id);
        assert.doesNotMatch(String(name), /[<>\0-\x1f]/);
      }
    }),
  );
});
