import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateMessage } from '../../nodes/lib/to-msg.js';
import { ALARM_KINDS, type Alarm } from '../../src/event.js';
import { createIds } from '../../src/event-id.js';
import { Inbox } from '../../src/inbox/inbox.js';
import { LIMITS } from '../../src/limits.js';
import type { AlarmDraft, DeviceSign, Notification, Vendor } from '../../src/notification.js';
import { VENDORS } from '../../src/vendors/index.js';
import {
  asExpected,
  asJson,
  decoded,
  type Fixture,
  fixturesOf,
  limitsOf,
  message,
  notificationOf,
  objections,
  schemas,
} from '../support/fixtures.js';
import { ManualClock } from '../support/manual-clock.js';
import { inZone } from '../support/zone.js';
import { changed, seeded } from './changes.js';

const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];
const SMALL = 4096;
/** The deepest a message may be: Node-RED clones it at every wire. */
const DEEPEST = 40;
const SCHEMAS = schemas();
/** What must not get through, in the form it has behind an opening brace or a tag. */
const NASTY = {
  json: [
    '"__proto__":{"polluted":true},',
    '"constructor":{"prototype":{"polluted":true}},"prototype":1,',
    `"deep":${'['.repeat(60)}${']'.repeat(60)},`,
  ],
  xml: [
    '<__proto__><polluted>1</polluted></__proto__>',
    '<n:constructor><prototype>1</prototype></n:constructor>',
    `${'<a>'.repeat(60)}${'</a>'.repeat(60)}`,
  ],
};

/** The alarms and signs a flow gets of one delivery, with what waited in vain for another one. */
function arriving(vendor: Vendor, notification: Notification): { alarms: Alarm[]; signs: DeviceSign[] } {
  const alarms: Alarm[] = [];
  const signs: DeviceSign[] = [];
  const inbox = new Inbox(
    vendor,
    createIds({ now: () => 1, random: (count) => Buffer.alloc(count) }),
    LIMITS,
    { clock: new ManualClock() },
  );
  inbox.subscribe({ alarm: (alarm) => alarms.push(alarm), sign: (sign) => signs.push(sign) });
  void inbox.accept({ notification, raw: () => Buffer.from('raw') });
  inbox.stop();
  return { alarms, signs };
}

/** What a flow sees of alarms. Where some wait for a picture, others pass them, but not those of their own place. */
function inOrder(alarms: readonly Alarm[], waiting: boolean) {
  const place = ({ event: { channelRaw, type } }: Alarm) => JSON.stringify([channelRaw, type]);
  const sorted = waiting ? [...alarms].sort((a, b) => place(a).localeCompare(place(b))) : alarms;
  return sorted.map(({ event, attachments }) => asExpected({ event, attachments }));
}

/** What is told beside the alarms: who it is, then the troubles. What is well from the start is no news. */
function signsOf(drafts: readonly AlarmDraft[]): string[] {
  const troubles = drafts.filter(({ condition, event }) => condition && event.state === 'active');
  return [...['online'].slice(0, drafts.length), ...troubles.map(({ event }) => event.kind)];
}

/** Whether a draft states once more that something does not go on which had not begun. */
function isIdle({ restated, event }: AlarmDraft, before: readonly AlarmDraft[]): boolean {
  if (restated !== true || event.state !== 'inactive') return false;
  const same = ({ event: { channelRaw, type, state } }: AlarmDraft) =>
    state === 'active' && channelRaw === event.channelRaw && type === event.type;
  return !before.some(same);
}

