import assert from 'node:assert/strict';
import type { Alarm, Device } from '../../src/event.js';
import { createIds } from '../../src/event-id.js';
import { Inbox } from '../../src/inbox/inbox.js';
import { LIMITS } from '../../src/limits.js';
import type { BodyPart, DeviceSign, Notification } from '../../src/notification.js';
import { type DeviceTime, readDeviceTime } from '../../src/vendors/isapi/device-time.js';
import { heartbeat } from '../../src/vendors/isapi/heartbeat.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import { type Body, BodyReader } from '../../src/wire/body.js';
import { type JsonValue, parseJson } from '../../src/wire/json.js';
import { type HeadVerdict, judgeHead } from '../../src/wire/request-head.js';
import { parseXml, type XmlDocument } from '../../src/wire/xml.js';
import {
  decoded,
  type Fixture,
  fixturesOf,
  notificationOf,
  RECEIVED_AT,
  SENDER,
} from '../support/fixtures.js';
import type { Random } from '../vendors/changes.js';
import { changedHeartbeat } from '../vendors/heartbeat-changes.js';
import { type Reader, type Sample, type Trial, trial } from './engine.js';
import { LOGIN_TRIALS } from './login.js';
import { volume, volumeOfEvent } from './outcome.js';
import { CAMERA_BODIES, RECORDER_TRIALS } from './recorder.js';
import { asText, changesOf, json, pick } from './samples.js';
import { SEARCH_TRIALS } from './search.js';

const FIXTURES = fixturesOf('isapi').filter(({ body }) => body.length > 0);
const PARTS = FIXTURES.flatMap(({ contentType, body }) => notificationOf(contentType, [body]).parts);
const partsOf = (kind: BodyPart['kind']): Sample[] =>
  PARTS.filter((part) => part.kind === kind).map(({ bytes, contentType }) => ({ bytes, contentType }));
const INTACT_XML = Buffer.from(
  '<?xml version="1.0" encoding="UTF-8"?><EventNotificationAlert version="2.0"><channelID>1</channelID>' +
    '<dateTime>2026-11-22T08:15:30+01:00</dateTime><eventType>VMD</eventType><eventState>active</eventState>' +
    '<channelName>K\u00fcche &amp; Flur</channelName></EventNotificationAlert>',
);
const INTACT_JSON = Buffer.from(
  '{"eventType":"VMD","channelID":1,"serial":12345678901234567890,"list":[{"a":null}]}',
);

const xml: Reader<XmlDocument> = {
  name: 'xml',
  make: changesOf(partsOf('xml')),
  call: ({ bytes, contentType }) => parseXml(bytes, LIMITS, contentType),
  judge: ({ root, content }, { bytes }) => {
    assert.ok(volume({ root, content }) <= 6 * bytes.length + 200, 'more came out than went in');
    return true;
  },
  intact: () => json(parseXml(INTACT_XML, LIMITS, 'application/xml')),
};

const jsonReader: Reader<JsonValue> = {
  name: 'json',
  make: changesOf(partsOf('json')),
  call: ({ bytes, contentType }) => parseJson(bytes, LIMITS, contentType),
  judge: (value, { bytes }) => {
    assert.ok(volume(value) <= 10 * bytes.length + 200, 'more came out than went in');
    return true;
  },
  intact: () => json(parseJson(INTACT_JSON, LIMITS)),
};

interface ReadBody extends Body {
  readonly raw: Buffer;
}

function readBody({ bytes, contentType, cuts = [] }: Sample, formData = false): ReadBody {
  const reader = new BodyReader(contentType, LIMITS, formData);
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    reader.write(bytes.subarray(from, cut));
    from = cut;
  }
  return { ...reader.end(), raw: reader.raw() };
}

/** A body in a form that can be compared. */
const seen = ({ parts, truncated, error }: Body) =>
  json([
    parts.map(({ headers, bytes, ...rest }) => [[...headers], bytes.toString('latin1'), rest]),
    truncated,
    error?.code,
  ]);

