import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlarmError } from '../../src/errors.js';
import type { AlarmState, Transport } from '../../src/event.js';
import { Inbox } from '../../src/inbox/inbox.js';
import { LIMITS } from '../../src/limits.js';
import type { AlarmDraft, Notification } from '../../src/notification.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import { notificationOf, RECEIVED_AT, SENDER } from '../support/fixtures.js';

type Value = string | Value[] | Values;
interface Values {
  readonly [name: string]: Value | undefined;
}

const MAC = '00:00:5e:00:53:01';
const ALERT: Values = {
  macAddress: MAC,
  channelID: '1',
  dateTime: '2026-11-22T08:15:30+01:00',
  eventType: 'VMD',
  eventState: 'active',
};
const TRANSPORTS: Transport[] = ['http-push', 'alertstream', 'http-get', 'udp'];

/** Values as elements; lists as repeated ones. Nothing is escaped. */
const elements = (values: Values): string =>
  Object.entries(values)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((each) => element(name, each)))
    .join('\r\n');
const element = (name: string, value: Value | undefined): string =>
  value === undefined
    ? ''
    : `<${name}>${typeof value === 'object' ? elements(value as Values) : value}</${name}>`;
const xml = (values: Values) =>
  `<EventNotificationAlert>\r\n${elements(values)}\r\n</EventNotificationAlert>`;

const read = (document: string | Buffer, more: Partial<Notification> = {}): AlarmDraft[] =>
  isapi.decode(notificationOf(undefined, [Buffer.from(document as Buffer)], more), LIMITS);

/** The one event of an alert with these values instead of the usual ones. */
function eventOf(values: Values, more: Partial<Notification> = {}) {
  const drafts = read(xml({ ...ALERT, ...values }), more);
  assert.equal(drafts.length, 1);
  return (drafts[0] as AlarmDraft).event;
}

function refused(body: string | Buffer, code: string, contentType?: string): void {
  assert.throws(
    () => isapi.decode(notificationOf(contentType, [Buffer.from(body as Buffer)]), LIMITS),
    (error) => error instanceof AlarmError && error.code === code,
    body.toString('latin1').slice(0, 80),
  );
}

/** A multipart body whose parts have no head. */
function multipart(...parts: (string | Buffer)[]): Buffer {
  const pieces = parts.flatMap((part) => ['--boundary\r\n\r\n', part, '\r\n']);
  return Buffer.concat([...pieces, '--boundary--\r\n'].map((piece) => Buffer.from(piece as Buffer)));
}
/** Documents that nobody can read. */
const BROKEN = ['<a/>', '{"a":', '<EventNotificationAlert>'];
const picture = (inside: string) =>
  Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from(inside), Buffer.from([0xff, 0xd9])]);

test('active begins, inactive ends, and without a state it happened once: on every way in, as XML and JSON', () => {
  const states: [string | undefined, AlarmState][] = [
    ['active', 'active'],
    ['inactive', 'inactive'],
    ['ACTIVE', 'active'],
    ['Inactive', 'inactive'],
    [' inactive ', 'inactive'],
    [undefined, 'pulse'],
    ['', 'pulse'],
    ['no word of theirs', 'pulse'],
  ];
  for (const transport of TRANSPORTS) {
    for (const [eventState, state] of states) {
      for (const document of [xml({ ...ALERT, eventState }), JSON.stringify({ ...ALERT, eventState })]) {
        const [draft] = read(document, { transport });
        assert.deepEqual([draft?.event.state, draft?.event.transport], [state, transport], document);
      }
    }
  }
});

test('a field of another name does not decide the state', () => {
  assert.equal(eventOf({ eventState: 'inactive', activeState: 'active' }).state, 'inactive');
  assert.equal(
    eventOf({ eventState: undefined, activeState: 'active', activePostCount: '5' }).state,
    'pulse',
  );
});

test('what happens at one moment is a pulse, whatever state it is sent with', () => {
  for (const eventType of ['ANPR', 'faceCapture', 'AccessControllerEvent', 'PeopleCounting', 'illAccess'])
    for (const eventState of ['active', 'inactive', undefined])
      assert.equal(eventOf({ eventType, eventState }).state, 'pulse', eventType);
});

test('every form of heartbeat is one, whatever it counts and whichever channel it names', () => {
  const forms: Values[] = [
    { eventType: 'videoloss', eventState: 'inactive' },
    { eventType: 'videoLoss', eventState: 'Inactive' },
    { eventType: 'heartBeat', eventState: 'active' },
    { eventType: 'heartbeat', eventState: undefined },
    { eventType: 'other', eventState: 'inactive', eventDescription: 'Heartbeat' },
    { eventType: 'Other', eventState: 'inactive', eventDescription: 'heartbeat' },
  ];
  for (const form of forms) {
    for (const activePostCount of [undefined, '', '0', '1', '4711']) {
      for (const channelID of [undefined, '', '0', '1', '17']) {
        const event = eventOf({ ...form, activePostCount, channelID });
        assert.deepEqual([event.kind, event.type], ['heartbeat', form['eventType']]);
      }
    }
  }
});