/** A fixture in these chunks, with what its request line says. */
function arrival(
  vendor: Vendor,
  { head, contentType, body }: Fixture,
  chunks: readonly Buffer[],
): Notification {
  const [, path = '', query] = /^\S+ ([^ ?]*)(?:\?(\S+))?/.exec(head) ?? [];
  const keepAlive = path.toLowerCase() === vendor.keepAlivePath;
  const more: Partial<Notification> = {
    transport: head.startsWith('GET') ? 'http-get' : 'http-push',
    ...(query !== undefined && { query }),
    ...(keepAlive && { keepAlive }),
  };
  const read = notificationOf(contentType, chunks, more, limitsOf(vendor));
  // With the event in the query, or in the path, nothing of the delivery is missing.
  return (query !== undefined || keepAlive) && body.length === 0 ? { ...read, truncated: false } : read;
}
const messageOf = (draft: AlarmDraft) => message(draft, 'en-US');

/** Fails on what a flow must never get; returns how deep the value is. */
function inspect(value: unknown, where: string): number {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return 0;
  const prototype = Object.getPrototypeOf(value);
  assert.ok(prototype === Object.prototype || prototype === Array.prototype, `${where} is no plain object`);
  let deepest = 0;
  for (const key of Object.getOwnPropertyNames(value)) {
    assert.ok(!FORBIDDEN.includes(key), `${where} has ${key}`);
    deepest = Math.max(deepest, inspect((value as Record<string, unknown>)[key], `${where}.${key}`));
  }
  return deepest + 1;
}

function harmless(drafts: readonly AlarmDraft[] | undefined): void {
  for (const draft of drafts ?? []) {
    const { payload } = messageOf(draft);
    for (const value of [draft.event, payload]) {
      assert.ok(inspect(value, 'event') <= DEEPEST, 'too deep');
      assert.deepEqual(asJson(structuredClone(value)), asJson(value));
    }
  }
  assert.equal('polluted' in {}, false);
}

/** Where to cut a body: everywhere if it is small, else at its edges, at line breaks and at places by chance. */
function places(body: Buffer): number[] {
  if (body.length <= SMALL) return Array.from(body.keys());
  const random = seeded(body.length);
  const edges = [0, 1, 2, 3, body.length - 3, body.length - 2, body.length - 1];
  const lines = Array.from(body.keys()).filter((at) => body[at] === 0x0a || body[at] === 0x0d);
  return [...edges, ...lines.slice(0, 200), ...Array.from({ length: 400 }, () => random(body.length))];
}

function sameParts(one: Notification, other: Notification): boolean {
  return (
    one.truncated === other.truncated &&
    one.parts.length === other.parts.length &&
    one.parts.every((part, index) => {
      const { bytes, kind, name, filename, contentType, contentId } = other.parts[index] ?? part;
      return (
        part.bytes.equals(bytes) &&
        part.kind === kind &&
        part.name === name &&
        part.filename === filename &&
        part.contentType === contentType &&
        part.contentId === contentId
      );
    })
  );
}

