import type { Inbox } from '../../src/inbox/inbox.js';
import { BodyReader } from '../../src/wire/body.js';
import { limitsOf, RECEIVED_AT, SENDER } from '../support/fixtures.js';
import { stopwatch } from './engine.js';

/** As much as a socket gives at a time. */
const CHUNK = 64 * 1024;
export const XML = 'application/xml';
const JSON_TYPE = 'application/json';
const MULTIPART = 'multipart/form-data; boundary=b';

const repeated = (count: number, piece: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => piece(at)).join('');
/** An alert with more in it. */
export const alert = (inside: string) =>
  `<EventNotificationAlert><eventType>VMD</eventType><eventState>active</eventState>${inside}</EventNotificationAlert>`;
const word = (at: number) => at.toString(36);
const parts = (count: number, head: (body: string) => string, body: string) =>
  `${`--b\r\n${head(body)}\r\n\r\n${body}\r\n`.repeat(count)}--b--\r\n`;
const counted = (by: number) => (body: string) => `Content-Length: ${by || body.length}`;
const FAR = 4_000_000_000;
const MEBIBYTE = 2 ** 20;

/**
 * What costs most within all limits: nothing that one sender sends may hold up the others. Each was slow once, or is of a
 * kind that was slow elsewhere; where the time would grow with the square of the size, it is seconds.
 */