test('a real video loss and an unknown other are no heartbeats', () => {
  assert.equal(
    eventOf({ eventType: 'videoloss', eventState: 'active', activePostCount: '0' }).kind,
    'video-loss',
  );
  assert.equal(eventOf({ eventType: 'videoloss', eventState: undefined }).kind, 'video-loss');
  assert.equal(eventOf({ eventType: 'other', eventState: 'inactive' }).kind, 'unknown');
  assert.equal(
    eventOf({ eventType: 'other', eventState: 'active', eventDescription: 'Heartbeat' }).kind,
    'unknown',
  );
  assert.equal(eventOf({ eventType: 'VMD', eventDescription: 'videoloss alarm' }).kind, 'motion');
});

test('a type that nobody knows passes with the word of the device', () => {
  const { type, kind, state } = eventOf({ eventType: 'somethingNew_42' });
  assert.deepEqual([type, kind, state], ['somethingNew_42', 'unknown', 'active']);
  for (const name of ['__proto__', 'constructor', 'toString'])
    assert.deepEqual(
      [eventOf({ eventType: name }).kind, eventOf({ eventType: name }).type],
      ['unknown', name],
    );
});

test('an alert that only says that two events go on gives both of them', () => {
  const Duration = [{ relationEvent: 'VMD' }, { relationEvent: 'linedetection' }];
  const drafts = read(xml({ ...ALERT, eventType: 'duration', DurationList: { Duration } }));
  assert.deepEqual(
    drafts.map(({ event }) => event.kind),
    ['motion', 'line-crossing'],
  );
});

test('duration without the event it is about stays what the device said', () => {
  for (const DurationList of [undefined, '', { Duration: '' }, { Duration: { relationEvent: '' } }]) {
    const { type, kind } = eventOf({ eventType: 'duration', DurationList });
    assert.deepEqual([type, kind], ['duration', 'unknown']);
  }
});

test('the channel counts from 1; the device itself and what is no number have none, as written it stays', () => {
  const cases: [Values, number | undefined, string | undefined][] = [
    [{ channelID: '1' }, 1, '1'],
    [{ channelID: '001' }, 1, '001'],
    [{ channelID: '64' }, 64, '64'],
    [{ channelID: '0' }, undefined, '0'],
    [{ channelID: '-1' }, undefined, '-1'],
    [{ channelID: '1.5' }, undefined, '1.5'],
    [{ channelID: 'IPdome' }, undefined, 'IPdome'],
    [{ channelID: '999999999' }, undefined, '999999999'],
    [{ channelID: '' }, undefined, undefined],
    [{ channelID: undefined }, undefined, undefined],
    [{ channelID: undefined, dynChannelID: '15' }, 15, '15'],
    [{ channelID: '', dynChannelID: '15' }, 15, '15'],
    [{ channelID: '13', dynChannelID: '13' }, 13, '13'],
    [{ channelID: ['', '2', '3'] }, 2, '2'],
  ];
  for (const [values, channel, raw] of cases) {
    const event = eventOf(values);
    assert.deepEqual([event.channel, event.channelRaw], [channel, raw], JSON.stringify(values));
  }
});

test('the number of an alarm input is not taken for a channel', () => {
  const event = eventOf({ eventType: 'IO', channelID: undefined, inputIOPortID: '3', dynInputIOPortID: '3' });
  assert.deepEqual([event.kind, event.channel, event.channelRaw], ['alarm-input', undefined, undefined]);
});

test('a device is known by its MAC address in any spelling, else by where it sent from', () => {
  for (const macAddress of [MAC, '00-00-5E-00-53-01', '0000.5e00.5301', '00005E005301', '0000:5e00:5301']) {
    assert.deepEqual(eventOf({ macAddress }).device, { id: MAC, mac: MAC, address: SENDER }, macAddress);
  }
  const none = [
    '',
    undefined,
    '0000:0000:0000',
    'ff:ff:ff:ff:ff:ff',
    'FF-FF-FF-FF-FF-FF',
    'banana',
    '00:00:5e:00:53',
  ];
  for (const macAddress of none) {
    assert.deepEqual(eventOf({ macAddress }).device, { id: SENDER, address: SENDER }, macAddress);
  }
});

test('the address of a device is where the bytes came from, not what they say', () => {
  const { device } = eventOf({ ipAddress: '198.51.100.1', portNo: '8089' }, { address: '2001:db8::7' });
  assert.equal(device.address, '2001:db8::7');
});

