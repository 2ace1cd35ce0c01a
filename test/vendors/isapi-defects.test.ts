import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmEvent } from '../../src/event.js';
import type { AlarmDraft, Notification } from '../../src/notification.js';
import { EVENT_TYPES } from '../../src/vendors/isapi/event-types.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import { decoded, fixturesOf, notificationOf } from '../support/fixtures.js';
import { seeded } from './changes.js';

// Faults of other readers of these events (peers/defects.md, A and C), where no other test here asks for the same.

const MAC = '00:00:5e:00:53:01';
/** An alert with every element that is read; each as text. */
const ELEMENTS: Readonly<Record<string, string>> = {
  ipAddress: '192.0.2.7',
  portNo: '80',
  protocol: 'HTTP',
  macAddress: MAC,
  channelID: '2',
  dynChannelID: '2',
  channelName: 'Gate',
  dateTime: '2026-11-22T08:15:30+01:00',
  activePostCount: '3',
  eventType: 'fielddetection',
  eventState: 'active',
  eventDescription: 'fielddetection alarm',
  targetType: 'human',
  inputIOPortID: '4',
  isDataRetransmission: 'true',
  bkgUrl: 'http://192.0.2.7/a.jpg',
};
/** What is in elements of its own, as text of XML. */
const NESTED: Readonly<Record<string, string>> = {
  DetectionRegionList:
    '<DetectionRegionEntry><regionID>1</regionID><RegionCoordinatesList><RegionCoordinates><positionX>0</positionX><positionY>0</positionY></RegionCoordinates></RegionCoordinatesList><detectionTarget>human</detectionTarget><TMA><currTemperature>1</currTemperature></TMA></DetectionRegionEntry>',
  Extensions: '<serialNumber>1</serialNumber>',
  ANPR: '<licensePlate>12E34</licensePlate><vehicleInfo><color>red</color></vehicleInfo>',
  AccessControllerEvent: '<majorEventType>5</majorEventType><subEventType>1</subEventType>',
  CIDEvent: '<code>1130</code><zone>1</zone>',
  peopleCounting: '<enter>1</enter><TimeRange><startTime>a</startTime></TimeRange>',
  childCounting: '<enter>1</enter>',
  AudioExceptionDetection: '<audioDecibel>50</audioDecibel>',
  faceCapture:
    '<faces><age><value>1</value></age><identify><candidate><similarity>1</similarity></candidate></identify></faces>',
  CaptureResult: '<Human><contentID1>a</contentID1></Human>',
  AIOPData: '<events><alertInfo><ruleInfo><ruleID>1</ruleID></ruleInfo></alertInfo></events>',
};

const lines = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([name, value]) => `<${name}>${value}</${name}>`);
const xml = (inside: readonly string[], space = '\r\n') =>
  `<EventNotificationAlert version="2.0">${space}${inside.join(space)}${space}</EventNotificationAlert>`;

const read = (document: string | Buffer, contentType = 'application/xml', more: Partial<Notification> = {}) =>
  decoded(isapi, notificationOf(contentType, [Buffer.from(document as Buffer)], more)) ?? [];

/** The only event of a document. */
function only(drafts: readonly AlarmDraft[], where: string): AlarmEvent {
  assert.equal(drafts.length, 1, where);
  return (drafts[0] as AlarmDraft).event;
}
const eventOf = (document: string, contentType?: string) => only(read(document, contentType), document);
/** Without the document, which is as it was sent. */
const told = ({ document: _document, ...event }: AlarmEvent) => event;

test('whatever one element holds, or if it is missing, the event arrives and all else of it is the same', () => {
  const values = { ...ELEMENTS, ...NESTED };
  const whole = told(eventOf(xml(lines(values))));
  const contents = ['', ' ', '\r\n', '0', '-1', 'text', '1e999', '<a>1</a>', '<regionID/>', '&lt;'];
  /** What may differ with an element; `kind` where only it tells the kind. */
  const owned: Readonly<Record<string, readonly string[]>> = {
    macAddress: ['device'],
    Extensions: ['device'],
    channelID: ['channel', 'channelRaw'],
    dynChannelID: ['channel', 'channelRaw'],
    dateTime: ['time', 'timeRaw', 'clockSkew'],
    eventType: ['type', 'kind', 'state'],
    eventState: ['state'],
    targetType: ['targets'],
    DetectionRegionList: ['regions', 'targets', 'temperature'],
    inputIOPortID: ['input'],
    isDataRetransmission: ['history'],
    bkgUrl: ['pictureUrls'],
    ANPR: ['plate'],
    AccessControllerEvent: ['access', 'kind'],
    CIDEvent: ['panel', 'kind', 'state'],
    peopleCounting: ['counting', 'regions'],
    childCounting: ['counting'],
    AudioExceptionDetection: ['decibel'],
    faceCapture: ['face'],
    CaptureResult: ['targets'],
    AIOPData: ['regions'],
  };
  for (const name of Object.keys(values)) {
    const { [name]: _, ...others } = values;
    const documents = [xml(lines(others)), xml([...lines(others), `<${name}/>`])];
    for (const content of contents) {
      documents.push(xml([...lines(others), `<${name}>${content}</${name}>`]));
      documents.push(xml([`<${name}>${content}</${name}>`, ...lines(values)]));
    }
    for (const document of documents) {
      const event = told(eventOf(document)) as Record<string, unknown>;
      for (const key of new Set([...Object.keys(whole), ...Object.keys(event)])) {
        if (key === 'channelName' ? name === key : owned[name]?.includes(key)) continue;
        assert.deepEqual(
          event[key],
          (whole as unknown as Record<string, unknown>)[key],
          `${key}: ${document}`,
        );
      }
    }
  }
});

