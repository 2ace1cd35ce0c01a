import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import type { BodyPart } from '../../src/notification.js';
import { picture } from '../../src/simulator/picture.js';
import {
  CAMERA_STYLE,
  RECORDER_STYLE,
  type StreamPart,
  type StreamStyle,
  streamParts,
  XML_PART,
} from '../../src/simulator/stream-bytes.js';
import { PictureHabits } from '../../src/sources/picture-habits.js';
import { StreamParts } from '../../src/sources/stream-parts.js';
import { ManualClock } from '../support/manual-clock.js';
import { jpeg } from '../support/multipart-samples.js';
import { xml } from './samples.js';

const DELIMITER = '--boundary\r\n';

/** What comes out of a stream: for each event, what its parts are. */
function reader(habits = new PictureHabits(), limits: Partial<typeof LIMITS> = {}) {
  const time = new ManualClock();
  const events: string[] = [];
  const taken: BodyPart[][] = [];
  const parts = new StreamParts(
    'multipart/mixed; boundary=boundary',
    { ...LIMITS, ...limits },
    {
      begin: () => events.push('begin'),
      take: (event, truncated) => {
        taken.push(event);
        const kinds = event.map(({ kind, bytes }) => (kind === 'xml' ? `doc${numberOf(bytes)}` : kind));
        events.push(`${kinds.join('+')}${truncated ? ' truncated' : ''}`);
        return !event.some(({ bytes }) => bytes.includes('videoloss'));
      },
    },
    time,
    habits,
  );
  return { time, events, taken, parts, write: (bytes: Buffer) => parts.write(bytes) };
}

const numberOf = (bytes: Buffer) => /<activePostCount>(\d+)/.exec(bytes.toString())?.[1] ?? '?';
const document = (count: number, more = ''): StreamPart => ({
  contentType: XML_PART,
  bytes: xml(count).replace('<eventType>', `${more}<eventType>`),
});
const heartbeat = (count: number): StreamPart => ({
  contentType: XML_PART,
  bytes: xml(count).replaceAll('linedetection', 'videoloss').replace('>active<', '>inactive<'),
});
const image: StreamPart = { contentType: 'image/jpeg', bytes: jpeg('x') };
const bytesOf = (...parts: StreamPart[]) => streamParts(parts, CAMERA_STYLE);

const STYLES: [what: string, style: StreamStyle][] = [
  ['CRLF', CAMERA_STYLE],
  ['LF', RECORDER_STYLE],
  ['the delimiter twice', { ...CAMERA_STYLE, twice: true }],
  ['no blank line', { ...CAMERA_STYLE, glued: true }],
  ['no blank line, LF', { ...RECORDER_STYLE, glued: true }],
  ['a boundary other than announced', { ...CAMERA_STYLE, delimiter: '--MIME_boundary' }],
  ['a status line glued in', { ...CAMERA_STYLE, statusLine: true }],
  ['a status line and no length', { ...CAMERA_STYLE, statusLine: true, length: 'none' }],
  ['a length too large', { ...CAMERA_STYLE, length: 40 }],
  ['a length too small', { ...CAMERA_STYLE, length: -7 }],
  ['no length', { ...CAMERA_STYLE, length: 'none' }],
  ['no length, LF', { ...RECORDER_STYLE, length: 'none' }],
  ['a line behind', { ...CAMERA_STYLE, lineBehind: true }],
];

for (const [what, style] of STYLES) {
  test(`${what}: every event once, in order, with its picture, however it is chopped`, () => {
    const sent = [document(1), document(2), image, heartbeat(3), document(4), document(5), image, image];
    const bytes = streamParts(sent, style);
    for (const size of [1, 2, 3, 7, 61, 1_000, bytes.length]) {
      const { events, write, parts } = reader();
      for (let at = 0; at < bytes.length; at += size) write(bytes.subarray(at, at + size));
      parts.end();
      // A piece may end behind a document whose picture is not there yet: then that goes on once more.
      const seen = events.filter((event, index) => !events[index + 1]?.startsWith(`${event}+`));
      assert.deepEqual(
        seen.filter((event) => !event.startsWith('doc5')),
        ['begin', 'doc1', 'doc2+jpeg', 'doc3', 'doc4'],
        `pieces of ${size}`,
      );
      const last = seen.filter((event) => event.startsWith('doc5'));
      assert.equal(last.join('').split('jpeg').length - 1, 2, `pieces of ${size}: ${last.join(' ')}`);
    }
  });
}