const changedBody = changesOf(FIXTURES.map(({ contentType, body }) => ({ contentType, bytes: body })));
const MULTIPART = FIXTURES.find(({ name }) => name === 'multipart-recorder-lf') as Fixture;

/** @param formData whether the library reads what is clean */
function bodyReader(name: string, make: (random: Random) => Sample, formData: boolean): Reader<ReadBody> {
  const read = (sample: Sample) => readBody(sample, formData);
  return {
    name,
    make: (random) => {
      const sample = make(random);
      const cuts = Array.from({ length: random(6) }, () => random(sample.bytes.length + 1));
      return { ...sample, cuts: cuts.sort((a, b) => a - b) };
    },
    call: read,
    judge: (body, sample) => {
      const { parts, raw, error } = body;
      if (error?.code === 'INTERNAL') throw error.cause;
      assert.ok(parts.length <= LIMITS.parts, `${parts.length} parts`);
      const bytes = parts.reduce((sum, part) => sum + part.bytes.length, 0);
      assert.ok(bytes <= sample.bytes.length, 'more came out than went in');
      assert.ok(raw.equals(sample.bytes.subarray(0, LIMITS.rawBytes)), 'other raw bytes');
      for (const { name: field = '', filename = '' } of parts) {
        for (const label of [field, filename]) assert.match(label, /^[^\0-\x1f\x7f/\\]{0,100}$/, 'a label');
      }
      // What is no clean form the library reads by how it is cut: two line ends behind a delimiter, for one.
      if (sample.cuts?.length !== 0 && !formData)
        assert.equal(seen(body), seen(read({ ...sample, cuts: [] })), 'otherwise cut, otherwise read');
      return error === undefined;
    },
    intact: () => seen(read({ bytes: MULTIPART.body, contentType: MULTIPART.contentType })),
  };
}

const body = bodyReader('body', changedBody, false);
const form = bodyReader('form', changesOf(CAMERA_BODIES), true);

/** An inbox and what its one subscriber got since it was last looked at. */
function makeInbox() {
  let now = 0;
  let alarms: Alarm[] = [];
  let signs: DeviceSign[] = [];
  const inbox = new Inbox(
    isapi,
    createIds({ now: () => ++now, random: (count) => Buffer.alloc(count) }),
    LIMITS,
  );
  inbox.subscribe({ alarm: (alarm) => alarms.push(alarm), sign: (sign) => signs.push(sign) });
  return (notification: Notification) => {
    alarms = [];
    signs = [];
    inbox.accept({ notification, raw: () => Buffer.alloc(0) });
    return { alarms, signs, notification };
  };
}

type Arrived = ReturnType<ReturnType<typeof makeInbox>>;
const accept = makeInbox();

function judgeArrived({ alarms, signs, notification }: Arrived, { bytes }: Sample): boolean {
  for (const { event, reason = '' } of signs) {
    assert.ok(['online', 'undecodable'].includes(event), event);
    // An error of our own: told to the flow as such, and here as it is.
    if (reason.startsWith('INTERNAL')) isapi.decode(notification, LIMITS);
    assert.doesNotMatch(reason, /^INTERNAL/);
  }
  for (const { event, attachments } of alarms) {
    // The document, and what is taken from it: title, text, targets and so on.
    assert.ok(volumeOfEvent(event) <= 20 * bytes.length + 2_000, 'more came out than went in');
    for (const { filename, contentType, content, cid } of attachments) {
      assert.match(`${filename} ${contentType}`, /^[a-z]+-\d+\.(jpg image\/jpeg|png image\/png)$/);
      assert.ok(content.length > 0 && content.length <= bytes.length && cid.startsWith(event.id));
    }
  }
  return alarms.length > 0;
}

/** What an intact delivery gives at the same inbox. */
function nextArrival(): string {
  const { alarms, signs } = accept(notificationOf('application/xml', [INTACT_XML]));
  return json([
    alarms.map(({ event: { id: _id, ...event }, attachments }) => [event, attachments]),
    signs.length,
  ]);
}