test('whatever one key of a JSON alert holds, the event arrives', () => {
  const names = [...Object.keys(ELEMENTS), ...Object.keys(NESTED), 'alarmResult', 'CIDAlarm', 'DurationList'];
  const contents = [
    null,
    true,
    false,
    0,
    -1,
    1e300,
    '',
    ' ',
    'text',
    [],
    [[]],
    [null],
    {},
    [{}],
    [[{}]],
    { a: null },
  ];
  for (const name of names) {
    for (const content of contents) {
      const document = JSON.stringify({ ...ELEMENTS, [name]: content });
      const { type } = eventOf(document, 'application/json');
      if (name !== 'eventType') assert.equal(type, 'fielddetection', document);
    }
  }
});

test('every type means the same as XML and as JSON, in any case of its letters, alone and in a multipart body', () => {
  const forms: ((values: Readonly<Record<string, string>>) => [string, string])[] = [
    (values) => [xml(lines(values)), 'text/xml'],
    (values) => [JSON.stringify(values), 'application/json'],
    (values) => [JSON.stringify({ EventNotificationAlert: values }), 'text/json'],
    (values) => [`--b\r\n\r\n${xml(lines(values))}\r\n--b--\r\n`, 'multipart/form-data; boundary=b'],
    (values) => [`--b\r\n\r\n${JSON.stringify(values)}\r\n--b--\r\n`, 'multipart/form-data; boundary=b'],
  ];
  for (const [key, { kind, course }] of EVENT_TYPES) {
    for (const eventType of [key, key.toUpperCase()]) {
      for (const form of forms) {
        const event = eventOf(...form({ macAddress: MAC, eventType, eventState: 'active' }));
        const state = course === 'momentary' ? 'pulse' : 'active';
        assert.deepEqual([event.type, event.kind, event.state], [eventType, kind, state]);
      }
    }
  }
});

test('the order of the elements says nothing', () => {
  const random = seeded(5);
  const wanted = eventOf(xml(lines({ ...ELEMENTS, ...NESTED })));
  for (let run = 0; run < 200; run++) {
    const shuffled = lines({ ...ELEMENTS, ...NESTED })
      .map((line) => ({ line, place: random(1_000_000) }))
      .sort((a, b) => a.place - b.place)
      .map(({ line }) => line);
    assert.deepEqual(eventOf(xml(shuffled)), wanted);
  }
});

test('indented, on one line, with tabs, prefixes or attributes: the event is the same', () => {
  const wanted = eventOf(xml(lines(ELEMENTS)));
  for (const space of ['', '\n', '\n    ', '\r\n\t', ' '])
    assert.deepEqual(eventOf(xml(lines(ELEMENTS), space)), wanted, JSON.stringify(space));
  const document = xml(lines(ELEMENTS));
  assert.deepEqual(eventOf(document.replace(/<(\/?)(?=\w)/g, '<$1a:')), wanted);
  assert.deepEqual(
    eventOf(document.replace(/<(\w+)>/g, '<$1 xmlns="urn:a" b=\'<>"\'>'.replace('<>', ''))),
    wanted,
  );
  assert.deepEqual(eventOf(document.replace(/>([^<\s][^<]*)</g, '>\n  $1\n<')), wanted);
});

test('any spelling of a content type is read, of the whole body as of a part', () => {
  const types = [
    'application/xml',
    'application/xml; charset="UTF-8"',
    'application/xml; charset=UTF-8',
    'application/xml;charset=utf-8',
    'Application/XML; Charset="utf-8"',
    'TEXT/XML',
    'text/xml; charset=',
    'text/plain',
    'application/octet-stream',
    'image/jpeg',
    'application/json',
    '*/*',
    '',
    ';',
  ];
  const document = xml(lines(ELEMENTS));
  const wanted = eventOf(document);
  for (const type of types) {
    assert.deepEqual(eventOf(document, type), wanted, type);
    for (const header of [`Content-Type: ${type}`, `content-type:${type}`, `CONTENT-TYPE:  ${type} `]) {
      const body = `--b\r\n${header}\r\n\r\n${document}\r\n--b--\r\n`;
      assert.deepEqual(eventOf(body, 'multipart/mixed; boundary=b'), wanted, header);
    }
  }
});