for (const [what, style] of STYLES) {
  const exact = style.length === undefined || style.length === 'none';
  if (!exact || style.statusLine) continue;
  test(`${what}: an event goes on with its own last byte`, () => {
    const bytes = streamParts([document(1)], style);
    const end = bytes.lastIndexOf('>') + 1;
    const { events, write } = reader();
    for (let at = 0; at < end - 1; at++) write(bytes.subarray(at, at + 1));
    assert.deepEqual(events, ['begin']);
    write(bytes.subarray(end - 1, style.length === 'none' ? end : bytes.length));
    assert.deepEqual(events, ['begin', 'doc1']);
  });
}

test('announced pictures are waited for, and no longer than for them', () => {
  const { events, write, time } = reader();
  write(bytesOf(document(1, '<picNum>2</picNum>')));
  time.pass(1_900);
  write(bytesOf(image));
  time.pass(1_900);
  assert.deepEqual(events, ['begin']);
  write(bytesOf(image));
  assert.deepEqual(events, ['begin', 'doc1+jpeg+jpeg']);
  assert.equal(time.waiting, 0);
});

test('announced pictures that do not come: the event goes on marked, and soon at once', () => {
  const { events, write, time } = reader();
  for (let count = 1; count <= 3; count++) {
    write(bytesOf(document(count, '<picNum>1</picNum>')));
    assert.equal(events.length, count);
    time.pass(2_000);
    assert.equal(events.at(-1), `doc${count} truncated`);
  }
  write(bytesOf(document(4, '<picNum>1</picNum>')));
  assert.equal(events.at(-1), 'doc4 truncated');
});

test('a next document does not wait behind one whose pictures are missing', () => {
  const { events, write } = reader();
  write(bytesOf(document(1, '<picNum>1</picNum>')));
  write(bytesOf(document(2)));
  assert.deepEqual(events, ['begin', 'doc1 truncated', 'doc2']);
});

test('pictures that stay on the device are not waited for', () => {
  const { events, write } = reader();
  const more = '<detectionPictureTransType>url</detectionPictureTransType><picNum>1</picNum>';
  write(bytesOf(document(1, more)));
  assert.deepEqual(events, ['begin', 'doc1']);
});

test('a picture that has begun with its event is waited for, also over a slow link', () => {
  const { events, write, time } = reader();
  const bytes = bytesOf(document(1), { contentType: 'image/jpeg', bytes: picture('gate-scene') });
  const begin = bytesOf(document(1)).length + 60;
  write(bytes.subarray(0, begin));
  for (let at = begin; at < bytes.length; at += 2_000) {
    assert.deepEqual(events, ['begin']);
    write(bytes.subarray(at, at + 2_000));
    time.pass(300);
  }
  time.pass(200);
  assert.deepEqual(events, ['begin', 'doc1+jpeg']);
});

test('a picture that has begun and stops is waited for no longer than 2 s', () => {
  const { events, write, time, parts } = reader();
  const bytes = bytesOf(document(1), { contentType: 'image/jpeg', bytes: picture('gate-scene') });
  write(bytes.subarray(0, bytes.length - 100));
  time.pass(4_000);
  assert.deepEqual(events, ['begin', 'doc1']);
  write(bytes.subarray(bytes.length - 100));
  parts.end();
  assert.deepEqual(events, ['begin', 'doc1', 'doc1+jpeg']);
});

test('a picture that trickles for ever holds its event for 20 s', () => {
  const { events, write, time } = reader();
  write(bytesOf(document(1)));
  write(Buffer.concat([bytesOf(document(2)), Buffer.from(`${DELIMITER}Content-Type: image/jpeg\r\n\r\n`)]));
  for (let second = 0; second < 30; second++) {
    write(Buffer.from([0xff, 0xd8, 0xff]));
    time.pass(1_000);
  }
  assert.deepEqual(events, ['begin', 'doc1', 'doc2']);
});