test('the running number of an access event is not taken for the serial number of the device', () => {
  const document = {
    ...ALERT,
    eventType: 'AccessControllerEvent',
    AccessControllerEvent: { serialNo: 1234 },
  };
  const [draft] = read(JSON.stringify(document));
  assert.equal(draft?.event.device.serial, undefined);
  assert.equal(eventOf({ Extensions: { serialNumber: '00123E4' } }).device.serial, '00123E4');
});

test('targets are found with regions and at the top, each once and in lower case', () => {
  const region = (detectionTarget: string) => ({ DetectionRegionEntry: { regionID: '1', detectionTarget } });
  const cases: [Values, string[]][] = [
    [{}, []],
    [{ targetType: 'human' }, ['human']],
    [{ targetType: 'Human, Vehicle' }, ['human', 'vehicle']],
    [{ targetType: ',human,,' }, ['human']],
    [{ detectionTarget: 'vehicle' }, ['vehicle']],
    [{ DetectionRegionList: region('human') }, ['human']],
    [
      { DetectionRegionList: [region('others'), region('human')], targetType: 'vehicle' },
      ['others', 'human', 'vehicle'],
    ],
    [{ DetectionRegionList: region('human'), targetType: 'HUMAN' }, ['human']],
    [{ DetectionRegionList: region('') }, []],
  ];
  for (const [values, targets] of cases)
    assert.deepEqual(eventOf(values).targets, targets, JSON.stringify(values));
});

test('corners are given as parts of the picture, and none lies outside of it', () => {
  const polygonOf = (...corners: [string, string][]) => {
    const RegionCoordinates = corners.map(([positionX, positionY]) => ({ positionX, positionY }));
    const DetectionRegionEntry = { regionID: '1', RegionCoordinatesList: { RegionCoordinates } };
    return eventOf({ DetectionRegionList: { DetectionRegionEntry } }).regions[0]?.polygon;
  };
  assert.deepEqual(polygonOf(['0', '1000'], ['500', '125']), [
    [0, 1],
    [0.5, 0.125],
  ]);
  assert.deepEqual(polygonOf(['', '10'], ['10', 'x']), undefined);
  // What is left of a polygon without some of its corners is another one.
  for (const place of ['-1', '1001', '5000', '1e300', '', 'x'])
    assert.equal(polygonOf(['0', '0'], ['1000', '0'], [place, '500'], ['500', place]), undefined, place);
});

test('corners that are parts of the picture already stay what they are, also those of the whole picture', () => {
  const square = [
    ['0.000', '0.000'],
    ['1.000', '0.000'],
    ['1.000', '1.000'],
    ['0', '1'],
  ] as const;
  const RegionCoordinates = square.map(([positionX, positionY]) => ({ positionX, positionY }));
  const DetectionRegionEntry = { regionID: '1', RegionCoordinatesList: { RegionCoordinates } };
  assert.deepEqual(eventOf({ DetectionRegionList: { DetectionRegionEntry } }).regions[0]?.polygon, [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ]);
});

test('what the device sends from its log is history, however it spells that', () => {
  const cases: [Values, true | undefined][] = [
    [{ isDataRetransmission: 'true' }, true],
    [{ isDataRetransmission: 'TRUE' }, true],
    [{ isDataRetransmission: 'false' }, undefined],
    [{ AccessControllerEvent: { currentEvent: 'false' } }, true],
    [{ AccessControlEvent: { currentEvent: 'False' } }, true],
    [{ AccessControlEvent: { currentEvent: 'true' } }, undefined],
    [{ currentEvent: 'false' }, true],
  ];
  for (const [values, history] of cases)
    assert.equal(eventOf(values).history, history, JSON.stringify(values));
});

test('the time is ours where the device gave none, and the difference is told where its zone is known', () => {
  const received = RECEIVED_AT.toISOString();
  const cases: [string | undefined, string, string | undefined, number | undefined][] = [
    ['2026-11-22T08:15:30+01:00', '2026-11-22T08:15:30+01:00', '2026-11-22T08:15:30+01:00', -1],
    ['2026-11-22T08:15:41+01:00', '2026-11-22T08:15:41+01:00', '2026-11-22T08:15:41+01:00', 10],
    ['2026-11-22T07:15:30', '2026-11-22T07:15:30', '2026-11-22T07:15:30', undefined],
    ['2026-13-22T07:15:30Z', received, '2026-13-22T07:15:30Z', undefined],
    ['', received, undefined, undefined],
    [undefined, received, undefined, undefined],
  ];
  for (const [dateTime, time, raw, skew] of cases) {
    const event = eventOf({ dateTime });
    assert.deepEqual(
      [event.time, event.timeRaw, event.receivedAt, event.clockSkew],
      [time, raw, received, skew],
      String(dateTime),
    );
  }
});

