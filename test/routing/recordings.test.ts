import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { AlarmEvent } from '../../src/event.js';
import { createIds } from '../../src/event-id.js';
import { Inbox } from '../../src/inbox/inbox.js';
import { LIMITS } from '../../src/limits.js';
import { Pairing, type PairingMode } from '../../src/routing/pairing.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import { notificationOf, objections, ROOT, schemas } from '../support/fixtures.js';

/** Recordings of two cameras over hours. They lie beside the project, not in it. */
const STREAMS = path.resolve(ROOT, '../shared/corpus/isapi/streams');
const END_AFTER_MS = 10_000;
const { alarm: valid } = schemas();

interface Line {
  readonly content: string;
  readonly at: number;
}

/** A field as it was recorded, read without our parsers. */
const recorded = (text: string, field: string) => new RegExp(`<${field}>([^<]*)`).exec(text)?.[1] ?? '';

function linesOf(file: string): Line[] {
  const lines = readFileSync(path.join(STREAMS, file), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const { content } = JSON.parse(line) as { content: string };
    return { content, at: Date.parse(recorded(content, 'dateTime')) };
  });
}

/** What a person counts: a heartbeat, an alarm that begins, and one that ends, by type. */
function count(lines: readonly Line[], byTime: boolean) {
  let heartbeats = 0;
  let alarms = 0;
  let ends = 0;
  const last = new Map<string, number>();
  const expire = (now: number) => {
    for (const [type, at] of last) {
      if (!byTime || now - at < END_AFTER_MS) continue;
      last.delete(type);
      ends++;
    }
  };
  for (const { content, at } of lines) {
    const type = recorded(content, 'eventType');
    const active = recorded(content, 'eventState') === 'active';
    expire(at);
    if (type === 'videoloss' && !active) heartbeats++;
    else if (active) {
      if (!last.has(type)) alarms++;
      last.set(type, at);
    } else if (last.delete(type)) ends++;
  }
  expire(Number.POSITIVE_INFINITY);
  return { heartbeats, alarms, ends };
}

/** The same recording through decoder, inbox and pairing, with the time of the recording. */
function replay(lines: readonly Line[], mode: Exclude<PairingMode, 'off'>) {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly action: () => void }>();
  const clock = {
    now: () => now,
    ticks: () => now,
    after: (milliseconds: number, action: () => void) => {
      const timer = { at: now + milliseconds, action };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  const passTo = (time: number) => {
    for (;;) {
      const [next] = [...timers].filter(({ at }) => at <= time).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      timers.delete(next);
      now = next.at;
      next.action();
    }
    now = time;
  };
  const events: AlarmEvent[] = [];
  const sink = {
    alarm: ({ event }: { event: AlarmEvent }) => void events.push(event),
    sign: () => undefined,
  };
  const inbox = new Inbox(isapi, createIds(), LIMITS);
  inbox.subscribe(new Pairing({ mode, endAfterMs: END_AFTER_MS }, sink, createIds(), clock));
  let heartbeats = 0;
  for (const { content, at } of lines) {
    passTo(at);
    const notification = notificationOf(undefined, [Buffer.from(content)], {
      transport: 'alertstream',
      receivedAt: new Date(at),
    });
    const before = events.length;
    assert.notEqual(inbox.accept({ notification, raw: () => Buffer.alloc(0) }), 'undecodable');
    if (isapi.heartbeat?.(notification) !== undefined) {
      heartbeats++;
      assert.equal(events.length, before);
    }
  }
  passTo(now + 2 * END_AFTER_MS);
  return { heartbeats, events };
}

for (const [file, mode] of [
  ['hikvision-stream-hiksink-cam.ndjson', 'device'],
  ['hikvision-stream-hiksink-cam.ndjson', 'time'],
  ['hikvision-stream-hiksink-ptz.ndjson', 'time'],
] as const) {
  const there = existsSync(path.join(STREAMS, file));
  test(`recording ${file}, ended by ${mode}: ${there ? 'heartbeats, starts and ends as a person counts them' : 'not beside the project'}`, () => {
    if (!there) return;
    const lines = linesOf(file);
    const { heartbeats, events } = replay(lines, mode);
    const starts = events.filter(({ state }) => state === 'active');
    const ends = events.filter(({ state }) => state === 'inactive');
    assert.deepEqual({ heartbeats, alarms: starts.length, ends: ends.length }, count(lines, mode === 'time'));
    assert.equal(events.length, starts.length + ends.length);
    const open = new Set<string>();
    for (const event of events) {
      assert.equal(objections(valid, event), '');
      if (event.state === 'active') open.add(event.id);
      else assert.ok(open.delete(event.correlationId ?? ''), 'an end without its start');
    }
    const repeats = ends.reduce((sum, event) => sum + (event.count ?? 0), 0);
    assert.ok(repeats > 2 * ends.length, 'one start and one end of what was said much more often');
  });
}