test('a picture that comes unannounced a moment later: once twice, from then on joined', () => {
  const habits = new PictureHabits();
  const { events, write, time } = reader(habits);
  write(bytesOf(document(1)));
  assert.deepEqual(events, ['begin', 'doc1']);
  write(bytesOf(image));
  time.pass(200);
  assert.deepEqual(events, ['begin', 'doc1', 'doc1+jpeg']);
  for (let count = 2; count < 5; count++) {
    write(bytesOf(document(count)));
    assert.equal(events.length, count + 1);
    write(bytesOf(image));
    assert.equal(events.at(-1), `doc${count}+jpeg`);
  }
  write(bytesOf(heartbeat(5)));
  assert.equal(events.at(-1), 'doc5');
  const next = reader(habits);
  next.write(bytesOf(document(6)));
  next.write(bytesOf(image));
  assert.deepEqual(next.events, ['begin', 'doc6+jpeg']);
});

test('unannounced pictures are waited for a few times as long as they took so far', () => {
  const { events, write, time } = reader();
  write(bytesOf(document(1), image));
  time.pass(200);
  assert.deepEqual(events, ['begin', 'doc1+jpeg']);
  write(bytesOf(document(2)));
  time.pass(199);
  assert.equal(events.length, 2);
  time.pass(1);
  assert.deepEqual(events.slice(2), ['doc2']);
  // It came later than it ever did: from then on it is given more time.
  time.pass(100);
  write(bytesOf(image));
  time.pass(200);
  assert.deepEqual(events.slice(3), ['doc2+jpeg']);
  write(bytesOf(document(3)));
  time.pass(1_100);
  assert.equal(events.length, 4);
  write(bytesOf(image));
  assert.equal(events.at(-1), 'doc3+jpeg');
});

test('events without a picture teach nothing about those that announce one, nor those of another channel', () => {
  const { events, write, time } = reader();
  write(bytesOf(document(1), image));
  time.pass(200);
  for (let count = 2; count < 6; count++) {
    write(bytesOf(document(count)));
    time.pass(2_000);
  }
  write(bytesOf(document(6, '<detectionPicturesNumber>1</detectionPicturesNumber>')));
  time.pass(1_900);
  write(bytesOf(image));
  assert.equal(events.at(-1), 'doc6+jpeg');
  const other = reader();
  other.write(bytesOf(document(1), image));
  time.pass(200);
  other.write(
    bytesOf({ ...document(2), bytes: String(document(2).bytes).replace(/<channelID>1</, '<channelID>2<') }),
  );
  assert.equal(other.events.at(-1), 'doc2');
});

test('a picture that breaks off takes no more than two seconds of what follows for its own', () => {
  const { events, write, time } = reader();
  const cut = Buffer.from(
    '--boundary\r\nContent-Type: image/jpeg\r\nContent-Length: 500000\r\n\r\n\xff\xd8picture',
    'latin1',
  );
  write(Buffer.concat([bytesOf(document(1)), cut, Buffer.from('\r\n')]));
  time.pass(1_000);
  write(bytesOf(heartbeat(2)));
  time.pass(999);
  write(bytesOf(document(3), document(4)));
  assert.deepEqual(events, ['begin']);
  time.pass(1);
  assert.deepEqual(events, ['begin', 'doc1+jpeg', 'doc2', 'doc3']);
  // The last one waits for its usual picture.
  time.pass(2_000);
  assert.equal(events.at(-1), 'doc4');
});

test('a document is handed on with its own last byte, also when its count is too large', () => {
  const { events, write } = reader();
  const text = String(document(1).bytes);
  for (const more of [2, 5_000]) {
    const head = `--boundary\r\nContent-Type: application/xml\r\nContent-Length: ${text.length + more}\r\n\r\n`;
    write(Buffer.from(head + text.slice(0, 300)));
    assert.equal(events.at(-1)?.startsWith('doc') ?? false, more > 2);
    write(Buffer.from(text.slice(300)));
    assert.equal(events.at(-1), 'doc1');
  }
  write(bytesOf(document(2)));
  assert.equal(events.at(-1), 'doc2');
});