const decode: Reader<Arrived> = {
  name: 'decode',
  make: changedBody,
  call: ({ bytes, contentType }) => accept(notificationOf(contentType, [bytes])),
  judge: judgeArrived,
  intact: () => {
    // The first time tells that the device is online.
    nextArrival();
    return nextArrival();
  },
};

/** The queries of fixtures, and the plain fields of their documents as one. */
const QUERIES: readonly Sample[] = fixturesOf('isapi').flatMap(({ head, expected }) => {
  const query = /^\S+ [^ ?]*\?(\S+)/.exec(head)?.[1];
  if (query !== undefined) return [asText(query)];
  return expected.slice(0, 1).map(({ event }) => {
    const document = event['document'] as Record<string, unknown>;
    const inner = { ...document, ...(document['ANPR'] as object | undefined) };
    const fields = Object.entries(inner).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return asText(new URLSearchParams(fields).toString());
  });
});
/** What has a meaning in a query only. */
const IN_QUERIES = [
  '&',
  '=',
  '+',
  '%',
  '%00',
  '%0a',
  '%ff',
  '%E2%82',
  '&__proto__=1',
  '&constructor=1',
  '&toString=1',
  '&hasOwnProperty=1',
  '&prototype=1',
  '&eventType=',
  '&eventType=ANPR&licensePlate=',
  '&DetectionRegionList=1',
  '&channelID=',
  '&dateTime=',
  Array.from({ length: 120 }, (_, at) => `&a${at}=1`).join(''),
  '&'.repeat(9_000),
] as const;

const changedQuery = changesOf(QUERIES);

const query: Reader<Arrived> = {
  name: 'query',
  make: (random) => {
    const { bytes } = random(4) === 0 ? pick(QUERIES, random) : changedQuery(random);
    const at = random(bytes.length + 1);
    if (random(2) === 0) return { bytes };
    const piece = Buffer.from(pick(IN_QUERIES, random));
    return { bytes: Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]) };
  },
  call: ({ bytes }) =>
    accept({
      transport: 'http-get',
      receivedAt: RECEIVED_AT,
      address: SENDER,
      parts: [],
      query: bytes.toString('latin1'),
      truncated: false,
    }),
  judge: (arrived, sample) => {
    for (const { event } of arrived.alarms)
      assert.ok(Object.keys(event.document).length <= 100, 'too many fields');
    return judgeArrived(arrived, sample);
  },
  intact: () => decode.intact(),
};

const TIMES = [
  ...new Set(
    FIXTURES.flatMap(({ expected }) => expected.map(({ event }) => event['timeRaw'])).filter(
      (raw): raw is string => typeof raw === 'string',
    ),
  ),
  '0000-02-29T00:00:00Z',
  '9999-12-31T23:59:59.999999-23:59',
  '2026-02-29T00:00:00',
  '2026-1-2 3:04',
].map(asText);

const changedTime = changesOf(TIMES);
const IN_TIMES = '0123456789-:TZtz+. ,\0\n';

/** A few characters are others, lost or added. */
function retouched(bytes: Buffer, random: Random): Sample {
  let text = bytes.toString('latin1');
  for (let left = 1 + random(3); left > 0; left--) {
    const at = random(text.length + 1);
    text = text.slice(0, at) + IN_TIMES.charAt(random(IN_TIMES.length + 1)) + text.slice(at + random(2));
  }
  return asText(text);
}

const time: Reader<DeviceTime | undefined> = {
  name: 'time',
  make: (random) => (random(2) === 0 ? changedTime(random) : retouched(pick(TIMES, random).bytes, random)),
  call: ({ bytes }) => readDeviceTime(bytes.toString('latin1')),
  judge: (read) => {
    if (read === undefined) return false;
    const { iso, epoch } = read;
    assert.match(iso, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?(Z|[+-]\d\d:\d\d)?$/);
    if (epoch === undefined) assert.match(iso, /T[\d:.]+$/, 'a zone without a moment');
    else assert.ok(Number.isFinite(epoch) && epoch === Date.parse(iso), `${iso} is ${epoch}`);
    return true;
  },
  intact: () => json(readDeviceTime('2026-11-22T08:15:30+01:00')),
};

