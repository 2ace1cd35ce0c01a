import fc from 'fast-check';
import { ALARM_KINDS, type Alarm, type AlarmEvent, type Attachment } from '../../src/event.js';

/** The smallest bytes of a picture that tells itself from others. */
export const jpeg = (number: number, bytes = 40) =>
  Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, number % 256]),
    Buffer.alloc(Math.max(0, bytes - 4), number),
  ]);

export function attachment(number: number, values: Partial<Attachment> = {}): Attachment {
  return {
    filename: `scene-${number}.jpg`,
    contentType: 'image/jpeg',
    content: jpeg(number),
    cid: `0199f0c2d3e400001a2b3c4d.${number}@camera-alarms`,
    role: 'scene',
    ...values,
  };
}

export const film = (number: number, values: Partial<Attachment> = {}) =>
  attachment(number, { filename: `video-${number}.mp4`, contentType: 'video/mp4', role: 'video', ...values });

/** Somebody at the gate. */
export function alarmEvent(values: Partial<AlarmEvent> = {}): AlarmEvent {
  return {
    schema: 1,
    id: '0199f0c2d3e400001a2b3c4d',
    vendor: 'isapi',
    transport: 'http-push',
    device: { id: '00:00:5e:00:53:01', name: 'Gate', mac: '00:00:5e:00:53:01', address: '192.0.2.7' },
    channel: 1,
    channelName: 'Gate',
    channelRaw: '1',
    type: 'linedetection',
    kind: 'line-crossing',
    state: 'active',
    severity: 'high',
    time: '2026-11-22T08:15:30+01:00',
    receivedAt: '2026-11-22T07:15:31.204Z',
    targets: ['human'],
    regions: [{ id: '1', name: 'Fence' }],
    title: 'Line crossing: Gate',
    text: 'Line crossing – started\nGate, channel 1\n2026-11-22 08:15:30 +01:00',
    document: { EventNotificationAlert: { eventType: 'linedetection' } },
    ...values,
  };
}

/** Words as nobody would choose them: markup, line breaks, emojis and halves of them, templates, topics. */
const HOSTILE = [
  '<img src=x onerror="alert(1)">',
  '</body></html>',
  'a\r\nBcc: a@example.com',
  '🚨'.repeat(3_000),
  '\ud83d',
  '\udea8x',
  '{{title}}{{{text}}}',
  'home/+/#',
  '$SYS/broker',
  '\0',
  'é'.repeat(500),
  'word '.repeat(2_000),
  '&lt;b&gt;',
  '__proto__',
  'constructor',
  '门口摄像机',
  '',
];

const word = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ maxLength: 60, unit: 'binary' }),
  fc.constantFrom(...HOSTILE),
);

const event: fc.Arbitrary<AlarmEvent> = fc
  .record(
    {
      schema: fc.constant(1 as const),
      id: fc.string({ minLength: 1, maxLength: 24 }),
      vendor: fc.constantFrom('isapi' as const, 'vstarcam' as const, 'raysharp' as const, 'unknown' as const),
      transport: fc.constant('http-push' as const),
      device: fc.record(
        { id: word, name: word, mac: word, serial: word, address: word },
        { requiredKeys: ['id'] },
      ),
      channel: fc.integer({ min: 1, max: 512 }),
      channelName: word,
      channelRaw: word,
      type: word,
      kind: fc.constantFrom(...ALARM_KINDS),
      state: fc.constantFrom('active' as const, 'inactive' as const, 'pulse' as const),
      time: fc.oneof(fc.constant('2026-11-22T08:15:30+01:00'), word),
      receivedAt: fc.constant('2026-11-22T07:15:31.204Z'),
      targets: fc.array(word, { maxLength: 4 }),
      regions: fc.array(fc.record({ id: word, name: word }, { requiredKeys: ['id'] }), { maxLength: 4 }),
      plate: fc.record({ number: word }, { requiredKeys: [] }),
      truncated: fc.constant(true as const),
      title: word,
      text: fc.oneof(
        word,
        fc.array(word, { maxLength: 40 }).map((lines) => lines.join('\n')),
      ),
      document: fc.dictionary(word, fc.jsonValue({ maxDepth: 2 })),
    },
    {
      requiredKeys: [
        'schema',
        'id',
        'vendor',
        'transport',
        'device',
        'type',
        'kind',
        'state',
        'time',
        'receivedAt',
        'targets',
        'regions',
        'title',
        'text',
        'document',
      ],
    },
  )
  // What comes of a decoder is JSON: no undefined, no negative zero.
  .map((value) => JSON.parse(JSON.stringify(value)) as AlarmEvent);

const attachments: fc.Arbitrary<readonly Attachment[]> = fc
  .array(
    fc.record({
      role: fc.constantFrom(
        'scene' as const,
        'target' as const,
        'plate' as const,
        'face' as const,
        'video' as const,
      ),
      bytes: fc.integer({ min: 0, max: 400 }),
    }),
    { maxLength: 30 },
  )
  .map((pictures) =>
    pictures.map(({ role, bytes }, index) =>
      role === 'video'
        ? film(index + 1, { content: Buffer.alloc(bytes, index) })
        : attachment(index + 1, {
            role,
            content: Buffer.alloc(bytes, index),
            filename: `${role}-${index + 1}.jpg`,
          }),
    ),
  );

/** Any alarm a device can cause, and some that none would. */
export const anyAlarm: fc.Arbitrary<Pick<Alarm, 'event' | 'attachments'>> = fc.record({ event, attachments });
