import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { AlarmEvent, AlarmState, Transport } from '../../src/event.js';
import { LIMITS } from '../../src/limits.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import { notificationOf, ROOT } from '../support/fixtures.js';

/** Recordings of real devices. They lie beside the project, not in it. */
const CORPUS = path.resolve(ROOT, '../shared/corpus/isapi');
const here = existsSync(CORPUS);
const listed = (folder: string, ...endings: string[]) =>
  here
    ? readdirSync(path.join(CORPUS, folder)).filter((file) => endings.some((end) => file.endsWith(end)))
    : [];

const alerts = listed('', '.xml', '.json');
const streams = listed('streams', '.ndjson');

type Event = Omit<AlarmEvent, 'id' | 'schema'>;

function eventsOf(body: Buffer, transport: Transport, contentType?: string): Event[] {
  return isapi.decode(notificationOf(contentType, [body], { transport }), LIMITS).map(({ event }) => event);
}

/** A field of the document as it was recorded, read without our parsers. */
const recorded = (text: string, field: string) =>
  new RegExp(`[<"]${field}(?:>|"\\s*:\\s*"?)([^<",]*)`).exec(text)?.[1]?.trim() ?? '';

/** What our words must be, by nothing but the text. */
function check(event: Event, text: string): void {
  const [type, state] = [recorded(text, 'eventType'), recorded(text, 'eventState')];
  const code = recorded(text, 'code');
  assert.notEqual(event.kind, 'unknown', type);
  assert.equal(event.type, type === 'duration' ? recorded(text, 'relationEvent') : type);
  assert.equal(event.kind === 'heartbeat', type === 'videoloss' && state === 'inactive');
  const ends = state === 'inactive' || code.startsWith('3');
  const sane: AlarmState[] =
    event.kind === 'heartbeat' ? ['pulse'] : ends ? ['inactive'] : ['active', 'pulse'];
  assert.ok(sane.includes(event.state), `${type} ${state} ${code} is ${event.state}`);
  assert.equal(event.timeRaw, recorded(text, 'dateTime'));
  assert.match(event.time, /[+-]\d\d:\d\d$/);
  const channel = Number(recorded(text, 'channelID') || recorded(text, 'dynChannelID'));
  assert.equal(event.channel ?? 0, channel);
}

test(
  here ? 'the recordings beside the project are there' : 'no recordings beside the project: none replayed',
  () => {
    assert.equal(alerts.length > 0 && streams.length > 0, here);
  },
);

for (const file of alerts) {
  test(`recording ${file}: a known kind and a sane state`, () => {
    const bytes = readFileSync(path.join(CORPUS, file));
    const [event, ...more] = eventsOf(bytes, 'http-push');
    assert.ok(event !== undefined && more.length === 0);
    check(event, bytes.toString());
  });
}

for (const file of streams) {
  test(`recording ${file}: every event of the stream has a known kind and a sane state`, () => {
    const lines = readFileSync(path.join(CORPUS, 'streams', file), 'utf8')
      .trim()
      .split('\n');
    const seen = new Set<string>();
    for (const [index, line] of lines.entries()) {
      const { content } = JSON.parse(line) as { content: string };
      const [event] = eventsOf(Buffer.from(content), 'alertstream');
      assert.ok(event !== undefined, `line ${index + 1}`);
      check(event, content);
      seen.add(event.kind);
    }
    assert.ok(seen.has('heartbeat') && seen.has('motion'), [...seen].join(' '));
  });
}

for (const file of listed('streams', '.http')) {
  test(`recording ${file}: every part of the stream is read`, () => {
    const body = readFileSync(path.join(CORPUS, 'streams', file));
    const texts =
      body.toString('latin1').match(/<EventNotificationAlert.*?<\/EventNotificationAlert>/gs) ?? [];
    const events = eventsOf(body, 'alertstream', 'multipart/mixed; boundary=boundary');
    assert.deepEqual([events.length > 0, events.length], [true, texts.length]);
    for (const [index, event] of events.entries()) check(event, texts[index] ?? '');
  });
}