const HEARTBEATS = partsOf('xml').filter(({ bytes }) => bytes.includes('videoloss'));
const changedAlert = changesOf(HEARTBEATS);

const recogniser: Reader<{ taken: Device | undefined; notification: Notification }> = {
  name: 'heartbeat',
  make: (random) => {
    if (random(2) === 0) return changedAlert(random);
    const { bytes, contentType } = pick(HEARTBEATS, random);
    return { ...asText(changedHeartbeat(bytes.toString('latin1'), random)), contentType };
  },
  call: ({ bytes, contentType }) => {
    const notification = notificationOf(contentType, [bytes]);
    return { taken: heartbeat(notification), notification };
  },
  judge: ({ taken, notification }) => {
    if (taken === undefined) return false;
    const read = decoded(isapi, notification)?.map(({ event }) => [event.kind, event.device]);
    assert.deepEqual(read, [['heartbeat', taken]], 'no heartbeat when it is read in full');
    return true;
  },
  intact: () => json(HEARTBEATS.map((sample) => recogniser.call(sample).taken)),
};

const HEADS = fixturesOf('isapi').flatMap(({ head }) => {
  const whole = `${head.trimEnd()}\r\n\r\n<body>`;
  return [whole, whole.replace(' HTTP/', ' a HTTP/'), whole.replaceAll('\r\n', '\n')].map(asText);
});
/** What has a meaning in the head of a request only. */
const IN_HEADS = [
  ' ',
  '\n',
  '\r',
  '\r\n',
  '\r\n\r\n',
  '\n\n',
  '\0',
  '\r\n folded',
  ' HTTP/1.1',
  '\r\nContent-Length: 3',
  '\r\nContent-Length: 3\r\nContent-Length: 3',
  '\nTransfer-Encoding: chunked',
] as const;

/** Judged as it is, or cut: what comes of both must be the same. */
const head: Reader<HeadVerdict> = {
  name: 'head',
  make: (random) => {
    let { bytes } = pick(HEADS, random);
    for (let left = random(3); left > 0; left--) {
      const at = random(bytes.length + 1);
      const piece = Buffer.from(pick(IN_HEADS, random).repeat(random(100) === 0 ? 5_000 : 1));
      bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + random(3))]);
    }
    return { bytes, cuts: [random(bytes.length + 1)] };
  },
  call: ({ bytes }) => judgeHead(bytes),
  judge: (verdict, { bytes, cuts: [cut = 0] = [] }) => {
    if (judgeHead(bytes.subarray(0, cut)) === 'incomplete')
      assert.deepEqual(judgeHead(bytes, cut), verdict, 'otherwise cut, otherwise judged');
    if (typeof verdict === 'string') return false;
    assert.ok(verdict.length <= 3 * bytes.length + 100, 'more came out than went in');
    assert.equal(judgeHead(verdict), 'as it is');
    assert.match(verdict.toString('latin1'), /^[A-Z]+ [\x21-\x7e]+ HTTP\/1\.[01]\r\nConnection: close\r\n/);
    return true;
  },
  intact: () => json([judgeHead(Buffer.from('GET /a b HTTP/1.1\n\n')), judgeHead(Buffer.from('GET /a'))]),
};

/** Everything that reads what comes from outside. */
export const TRIALS: readonly Trial[] = [
  trial(xml),
  trial(jsonReader),
  trial(body),
  trial(form),
  trial(decode),
  trial(query),
  trial(time),
  trial(recogniser),
  ...RECORDER_TRIALS,
  trial(head),
  ...LOGIN_TRIALS,
  ...SEARCH_TRIALS,
];
