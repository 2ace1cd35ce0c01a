import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Alarm } from '../../src/event.js';
import { createIds } from '../../src/event-id.js';
import { Inbox } from '../../src/inbox/inbox.js';
import { LIMITS } from '../../src/limits.js';
import { JSON_PART, RECORDER_STYLE, streamParts, XML_PART } from '../../src/simulator/stream-bytes.js';
import { AlertStream } from '../../src/sources/alert-stream.js';
import type { StreamSink } from '../../src/stream-sink.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import { asExpected, type Fixture, fixturesOf, RECEIVED_AT, ROOT, SENDER } from '../support/fixtures.js';
import { ManualClock } from '../support/manual-clock.js';
import { settle } from '../support/stream.js';

const STREAMS = path.resolve(ROOT, '../shared/corpus/isapi/streams');

/** Bytes of a stream in pieces, and what is told of them. */
async function told(contentType: string, bytes: Buffer, size: number) {
  const alarms: Alarm[] = [];
  const signs: string[] = [];
  const inbox = new Inbox(isapi, createIds(), LIMITS, { announces: false });
  inbox.subscribe({ alarm: (alarm) => alarms.push(alarm), sign: ({ event }) => signs.push(event) });
  const time = new ManualClock();
  time.jump(RECEIVED_AT.getTime() - time.now());
  let sink: StreamSink | undefined;
  const stream = new AlertStream(
    (opened, signal) =>
      new Promise((_resolve, reject) => {
        sink = opened;
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
    inbox,
    { id: SENDER, address: SENDER },
    { clock: time, random: () => 0.5 },
  );
  stream.start();
  await settle(3);
  sink?.open(new Map([['content-type', contentType]]));
  for (let at = 0; at < bytes.length; at += size) sink?.data(bytes.subarray(at, at + size));
  time.pass(2_000);
  await stream.stop();
  return { alarms, signs };
}

/** A pushed body as a device would write it to its stream: a body that is no multipart becomes a part. */
function asStream({ contentType = '', body }: Fixture): { contentType: string; bytes: Buffer } {
  if (/^multipart\//i.test(contentType)) return { contentType, bytes: body };
  const type = /json/i.test(contentType) ? JSON_PART : XML_PART;
  const part = { contentType: contentType === '' ? type : contentType, bytes: body };
  return { contentType: 'multipart/mixed; boundary=boundary', bytes: streamParts([part], RECORDER_STYLE) };
}

/** Deliveries that a stream cannot hold: an event in the query, and what is no event at all. */
const PUSH_ONLY = (fixture: Fixture) =>
  fixture.body.length === 0 || / [^ ]*\?/.test(fixture.head.split('\r\n')[0] ?? '');
/** Their parts belong together by what they say of each other; on a stream a document ends what came before. */
const TOGETHER = new Set(['face-capture-with-its-comparison']);

for (const fixture of fixturesOf('isapi')) {
  if (PUSH_ONLY(fixture) || TOGETHER.has(fixture.name)) continue;
  test(`${fixture.name} by stream is what it is by push, but for the way`, async () => {
    const { contentType, bytes } = asStream(fixture);
    for (const size of [
      bytes.length,
      Math.max(1, Math.ceil(bytes.length / 5)),
      bytes.length > 5_000 ? 1_460 : 1,
    ]) {
      const heard = await told(contentType, bytes, size);
      const seen = heard.alarms.map((alarm) => asExpected(alarm));
      // Chopped between a document and its picture, it may go on before and once more with it.
      const last = seen.filter(({ event, attachments }, index) => {
        const next = seen[index + 1];
        return !(next && attachments.length < next.attachments.length && isSame(event, next.event));
      });
      // A heartbeat goes no further than to the watchdog, whichever way it came.
      const alarms = fixture.expected.filter(({ event }) => event['kind'] !== 'heartbeat');
      const expected = alarms.map(({ event, attachments }) => ({
        event: { ...event, transport: 'alertstream' },
        attachments,
      }));
      assert.deepEqual(size === bytes.length ? seen : last, expected, `pieces of ${size}`);
    }
  });
}

const isSame = (one: object, other: object) => JSON.stringify(one) === JSON.stringify(other);

const recordings = existsSync(STREAMS) ? readdirSync(STREAMS) : [];
for (const file of recordings) {
  test(`the recording ${file}: the same in pieces of any size, and no event missing`, async () => {
    const raw = readFileSync(path.join(STREAMS, file));
    const lines = file.endsWith('.ndjson') ? raw.toString('utf8').trim().split('\n') : [];
    const documents = lines.map((line) => (JSON.parse(line) as { content: string }).content);
    const parts = documents.map((bytes) => ({ contentType: XML_PART, bytes }));
    const bytes = lines.length === 0 ? raw : streamParts(parts, RECORDER_STYLE);
    const heartbeat = (text: string) => /videoloss/.test(text) && /inactive/.test(text);
    const expected = documents.filter((text) => !heartbeat(text)).length;
    for (const size of [bytes.length, 1_460, 17]) {
      const { alarms, signs } = await told('multipart/mixed; boundary=boundary', bytes, size);
      assert.equal(alarms.length, expected, `pieces of ${size}`);
      assert.deepEqual(signs, ['online']);
    }
  });
}