export const COSTLY: readonly [what: string, contentType: string, body: () => string][] = [
  [
    '50,000 targets',
    XML,
    () => alert(`<targetType>${repeated(50_000, (at) => `${word(at)},`)}</targetType>`),
  ],
  [
    '2,500 durations beside a long text',
    XML,
    () =>
      alert(
        `<DurationList>${'<Duration><a/></Duration>'.repeat(2_480)}</DurationList><t>${'x'.repeat(180_000)}</t>`,
      ),
  ],
  [
    'as many durations as other fields',
    JSON_TYPE,
    () =>
      `{"eventType":"duration","DurationList":{"Duration":[${'{"a":1},'.repeat(2_400)}{"a":1}]},"t":[${'"x",'.repeat(4_900)}1]}`,
  ],
  [
    '10,000 addresses of pictures',
    JSON_TYPE,
    () => `{"eventType":"VMD","picURL":[${repeated(9_900, (at) => `"http://${word(at)}",`)}""]}`,
  ],
  [
    '3,300 alarms of a recorder',
    JSON_TYPE,
    () =>
      `{"data":{"alarm_list":[{"channel_alarm":[${repeated(3_300, (at) => `{"channel":"CH${at}","motion_alarm":true},`)}{}]}]}}`,
  ],
  [
    '1,600 alarms of a recorder, each by itself',
    JSON_TYPE,
    () =>
      `[${repeated(1_600, (at) => `{"data":{"channel_alarm":[{"channel":"CH${at}","motion_alarm":true}]}},`)}{}]`,
  ],
  ['5,000 alerts', JSON_TYPE, () => `[${'{"eventType":1},'.repeat(4_998)}{"eventType":1}]`],
  [
    '1,600 regions',
    XML,
    () =>
      alert(
        `<DetectionRegionList>${repeated(1_600, (at) => `<DetectionRegionEntry><regionID>${at}</regionID></DetectionRegionEntry>`)}</DetectionRegionList>`,
      ),
  ],
  [
    '3,000 corners',
    JSON_TYPE,
    () =>
      `{"eventType":1,"DetectionRegionList":[{"regionID":1,"RegionCoordinatesList":[${'{"positionX":1,"positionY":2},'.repeat(3_000)}{}]}]}`,
  ],
  ['5,000 elements', XML, () => alert('<a>1</a>'.repeat(4_990))],
  ['10,000 names', JSON_TYPE, () => `{"eventType":1,${repeated(9_900, (at) => `"k${at}":1,`)}"z":1}`],
  ['50,000 references', XML, () => alert(`<b>${'&#65;'.repeat(50_000)}</b>`)],
  ['250,000 ampersands', XML, () => alert(`<b>${'&'.repeat(250_000)}</b>`)],
  ['36,000 comments', XML, () => alert('<!---->'.repeat(36_000))],
  ['20,000 CDATA sections', XML, () => alert(`<b>${'<![CDATA[x]]>'.repeat(19_000)}</b>`)],
  ['a tag of blanks', XML, () => alert(`<b${' '.repeat(250_000)}/>`)],
  ['tags that never close', XML, () => `<EventNotificationAlert>${'<a "'.repeat(60_000)}`],
  ['10,000 long numbers', JSON_TYPE, () => `{"eventType":1,"b":[${'1234567890123456789,'.repeat(9_900)}1]}`],
  ['one number of 250,000 digits', JSON_TYPE, () => `{"eventType":1,"b":${'1'.repeat(250_000)}}`],
  ['a string of escapes', JSON_TYPE, () => `{"eventType":1,"b":"${'\\\\'.repeat(120_000)}"}`],
  [
    '64 long documents',
    MULTIPART,
    () => parts(64, () => '', `{"eventType":1,"t":[${'"x",'.repeat(9_900)}1]}`),
  ],
  [
    '64 documents of 5,000 elements',
    MULTIPART,
    () => parts(64, () => '', alert(`${'<a>1</a>'.repeat(4_990)}<t>${'x'.repeat(200_000)}</t>`)),
  ],
  ['64 documents that are counted', MULTIPART, () => parts(64, counted(0), `{"t":"${'1'.repeat(200_000)}"}`)],
  [
    '63 large parts that each count all the rest',
    MULTIPART,
    () => parts(63, counted(FAR), 'z'.repeat(360_000)),
  ],
  [
    '62 small pictures that each count all the rest',
    MULTIPART,
    () => parts(62, counted(FAR), `\xff\xd8${'z'.repeat(1_000)}`).slice(0, -7) + 'z'.repeat(9_000_000),
  ],
  ['heads of semicolons', MULTIPART, () => parts(63, () => `Content-Disposition: ${';'.repeat(7_900)}`, 'x')],
  ['a content type of semicolons', `multipart/form-data${';'.repeat(15_000)}`, () => 'x'.repeat(100)],
  ['lines that begin like a delimiter', MULTIPART, () => `--b\r\n\r\n${'\n--bb'.repeat(500_000)}`],
  [
    'the same in a part that counts more than there is',
    MULTIPART,
    () => `--b\r\nContent-Length: ${31 * MEBIBYTE}\r\n\r\nzz${'\n--'.repeat(8 * MEBIBYTE - 300)}`,
  ],
  [
    'the same in a part that counts more than is kept',
    MULTIPART,
    () => `--b\r\nContent-Length: ${31 * MEBIBYTE}\r\n\r\nzz${'\n--'.repeat(10 * MEBIBYTE)}`,
  ],
  ['line ends only', MULTIPART, () => '\n'.repeat(4_000_000)],
];

/** The longest time that nothing else could be done while an inbox got this, in milliseconds. */
export function longestStep(inbox: Inbox, contentType: string, body: Buffer): number {
  let longest = 0;
  const step = <Result>(call: () => Result) => {
    const passed = stopwatch();
    const result = call();
    longest = Math.max(longest, passed());
    return result;
  };
  const { sendsFormData } = inbox.vendor;
  const reader = step(() => new BodyReader(contentType, limitsOf(inbox.vendor), sendsFormData));
  for (let at = 0; at < body.length; at += CHUNK) step(() => reader.write(body.subarray(at, at + CHUNK)));
  const { parts: found, truncated } = step(() => reader.end());
  const notification = {
    transport: 'http-push',
    receivedAt: RECEIVED_AT,
    address: SENDER,
    parts: found,
    truncated,
  } as const;
  step(() => inbox.accept({ notification, raw: () => Buffer.alloc(0) }));
  return longest;
}