test('a part that never gets done is given up after two minutes, blank lines between parts are not', () => {
  const { write, time } = reader();
  write(bytesOf(heartbeat(1)));
  for (let second = 0; second < 600; second += 10) {
    time.pass(10_000);
    write(Buffer.from('\r\n'));
  }
  write(
    Buffer.from('--boundary\r\nContent-Type: image/jpeg\r\nContent-Length: 500000\r\n\r\n\xff\xd8', 'latin1'),
  );
  for (let second = 0; second < 110; second += 10) {
    time.pass(10_000);
    write(Buffer.from('x'.repeat(100)));
  }
  time.pass(10_000);
  assert.throws(() => write(Buffer.from('x')), { code: 'STREAM_PART_ENDLESS' });
});

test('what has become unusual is not waited for any more', () => {
  const { events, write, time } = reader();
  write(bytesOf(document(1), image));
  time.pass(200);
  for (let count = 2; count < 5; count++) {
    write(bytesOf(document(count)));
    assert.notEqual(events.at(-1), `doc${count}`);
    time.pass(2_000);
    assert.equal(events.at(-1), `doc${count}`);
  }
  write(bytesOf(document(5)));
  assert.equal(events.at(-1), 'doc5');
});

test('a picture behind a heartbeat belongs to the event before; much later to none', () => {
  const { events, write, time } = reader();
  write(bytesOf(document(1), heartbeat(2)));
  write(bytesOf(image));
  time.pass(200);
  assert.deepEqual(events, ['begin', 'doc1', 'doc2', 'doc1+jpeg']);
  time.pass(10_001);
  write(bytesOf(image));
  time.pass(2_000);
  assert.equal(events.at(-1), 'jpeg');
});

test('a picture in front of the first document is its own', () => {
  const { events, write, time } = reader();
  write(bytesOf(image));
  write(bytesOf(document(1)));
  time.pass(200);
  assert.deepEqual(events, ['begin', 'jpeg+doc1']);
});

test('the bytes of an event are bounded', () => {
  const { events, write, time } = reader(undefined, { bodyBytes: 300_000 } as never);
  const large: StreamPart = { contentType: 'image/jpeg', bytes: jpeg('y'.repeat(100_000)) };
  write(bytesOf(document(1, '<picNum>9</picNum>')));
  for (let count = 0; count < 9; count++) write(bytesOf(large));
  time.pass(20_000);
  assert.deepEqual(events.slice(0, 2), ['begin', 'doc1+jpeg+jpeg+jpeg truncated']);
  assert.equal(events.join('').split('jpeg').length - 1, 9);
});

test('a part without end costs what its limit says, not more and more with each piece', () => {
  for (const head of ['Content-Type: image/jpeg', 'Content-Type: video/mp4', 'Content-Type: text/xml']) {
    const { write } = reader();
    write(Buffer.concat([bytesOf(document(1)), Buffer.from(`${DELIMITER}${head}\r\n\r\n`)]));
    write(head.includes('jpeg') ? Buffer.from([0xff, 0xd8]) : Buffer.from('<a>'));
    const piece = Buffer.alloc(1_460, '<b>>');
    const begin = performance.now();
    assert.throws(
      () => {
        for (let sent = 0; sent < 64 * 1024 * 1024; sent += piece.length) write(piece);
      },
      { code: 'STREAM_PART_ENDLESS' },
    );
    assert.ok(performance.now() - begin < 3_000, `${head}: ${performance.now() - begin} ms`);
  }
});

test('a page of a web server does not begin', () => {
  const { events, write, parts } = reader();
  write(Buffer.from('<html>\r\n<!-- a\r\n-->\r\n--\r\n</html>\r\n'));
  parts.end();
  assert.deepEqual(events, []);
});