test('names of files in any letters cost neither the event nor its picture', () => {
  const picture = Buffer.from('\xff\xd8\xff\xe0picture\xff\xd9', 'latin1');
  const names = [
    '"大门.jpg"',
    '"=?UTF-8?B?5aSn6Zeo?=.jpg"',
    "x; filename*=UTF-8''%E5%A4%A7.jpg",
    '"a;b.jpg"',
    '"a\\"b.jpg"',
    '"../../x.jpg"',
    '""',
    '',
    '"unfinished',
  ];
  const bytes = [...names.map((name) => Buffer.from(name)), Buffer.from('22b4f3c3c52e6a706722', 'hex')];
  for (const name of bytes) {
    const body = Buffer.concat([
      Buffer.from(`--b\r\n\r\n${xml(lines(ELEMENTS))}\r\n--b\r\nContent-Disposition: form-data; filename=`),
      name,
      Buffer.from('\r\nContent-Type: image/jpeg\r\n\r\n'),
      picture,
      Buffer.from('\r\n--b--\r\n'),
    ]);
    const [draft, ...more] = read(body, 'multipart/form-data; boundary=b');
    assert.equal(more.length, 0);
    assert.equal(draft?.event.type, 'fielddetection', name.toString());
    assert.deepEqual(
      draft?.attachments.map(({ content, filename }) => [filename, content]),
      [['scene-1.jpg', picture]],
    );
  }
});

test('separators of other formats in names are letters like any other', () => {
  for (const name of [
    'a;b',
    'a,b',
    'a=b;c=d',
    '{"a":1}',
    '}',
    ']',
    '--b',
    '\r--b--',
    'a\\',
    '&&',
    '%00',
    "'",
  ]) {
    const { channelName } = eventOf(JSON.stringify({ ...ELEMENTS, channelName: name }), 'application/json');
    assert.equal(channelName, name.trim());
    assert.equal(eventOf(xml(lines({ ...ELEMENTS, channelName: name }))).channelName, name.trim());
  }
});

test('nothing of one event stays behind in the next of the same delivery', () => {
  const bare = { eventType: 'VMD' };
  const one = xml([...lines(ELEMENTS), ...lines(NESTED)]);
  const json = JSON.stringify([{ ...ELEMENTS, ANPR: { licensePlate: '1' } }, bare]);
  const alone = told(eventOf(JSON.stringify(bare), 'application/json'));
  const two = read(
    `--b\r\n\r\n${one}\r\n--b\r\n\r\n${xml(lines(bare))}\r\n--b--\r\n`,
    'multipart/mixed; boundary=b',
  );
  for (const drafts of [two, read(json, 'application/json')])
    assert.deepEqual(drafts.map(({ event }) => told(event))[1], alone);
});

test('region 0 is a region like any other, and one without a number and a place is none', () => {
  const regionsOf = (inside: string) =>
    eventOf(xml([...lines(ELEMENTS), `<DetectionRegionList>${inside}</DetectionRegionList>`])).regions;
  const entry = (inside: string) => `<DetectionRegionEntry>${inside}</DetectionRegionEntry>`;
  assert.deepEqual(regionsOf(entry('<regionID>0</regionID>')), [{ id: '0' }]);
  assert.deepEqual(regionsOf(entry('<regionID>0</regionID>') + entry('<regionID>3</regionID>')), [
    { id: '0' },
    { id: '3' },
  ]);
  assert.deepEqual(regionsOf(entry('<regionID></regionID>') + entry('')), []);
});

test('regions of JSON in every nesting are the same regions', () => {
  const place = { positionX: 100, positionY: '200' };
  const forms = [
    (region: object) => [{ DetectionRegionEntry: region }],
    (region: object) => ({ DetectionRegionEntry: region }),
    (region: object) => ({ DetectionRegionEntry: [region] }),
    (region: object) => [region],
    (region: object) => region,
  ];
  const lists = [
    [place],
    place,
    [{ RegionCoordinates: place }],
    { RegionCoordinates: place },
    { RegionCoordinates: [place] },
  ];
  for (const form of forms)
    for (const RegionCoordinatesList of lists)
      for (const regionID of [1, '1', undefined]) {
        const region = form({ ...(regionID !== undefined && { regionID }), RegionCoordinatesList });
        const { regions } = eventOf(
          JSON.stringify({ ...ELEMENTS, DetectionRegionList: region }),
          'application/json',
        );
        assert.deepEqual(regions, [{ id: regionID === undefined ? '' : '1', polygon: [[0.1, 0.2]] }]);
      }
});

