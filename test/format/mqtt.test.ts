import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { alarmMessage } from '../../nodes/lib/to-msg.js';
import { isCode } from '../../src/errors.js';
import { alarmEvent, anyAlarm, attachment, film, jpeg } from '../support/alarms.js';
import { objections, schemas } from '../support/fixtures.js';
import { stateOf, trial } from './support.js';

const SCHEMAS = schemas();
/** MQTT 3.1.1 §3.3.2.1 and §4.7: what may be published to, of no more bytes than fit. */
const TOPIC = /^[^+#\0$][^+#\0]*$/;

const sent = (alarm: { event: object; attachments: readonly object[] }, values: object = {}) =>
  trial({ target: 'mqtt', ...values }).formatter.format({
    payload: alarm.event,
    attachments: alarm.attachments,
  });

const json = (payload: unknown) => JSON.parse(String(payload)) as Record<string, unknown>;

test('pictures are published as they are, each on its own topic, and the event behind them', () => {
  const messages = sent({ event: alarmEvent(), attachments: [attachment(1), film(2)] });
  const topic = 'alarms/isapi/00-00-5e-00-53-01/1/line-crossing';
  assert.deepEqual(
    messages.map((message) => message.topic),
    [`${topic}/picture/1`, `${topic}/film/2`, topic],
  );
  assert.deepEqual(messages[0]?.payload, jpeg(1));
  const { attachments, ...event } = json(messages[2]?.payload);
  assert.deepEqual(event, { ...alarmEvent(), document: {} });
  assert.equal(objections(SCHEMAS.alarm, event), '');
  assert.deepEqual(attachments, [
    { filename: 'scene-1.jpg', contentType: 'image/jpeg', role: 'scene', topic: `${topic}/picture/1` },
    { filename: 'video-2.mp4', contentType: 'video/mp4', role: 'video', topic: `${topic}/film/2` },
  ]);
  assert.deepEqual(
    messages.filter((message) => 'qos' in message || 'retain' in message),
    [],
  );
});

test('without pictures there is the event alone', () => {
  const messages = sent({ event: alarmEvent(), attachments: [attachment(1)] }, { pictures: 'none' });
  assert.equal(messages.length, 1);
  assert.deepEqual(json(messages[0]?.payload), { ...alarmEvent(), document: {} });
});

test('the state of a device is published with words for people', () => {
  const [message] = trial({ target: 'mqtt', topicPrefix: 'home/' }).formatter.format(stateOf('stale'));
  assert.equal(message?.topic, 'home/isapi/00-00-5e-00-53-01/state');
  const { event, title } = json(message?.payload);
  assert.deepEqual([event, title], ['stale', 'Gate is silent']);
});

test('any alarm has topics that can be published to, and an event that the schema describes', () => {
  fc.assert(
    fc.property(
      anyAlarm,
      fc.constantFrom('topics' as const, 'inside' as const, 'none' as const),
      fc.oneof(
        fc.string(),
        fc.constantFrom('$SYS/x', '+', '/', '###', 'a/\0/b', '\ud83d', 'x'.repeat(70_000)),
      ),
      (alarm, pictures, topicPrefix) => {
        const messages = sent(alarm, { pictures, topicPrefix });
        assert.equal(messages.length, pictures === 'topics' ? alarm.attachments.length + 1 : 1);
        assert.equal(new Set(messages.map(({ topic }) => topic)).size, messages.length);
        for (const { topic = '' } of messages) {
          assert.match(topic, TOPIC);
          assert.ok(Buffer.byteLength(topic) <= 65_535 && !/\p{Surrogate}/u.test(topic));
        }
        const { attachments: _attachments, ...event } = json(messages.at(-1)?.payload);
        const before = objections(SCHEMAS.alarm, { ...alarm.event, document: {} });
        assert.equal(objections(SCHEMAS.alarm, event), before);
      },
    ),
  );
});

test('a topic is never longer than a broker takes, however a device calls itself', () => {
  const device = { id: '门'.repeat(100_000) };
  const [message] = sent({ event: alarmEvent({ device }), attachments: [] });
  assert.ok(Buffer.byteLength(message?.topic ?? '') <= 65_535);
});

test('an alarm that was sent with its pictures inside is the very same alarm again elsewhere', () => {
  const { formatter } = trial({ target: 'alarm' });
  fc.assert(
    fc.property(
      anyAlarm,
      fc.option(fc.uint8Array(), { nil: undefined }),
      fc.constantFrom(
        (text: string): unknown => text,
        (text: string) => Buffer.from(text),
        (text: string) => JSON.parse(text) as unknown,
      ),
      ({ event, attachments }, raw, arrives) => {
        const original = alarmMessage({ event, attachments, ...(raw && { raw: Buffer.from(raw) }) });
        const [message] = trial({ target: 'mqtt', pictures: 'inside' }).formatter.format(original);
        assert.deepEqual(formatter.format({ payload: arrives(String(message?.payload)) }), [original]);
      },
    ),
  );
});

test('what is no alarm with its pictures inside is refused', () => {
  const inside = json(
    sent({ event: alarmEvent(), attachments: [attachment(1)] }, { pictures: 'inside' })[0]?.payload,
  );
  const others: unknown[] = [undefined, '', '{', '[]', 'null', Buffer.from([0xff, 0xd8]), 7, {}];
  others.push(
    { ...inside, kind: 'x' },
    { ...inside, attachments: [{ filename: 'x' }] },
    { ...inside, attachments: 7 },
  );
  others.push(sent({ event: alarmEvent(), attachments: [attachment(1)] }).at(-1)?.payload);
  const { formatter } = trial({ target: 'alarm' }, { restoredBytes: 10_000 });
  assert.equal(formatter.format({ payload: inside }).length, 1);
  others.push(`${JSON.stringify(inside)}${' '.repeat(10_000)}`);
  for (const payload of others)
    assert.throws(
      () => formatter.format({ payload }),
      (error) => isCode(error, 'NOT_AN_ALARM'),
      String(payload),
    );
});