for (const vendor of VENDORS) {
  const fixtures = fixturesOf(vendor.id);
  const whole = (fixture: Fixture) => arrival(vendor, fixture, [fixture.body]);
  const read = (contentType: string | undefined, body: Buffer, more?: Partial<Notification>) =>
    notificationOf(contentType, [body], more, limitsOf(vendor));

  test(`${vendor.id}: fixtures are requests as they go over the wire`, () => {
    assert.ok(fixtures.length >= 30, `${fixtures.length} fixtures`);
    for (const { name, head, body, expected } of fixtures) {
      assert.match(head, /^(GET|POST) \S+ HTTP\/1\.[01]\r\n/, name);
      assert.doesNotMatch(head, /[^\r]\n/, name);
      const length = /^content-length: (\d+)$/im.exec(head)?.[1];
      if (head.startsWith('POST')) assert.equal(Number(length), body.length, name);
      assert.ok(Array.isArray(expected), name);
    }
  });

  test(`${vendor.id}: fixtures name no real device`, () => {
    for (const { name, raw } of fixtures) {
      const text = raw.toString('latin1');
      for (const [address] of text.matchAll(/\b\d{1,3}(\.\d{1,3}){3}\b/g))
        assert.match(address, /^(192\.0\.2|198\.51\.100|203\.0\.113)\.|^0\.0\.0\.0$/, name);
      for (const [mac] of text.matchAll(/\b[\da-f]{2}([:-][\da-f]{2}){5}\b/gi))
        assert.match(mac.toLowerCase().replaceAll('-', ':'), /^(00:00:5e:00:53:..|(00:|ff:)+(00|ff))$/, name);
    }
  });

  for (const fixture of fixtures) {
    test(`${vendor.id}: ${fixture.name} gives the events written down for it`, () => {
      assert.deepEqual(vendor.decode(whole(fixture), LIMITS).map(asExpected), fixture.expected);
    });
  }

  test(`${vendor.id}: every payload fits the schema that ships, and heartbeats are no alarms`, () => {
    for (const fixture of fixtures) {
      const { alarms, signs } = arriving(vendor, whole(fixture));
      const wanted = decoded(vendor, whole(fixture)) ?? [];
      const told = wanted.filter(
        (draft, index) =>
          draft.event.kind !== 'heartbeat' && !draft.condition && !isIdle(draft, wanted.slice(0, index)),
      );
      const waiting = told.some(({ awaits, brings }) => awaits !== undefined || brings !== undefined);
      assert.deepEqual(inOrder(alarms, waiting), inOrder(told, waiting), fixture.name);
      for (const alarm of alarms)
        assert.equal(objections(SCHEMAS.alarm, message(alarm, 'fr').payload), '', fixture.name);
      assert.deepEqual(
        signs.map(({ event }) => event),
        signsOf(wanted),
        fixture.name,
      );
      for (const sign of signs) assert.equal(objections(SCHEMAS.state, stateMessage(sign).payload), '');
    }
  });

  test(`${vendor.id}: a message is plain JSON: written and read again it is the same`, () => {
    for (const fixture of fixtures) {
      for (const draft of decoded(vendor, whole(fixture)) ?? []) {
        const { payload } = messageOf(draft);
        assert.deepEqual(asJson(payload), payload, fixture.name);
        assert.deepEqual(structuredClone(payload), payload, fixture.name);
      }
    }
  });

  test(`${vendor.id}: a body in two pieces gives the same events, wherever it is cut`, () => {
    for (const fixture of fixtures) {
      const { name, body } = fixture;
      const wanted = whole(fixture);
      const same = (chunks: Buffer[], where: string) => {
        const got = arrival(vendor, fixture, chunks);
        // A decoder is a pure function: the same parts give the same events.
        if (sameParts(got, wanted)) return;
        const events = (of: Notification) => (decoded(vendor, of) ?? []).map(asExpected);
        assert.deepEqual(events(got), events(wanted), where);
      };
      for (const at of places(body)) same([body.subarray(0, at), body.subarray(at)], `${name} at ${at}`);
      same(
        Array.from(body.keys(), (at) => body.subarray(at, at + 1)),
        `${name} byte by byte`,
      );
    }
  });

  test(`${vendor.id}: what breaks off gives whole events marked as truncated, or an AlarmError`, () => {
    for (const fixture of fixtures) {
      const { name, contentType, body } = fixture;
      const wanted = decoded(vendor, whole(fixture)) ?? [];
      for (const at of places(body)) {
        const cut = read(contentType, body.subarray(0, at), { truncated: true });
        for (const [index, draft] of (decoded(vendor, cut) ?? []).entries()) {
          const full = wanted[index];
          assert.deepEqual(draft.event, { ...full?.event, truncated: true }, `${name} at ${at}`);
          for (const [order, { content, filename }] of draft.attachments.entries()) {
            const picture = full?.attachments[order];
            assert.equal(filename, picture?.filename, `${name} at ${at}`);
            // A line break at the end may be the picture's or the delimiter's: nothing tells.
            const [got, all] = [content, picture?.content ?? Buffer.alloc(0)].map((bytes) =>
              bytes.toString('latin1'),
            ) as [string, string];
            assert.ok(`${all}\r\n`.startsWith(got) || `${all}\n`.startsWith(got), `${name} at ${at}`);
          }
        }
      }
    }
  });

  test(`${vendor.id}: 20,000 changed requests give harmless events or an AlarmError`, () => {
    const random = seeded(20_261_122);
    let events = 0;
    let refused = 0;
    const some = () => fixtures[random(fixtures.length)] as Fixture;
    for (let run = 0; run < 20_000; run++) {
      const fixture = some();
      const { contentType } = random(8) === 0 ? some() : fixture;
      const body = changed(fixture.body, some().body, random);
      try {
        const drafts = decoded(vendor, read(contentType, body));
        harmless(drafts);
        if (drafts === undefined) refused++;
        else events += drafts.length;
      } catch (error) {
        throw new Error(`run ${run}, from ${fixture.name}: ${body.toString('latin1')}`, { cause: error });
      }
    }
    // Both outcomes must be common, or the changes would test nothing.
    assert.ok(events > 2_000 && refused > 2_000, `${events} events, ${refused} refused`);
  });

  test(`${vendor.id}: no forbidden name and no deep nest reaches a flow, wherever in a document it stands`, () => {
    for (const { name, contentType, body } of fixtures.filter((each) => each.body.length <= SMALL)) {
      for (const at of body.keys()) {
        const pieces = body[at] === 0x7b ? NASTY.json : body[at] === 0x3e ? NASTY.xml : [];
        for (const piece of pieces) {
          const grown = Buffer.concat([body.subarray(0, at + 1), Buffer.from(piece), body.subarray(at + 1)]);
          try {
            harmless(decoded(vendor, read(contentType, grown)));
          } catch (error) {
            throw new Error(`${piece.slice(0, 40)} in ${name} at ${at}`, { cause: error });
          }
        }
      }
    }
  });

  test(`${vendor.id}: whatever is sent, the payload fits the schema`, () => {
    const random = seeded(7);
    const some = () => fixtures[random(fixtures.length)] as Fixture;
    const complaints = new Map<string, number>();
    for (let run = 0; run < 5_000; run++) {
      const { contentType, body } = some();
      const notification = read(contentType, changed(body, some().body, random));
      for (const alarm of arriving(vendor, notification).alarms) {
        const said = objections(SCHEMAS.alarm, message(alarm, 'en-US').payload).replace(/\d+/g, 'N');
        if (said !== '') complaints.set(said, (complaints.get(said) ?? 0) + 1);
      }
    }
    assert.deepEqual([...complaints], []);
  });

  test(`${vendor.id}: the device's time zone is kept, whatever zone this machine is in`, () => {
    const all = () => fixtures.map((fixture) => decoded(vendor, whole(fixture)) ?? []);
    const wanted = all();
    for (const zone of ['UTC', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Kiritimati'])
      assert.deepEqual(inZone(zone, all), wanted, zone);
    for (const { event } of wanted.flat()) {
      const [, sign, hours, minutes] = /T.*([+-])(\d{1,2}):(\d\d)$/.exec(event.timeRaw ?? '') ?? [];
      if (sign === undefined || event.time === event.receivedAt) continue;
      assert.ok(event.time.endsWith(`${sign}${hours?.padStart(2, '0')}:${minutes}`), event.timeRaw);
      const skew = Math.round((Date.parse(event.time) - Date.parse(event.receivedAt)) / 1000);
      assert.ok(event.clockSkew === skew, `${event.timeRaw}: ${event.clockSkew}`);
    }
  });

  test(`${vendor.id}: the device hears 200, also for what nobody can read`, () => {
    for (const outcome of ['accepted', 'undecodable'] as const)
      assert.equal(vendor.reply(outcome).status, 200);
  });
}

test('the schema knows every kind but the heartbeat', () => {
  assert.deepEqual(
    SCHEMAS.schema.properties.kind.enum,
    ALARM_KINDS.filter((kind) => kind !== 'heartbeat'),
  );
});