test('plates, cards and staff numbers stay text, as XML and as JSON', () => {
  for (const number of ['12E34', '0012345678', '007', '0x1F', '1e5', 'true', 'null', 'NaN', '-0', '1_000']) {
    const plate = eventOf(xml(lines({ ...ELEMENTS, ANPR: `<licensePlate>${number}</licensePlate>` }))).plate;
    assert.equal(plate?.number, number);
    const AccessControllerEvent = {
      majorEventType: 5,
      subEventType: 1,
      cardNo: number,
      employeeNoString: number,
    };
    const { access } = eventOf(JSON.stringify({ ...ELEMENTS, AccessControllerEvent }), 'application/json');
    assert.deepEqual([access?.card, access?.employee], [number, number]);
  }
  const long = JSON.stringify(ELEMENTS).replace('{', '{"ANPR":{"licensePlate":12345678901234567890},');
  assert.equal(eventOf(long, 'application/json').plate?.number, '12345678901234567890');
});

test('a plate the camera could not read has no number, and the reading before a list corrected it may stand in', () => {
  const numberOf = (licensePlate: string, originalLicensePlate = '') =>
    eventOf(xml([...lines(ELEMENTS), '<ANPR>', ...lines({ licensePlate, originalLicensePlate }), '</ANPR>']))
      .plate?.number;
  for (const unread of ['unknown', 'UNKNOWN', 'Unknown', 'noPlate', '无车牌', '', ' ']) {
    assert.equal(numberOf(unread), undefined, unread);
    assert.equal(numberOf(unread, unread), undefined, unread);
    assert.equal(numberOf(unread, 'TX007'), 'TX007', unread);
  }
  assert.equal(numberOf('TX1', 'TX2'), 'TX1');
});

test('a picture that is damaged does not cost the event', () => {
  const pictures = ['\xff\xd8', '\xff\xd8\xff\xe0 never ends', '\x89PNG', 'no picture', ''];
  for (const picture of pictures) {
    const body = Buffer.from(
      `--b\r\nContent-Type: image/jpeg\r\n\r\n${picture}\r\n--b\r\n\r\n${xml(lines(ELEMENTS))}\r\n--b--\r\n`,
      'latin1',
    );
    const [draft] = read(body, 'multipart/form-data; boundary=b');
    assert.equal(draft?.event.type, 'fielddetection', picture);
  }
});

test('pages of web servers are no events, and nothing else comes of them', () => {
  const pages = [
    '<!DOCTYPE html><html><style>a{b:c}</style><body>Login</body></html>',
    '<html><head><style>.a{color:red}</style></head><body>{"eventType":"VMD"}</body></html>',
    '<html><EventNotificationAlert></html>',
    '{"statusCode":4,"statusString":"Invalid Operation"}',
    '{"CallStatus":{"status":"ring"}}',
    '<userCheck><statusValue>401</statusValue></userCheck>',
  ];
  for (const page of pages)
    for (const type of ['text/html', 'application/json', 'application/xml'])
      assert.deepEqual(read(page, type), [], page);
});

test('a body of one byte, whichever, is no event and no harm', () => {
  for (let byte = 0; byte < 256; byte++)
    for (const type of ['application/xml', 'application/json', 'multipart/form-data; boundary=b'])
      assert.deepEqual(read(Buffer.of(byte), type), []);
});

test('an event whose clock is wrong by years arrives like any other', () => {
  const wanted = told(eventOf(xml(lines(ELEMENTS))));
  for (const dateTime of ['1970-01-01T00:00:00+08:00', '2000-01-01T00:00:00Z', '2099-12-31T23:59:59-11:00']) {
    const { time, timeRaw, clockSkew, ...event } = told(eventOf(xml(lines({ ...ELEMENTS, dateTime }))));
    const { time: _t, timeRaw: _r, clockSkew: _c, ...rest } = wanted;
    assert.deepEqual(event, rest);
    assert.deepEqual([time, timeRaw], [dateTime, dateTime]);
    assert.equal(clockSkew, Math.round((Date.parse(dateTime) - Date.parse(event.receivedAt)) / 1000));
  }
});

test('whatever is done to an event, the same delivery read again gives the same', () => {
  for (const { contentType, body } of fixturesOf('isapi').slice(0, 40)) {
    const notification = notificationOf(contentType, [body]);
    const first = decoded(isapi, notification);
    const before = structuredClone(first);
    for (const { event } of first ?? [])
      for (const key of Object.keys(event)) delete (event as unknown as Record<string, unknown>)[key];
    const again = decoded(isapi, notification);
    assert.deepEqual(structuredClone(again), before);
  }
});