test('the whole document stays with the event, text as text', () => {
  const values = {
    licensePlate: '12E34',
    serial: '0012345678',
    hex: '0x1F',
    yes: 'true',
    long: '12345678901234567890',
  };
  assert.deepEqual({ ...eventOf({ ANPR: values }).document }['ANPR'], values);
});

test('several alerts in one JSON document give an event each, in order', () => {
  const alerts = ['VMD', 'IO', 'PIR'].map((eventType) => ({ ...ALERT, eventType }));
  for (const document of [
    alerts,
    { EventNotificationAlert: alerts },
    alerts.map((EventNotificationAlert) => ({ EventNotificationAlert })),
  ])
    assert.deepEqual(
      read(JSON.stringify(document)).map(({ event }) => event.type),
      ['VMD', 'IO', 'PIR'],
    );
});

test('a picture goes to the document before it, or to the first one', () => {
  const [a, b, c] = ['a', 'b', 'c'].map(picture) as [Buffer, Buffer, Buffer];
  const other = xml({ ...ALERT, eventType: 'IO' });
  const shown = (...parts: (string | Buffer)[]) =>
    read(multipart(...parts)).map((draft) => [
      draft.event.type,
      draft.attachments.map(({ content }) => content),
    ]);
  assert.deepEqual(shown(a, xml(ALERT), b, other, c), [
    ['VMD', [a, b]],
    ['IO', [c]],
  ]);
});

test('a picture behind a document that cannot be read is not shown with the alert before it', () => {
  const [mine, foreign] = [picture('mine'), picture('foreign')];
  const [draft] = read(multipart(xml(ALERT), mine, '<EventNotificationAlert><eventType>IO</a>', foreign));
  assert.deepEqual(
    draft?.attachments.map(({ content }) => content),
    [mine],
  );
});

test('an event is marked when something of its delivery is missing, and only then', () => {
  assert.equal('truncated' in eventOf({}), false);
  assert.equal(eventOf({}, { truncated: true }).truncated, true);
  const whole = multipart(xml(ALERT), picture('a'), xml(ALERT));
  assert.deepEqual(
    read(whole.subarray(0, whole.length - 30)).map(({ event }) => event.truncated),
    [true],
  );
});

test('what is no event is refused by name', () => {
  refused('', 'DOCUMENT_MISSING');
  refused('hello', 'DOCUMENT_MISSING');
  refused(picture('a'), 'DOCUMENT_MISSING');
  refused(multipart(picture('a')), 'DOCUMENT_MISSING');
  refused('<ResponseStatus><statusCode>4</statusCode></ResponseStatus>', 'EVENT_UNKNOWN_ROOT');
  refused('<html><body>Login</body></html>', 'EVENT_UNKNOWN_ROOT');
  refused('{}', 'EVENT_UNKNOWN_ROOT');
  refused('[1]', 'EVENT_UNKNOWN_ROOT');
  refused('{"EventNotificationAlert":null}', 'EVENT_UNKNOWN_ROOT');
  refused('<EventNotificationAlert><eventType>VMD</eventType>', 'XML_INVALID');
  refused('{"eventType":"VMD"', 'JSON_INVALID');
  refused(`<!DOCTYPE a [<!ENTITY b "c">]>${xml(ALERT)}`, 'XML_DOCTYPE');
  refused(multipart('<a/>', 'noise', '{"b":1}'), 'EVENT_UNKNOWN_ROOT');
});

test('a document that cannot be read does not take the others of its delivery with it', () => {
  for (const broken of BROKEN)
    for (const parts of [
      [broken, xml(ALERT)],
      [xml(ALERT), broken],
    ])
      assert.deepEqual(
        read(multipart(...parts)).map(({ event }) => [event.type, event.state, event.channel]),
        [['VMD', 'active', 1]],
        broken,
      );
});

test('a document that cannot be read is not lost without a word, also when others of its delivery can', () => {
  for (const broken of BROKEN.slice(1)) {
    const told: unknown[] = [];
    const inbox = new Inbox(isapi, () => 'id', LIMITS);
    inbox.subscribe({
      alarm: ({ event }) => told.push(event.truncated === true && 'truncated'),
      sign: ({ event }) => told.push(event),
    });
    const body = multipart(xml(ALERT), broken);
    inbox.accept({ notification: notificationOf(undefined, [body]), raw: () => body });
    assert.ok(told.includes('undecodable') || told.includes('truncated'), `${broken}: ${told.join(' ')}`);
  }
});

test('the answer is 200 without a word, whether the event was read or not', () => {
  for (const outcome of ['accepted', 'undecodable'] as const)
    assert.deepEqual(isapi.reply(outcome), { status: 200, headers: {}, body: '' });
});
