import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm, AlarmEvent } from '../../src/event.js';
import { LONGEST_MS, stopwatch } from '../fuzz/engine.js';
import { objections, schemas } from '../support/fixtures.js';
import {
  brief,
  briefs,
  CAMERA,
  END_AFTER,
  OTHER_CAMERA,
  openIds,
  type Paired,
  paired,
  type Said,
  START,
  spoil,
} from './paired.js';

const SECONDS = END_AFTER / 1000;
const iso = (after: number) => new Date(START + after).toISOString();
const last = ({ told }: Paired) => told.at(-1)?.event as AlarmEvent;

test('what a device repeats is one start, which carries its own id and its pictures', () => {
  const one = paired();
  const id = one.say({ pictures: 2 });
  for (let repeat = 0; repeat < 5; repeat++) {
    one.clock.pass(1_000);
    one.say({ pictures: 1 });
  }
  assert.deepEqual(briefs(one.told), [`start ${id} []`]);
  assert.deepEqual(
    one.told[0]?.attachments.map(({ cid }) => cid),
    [`${id}.1@camera-alarms`, `${id}.2@camera-alarms`],
  );
  assert.deepEqual(openIds(one.pairing.open()), [`${id} active`]);
  assert.equal(one.pairing.open()[0]?.count, 6);
});

test('an end of the device ends what it began, with its own id, pictures and time, the length and the count', () => {
  const one = paired();
  const id = one.say();
  for (let repeat = 0; repeat < 3; repeat++) {
    one.clock.pass(1_000);
    one.say();
  }
  one.clock.pass(1_400);
  const end = one.say({ state: 'inactive', pictures: 1, more: { timeRaw: '2026-11-22T08:15:35+01:00' } });
  assert.deepEqual(briefs(one.told), [`start ${id} []`, `end of ${id} by device: 4 in 4 s`]);
  const { id: own, state, time, timeRaw } = last(one);
  assert.deepEqual(
    { own, state, time, timeRaw },
    { own: end, state: 'inactive', time: iso(4_400), timeRaw: '2026-11-22T08:15:35+01:00' },
  );
  assert.deepEqual(
    one.told[1]?.attachments.map(({ cid }) => cid),
    [`${end}.1@camera-alarms`],
  );
  assert.deepEqual(one.pairing.open(), []);
  assert.equal(one.clock.waiting, 0);
  one.clock.pass(10 * END_AFTER);
  one.say({ state: 'inactive' });
  assert.equal(one.told.length, 2);
});

test('silence for long enough ends an alarm, no matter what else the device sends', () => {
  const one = paired();
  const id = one.say();
  one.clock.pass(4_000);
  one.say();
  for (let passed = 1; passed < END_AFTER; passed += 1_111) {
    one.clock.pass(1_111);
    one.say({ type: 'linedetection', state: 'pulse' });
    one.say({ channel: 2, state: 'inactive' });
    one.sign('heartbeat');
  }
  one.clock.pass(END_AFTER);
  const ends = one.told.filter(
    ({ event }) => event.correlationId !== undefined && event.state === 'inactive',
  );
  assert.deepEqual(briefs(ends), [`end of ${id} by time: 2 in 14 s`]);
});

test('no end comes a millisecond too early, and a repeat just before it puts it off for the whole time', () => {
  const one = paired();
  one.say();
  one.clock.pass(END_AFTER - 1);
  one.say();
  one.clock.pass(END_AFTER - 1);
  assert.equal(one.told.length, 1);
  assert.equal(one.clock.waiting, 1);
  one.clock.pass(1);
  assert.equal(one.told.length, 2);
  assert.equal(one.clock.waiting, 0);
});

test('an end by time is the start again, ended now, without what was true of the start alone', () => {
  const one = paired();
  const more = {
    time: '2020-01-01T00:00:00Z',
    timeRaw: '2020-01-01T00:00:00Z',
    clockSkew: -217_000_000,
    truncated: true,
    guessed: true,
    decibel: 61,
    pictureUrls: [{ url: 'http://192.0.2.21/a.jpg', role: 'scene' }],
  } as const;
  const id = one.say({ regions: ['1', '2'], pictures: 1, more });
  const start = last(one);
  one.clock.pass(END_AFTER);
  const end = last(one);
  const { timeRaw: _r, clockSkew: _s, truncated: _t, pictureUrls: _u, ...kept } = start;
  assert.deepEqual(end, {
    ...kept,
    id: end.id,
    state: 'inactive',
    time: iso(END_AFTER),
    receivedAt: iso(END_AFTER),
    correlationId: id,
    duration: SECONDS,
    count: 1,
    endedBy: 'time',
    document: {},
    title: end.title,
    text: end.text,
  });
  assert.notEqual(end.id, id);
  assert.deepEqual(one.told[1]?.attachments, []);
});

test('the words of starts and ends are in the language of who gets them; ends say how long it lasted', () => {
  for (const [language, ended, lasted] of [
    [undefined, /ended/i, /14 s/],
    ['fr', /\(fin\)/, /14 s/],
    ['pl', /\(koniec\)|zako/i, /14 s/],
  ] as const) {
    for (const mode of ['device', 'time'] as const) {
      const one = paired({ mode, ...(language !== undefined && { language }) });
      assert.equal(one.pairing.language, language ?? 'en-US');
      one.say();
      assert.doesNotMatch(last(one).title, ended);
      one.clock.pass(4_000);
      one.say();
      one.clock.pass(END_AFTER);
      if (mode === 'device') one.say({ state: 'inactive' });
      assert.equal(one.told.length, 2);
      assert.match(last(one).title, ended);
      assert.match(last(one).text, lasted);
    }
  }
});

test('an end of what did not begin is swallowed: at the beginning, after an end, of another region', () => {
  const one = paired();
  one.say({ state: 'inactive' });
  assert.deepEqual(one.told, []);
  one.say({ regions: ['1'] });
  one.say({ state: 'inactive', regions: ['2'] });
  assert.equal(one.told.length, 1);
  one.say({ state: 'inactive', regions: ['1'] });
  one.say({ state: 'inactive', regions: ['1'] });
  one.say({ state: 'inactive' });
  assert.equal(one.told.length, 2);
});

test('an analogue camera and an IP camera with the same number are two places', () => {
  const one = paired();
  const analogue = one.say({ more: { channelRaw: 'CH1' } });
  const network = one.say({ more: { channelRaw: 'IP_CH1' } });
  one.say({ state: 'inactive', more: { channelRaw: 'CH1' } });
  assert.deepEqual(openIds(one.pairing.open()), [`${network} active`]);
  assert.match(briefs(one.told).at(-1) ?? '', new RegExp(`^end of ${analogue} `));
});

test('an end without a region ends all that is open at its place, each with an id of its own, oldest first', () => {
  for (const regions of [[], ['']]) {
    const one = paired();
    const ids = [one.say({ regions: ['1'] }), one.say({ regions: ['2', '3'] })];
    one.say({ channel: 2 });
    const end = one.say({ state: 'inactive', regions, pictures: 1 });
    const ends = one.told.slice(3);
    assert.deepEqual(
      briefs(ends),
      ids.map((id) => `end of ${id} by device: 1 in 0 s`),
    );
    assert.equal(ends[0]?.event.id, end);
    assert.equal(new Set(one.told.map(({ event }) => event.id)).size, one.told.length);
    assert.deepEqual(
      ends.map(({ attachments }) => attachments.length),
      [1, 0],
    );
  }
});

test('two ends of one event share nothing: what the flow does with the first one the second does not see', () => {
  const one = paired({ flow: spoil });
  one.say({ regions: ['1'] });
  one.say({ regions: ['2'] });
  one.say({ state: 'inactive', regions: ['1', '2'] });
  const [first, second] = one.told.slice(2);
  assert.deepEqual(second?.event.document, first?.event.document);
  assert.deepEqual(
    [second?.event.device, second?.event.regions],
    [first?.event.device, first?.event.regions],
  );
  const { alarm } = schemas();
  for (const each of [first, second]) assert.equal(objections(alarm, each?.event), '');
});

test('a repeat without a region keeps all going that is open at its place, and begins nothing', () => {
  for (const regions of [[], ['']]) {
    const one = paired();
    const ids = [one.say({ regions: ['1'] }), one.say({ regions: ['2'] })];
    one.clock.pass(END_AFTER - 1);
    one.say({ regions });
    one.clock.pass(END_AFTER - 1);
    assert.equal(one.told.length, 2);
    one.clock.pass(1);
    assert.deepEqual(
      briefs(one.told.slice(2)),
      ids.map((id) => `end of ${id} by time: 2 in 20 s`),
    );
  }
});

test('a region named while an alarm without one is open is that alarm: it keeps it going and ends it', () => {
  const one = paired();
  const id = one.say();
  one.clock.pass(END_AFTER - 1);
  one.say({ regions: ['1'] });
  one.clock.pass(END_AFTER - 1);
  one.say({ regions: ['1'] });
  assert.equal(one.told.length, 1);
  one.say({ state: 'inactive', regions: ['1'] });
  assert.deepEqual(briefs(one.told.slice(1)), [`end of ${id} by device: 3 in 20 s`]);
  assert.deepEqual(one.pairing.open(), []);
});

test('an event with several regions is one alarm, which ends with the last of them', () => {
  const one = paired({ mode: 'device' });
  const id = one.say({ regions: ['1', '2', '2', '3'] });
  assert.deepEqual(
    one.told[0]?.event.regions.map((region) => region.id),
    ['1', '2', '2', '3'],
  );
  for (const region of ['2', '2', '1']) one.say({ state: 'inactive', regions: [region] });
  assert.deepEqual(briefs(one.told), [`start ${id} [1,2,2,3]`]);
  one.say({ regions: ['3'] });
  one.say({ state: 'inactive', regions: ['9', '3'] });
  assert.deepEqual(briefs(one.told.slice(1)), [`end of ${id} by device: 2 in 0 s`]);
});

test('a region that began with others, ended and comes back goes on in the same alarm', () => {
  const one = paired();
  const id = one.say({ regions: ['1', '2'] });
  one.say({ state: 'inactive', regions: ['1'] });
  one.clock.pass(END_AFTER - 1);
  one.say({ regions: ['1'] });
  one.say({ state: 'inactive', regions: ['2'] });
  assert.deepEqual(briefs(one.told), [`start ${id} [1,2]`]);
  one.clock.pass(END_AFTER - 1);
  assert.equal(one.told.length, 1);
  one.say({ state: 'inactive', regions: ['1'] });
  assert.deepEqual(briefs(one.told.slice(1)), [`end of ${id} by device: 2 in 20 s`]);
});

test('of several regions those that are new begin an alarm, which names no other; the rest goes on', () => {
  const one = paired();
  const first = one.say({ regions: ['1'] });
  one.clock.pass(1_000);
  const second = one.say({ regions: ['1', '2', '3'] });
  assert.deepEqual(briefs(one.told), [`start ${first} [1]`, `start ${second} [2,3]`]);
  assert.doesNotMatch(last(one).text, /\b1\b.*\b2\b/);
  one.say({ state: 'inactive', regions: ['1'] });
  assert.deepEqual(briefs(one.told.slice(2)), [`end of ${first} by device: 2 in 1 s`]);
  one.clock.pass(END_AFTER);
  assert.deepEqual(briefs(one.told.slice(3)), [`end of ${second} by time: 1 in 10 s`]);
});

test('one event can end one region of several alarms and all of another', () => {
  const one = paired();
  const both = one.say({ regions: ['1', '2'] });
  const single = one.say({ regions: ['3'] });
  one.say({ state: 'inactive', regions: ['2', '3'] });
  assert.deepEqual(briefs(one.told.slice(2)), [`end of ${single} by device: 1 in 0 s`]);
  assert.deepEqual(openIds(one.pairing.open()), [`${both} active`]);
});

test('with the mode `device` silence ends nothing and no timer runs', () => {
  const one = paired({ mode: 'device' });
  const id = one.say();
  assert.equal(one.clock.waiting, 0);
  one.clock.pass(1_000_000_000);
  one.say();
  assert.equal(one.clock.waiting, 0);
  assert.deepEqual(briefs(one.told), [`start ${id} []`]);
  one.say({ state: 'inactive' });
  assert.equal(last(one).endedBy, 'device');
});

for (const mode of ['device', 'time'] as const) {
  test(`mode ${mode}: what is said again after an outage is another alarm, a short one apart`, () => {
    const one = paired({ mode });
    const first = one.say();
    one.clock.pass(3_000);
    one.sign('offline');
    one.clock.pass(END_AFTER - 3_000);
    one.sign('online');
    one.say();
    assert.deepEqual(briefs(one.told), [`start ${first} []`]);
    one.sign('offline');
    one.clock.pass(END_AFTER + 1);
    one.sign('online');
    const second = one.say();
    assert.deepEqual(briefs(one.told.slice(1)), [`end of ${first} by time: 2 in 20 s`, `start ${second} []`]);
  });
}

test('who goes out of reach leaves alarms whose end is unknown, and they are named', () => {
  const one = paired({ mode: 'device' });
  const first = one.say();
  one.say({ device: OTHER_CAMERA });
  const second = one.say({ channel: 2 });
  one.sign('offline');
  one.sign('online');
  one.say({ state: 'inactive' });
  one.say({ channel: 2, state: 'inactive' });
  one.sign('stale');
  assert.deepEqual(
    one.signs.map(({ event, unknown }) => [event, unknown]),
    [
      ['offline', [first, second]],
      ['online', undefined],
      ['stale', undefined],
    ],
  );
});

test('the first picture of an alarm goes on with the repeat that brings it, and no second one', () => {
  const one = paired();
  const id = one.say();
  one.clock.pass(1_000);
  const repeat = one.say({ pictures: 1 });
  one.say({ pictures: 1 });
  assert.equal(one.told.length, 2);
  const { event, attachments } = one.told[1] as (typeof one.told)[number];
  assert.deepEqual(
    [event.id, event.correlationId, event.state, event.count, attachments.length],
    [repeat, id, 'active', 2, 1],
  );
  const other = paired();
  other.say({ pictures: 1 });
  other.say({ pictures: 1 });
  assert.equal(other.told.length, 1);
});

test('with the mode `time` the end of a device counts too', () => {
  const one = paired({ mode: 'time' });
  const id = one.say();
  one.clock.pass(2_600);
  one.say({ state: 'inactive' });
  assert.deepEqual(briefs(one.told.slice(1)), [`end of ${id} by device: 1 in 3 s`]);
  one.clock.pass(END_AFTER);
  assert.equal(one.told.length, 2);
});

test('pulses pass as they are, also while an alarm of their type is open, and keep nothing going', () => {
  const one = paired();
  const id = one.say();
  one.clock.pass(6_000);
  const pulse = one.say({ state: 'pulse', pictures: 1 });
  one.clock.pass(4_000);
  assert.deepEqual(briefs(one.told), [`start ${id} []`, `pulse ${pulse}`, `end of ${id} by time: 1 in 10 s`]);
  assert.equal(one.told[1]?.attachments.length, 1);
  assert.equal(one.told[1]?.event.correlationId, undefined);
});

test('what comes out of a device’s memory passes untouched and begins, keeps and ends nothing', () => {
  const one = paired();
  const old = one.say({ history: true });
  assert.deepEqual(one.pairing.open(), []);
  const id = one.say();
  one.clock.pass(6_000);
  const more = [one.say({ history: true }), one.say({ history: true, state: 'inactive' })];
  one.clock.pass(4_000);
  assert.deepEqual(briefs(one.told), [
    `active ${old}`,
    `start ${id} []`,
    `active ${more[0]}`,
    `inactive ${more[1]}`,
    `end of ${id} by time: 1 in 10 s`,
  ]);
  for (const { event } of [0, 2, 3].map((at) => one.told[at] as Alarm)) {
    const added = ['correlationId', 'duration', 'count', 'endedBy'].filter((name) => name in event);
    assert.deepEqual([event.history, ...added], [true]);
  }
});

test('history of a device that was offline does not end or restart what waits', () => {
  const one = paired();
  const id = one.say();
  one.say({ history: true, state: 'inactive' });
  assert.deepEqual(openIds(one.pairing.open()), [`${id} active`]);
});

for (const gone of ['offline', 'stale', 'auth-failed'] as const) {
  test(`of a device that is ${gone} nothing ends by time; its alarms are unknown, and wait anew once it is back`, () => {
    const one = paired();
    const id = one.say();
    const other = one.say({ device: OTHER_CAMERA });
    one.clock.pass(9_000);
    one.sign(gone);
    assert.deepEqual(openIds(one.pairing.open()), [`${id} unknown`, `${other} active`]);
    one.clock.pass(100 * END_AFTER);
    assert.deepEqual(briefs(one.told.slice(2)), [`end of ${other} by time: 1 in 10 s`]);
    one.sign(gone);
    assert.equal(one.clock.waiting, 0);
    one.sign('online');
    assert.deepEqual(openIds(one.pairing.open()), [`${id} active`]);
    one.clock.pass(END_AFTER - 1);
    assert.equal(one.told.length, 3);
    one.clock.pass(1);
    assert.deepEqual(briefs(one.told.slice(3)), [`end of ${id} by time: 1 in 1019 s`]);
    assert.deepEqual(
      one.signs.map(({ event }) => event),
      [gone, gone, 'online'],
    );
  });
}

test('any event of a device shows that it is back: all its alarms wait anew', () => {
  for (const said of [{ channel: 2 }, { state: 'pulse' }, { state: 'inactive', type: 'io' }] as Said[]) {
    const one = paired();
    const id = one.say();
    one.sign('offline');
    one.clock.pass(100_000);
    one.say(said);
    assert.equal(one.pairing.open()[0]?.state, 'active');
    one.clock.pass(END_AFTER - 1);
    assert.ok(one.pairing.open().some(({ event }) => event.id === id));
    one.clock.pass(1);
    assert.deepEqual(one.pairing.open(), []);
  }
});

test('a device that is offline can still end its alarm: it is heard again', () => {
  const one = paired();
  const id = one.say();
  one.sign('offline');
  one.clock.pass(60_000);
  one.say({ state: 'inactive' });
  assert.deepEqual(briefs(one.told.slice(1)), [`end of ${id} by device: 1 in 60 s`]);
});

test('signs pass on as they came, and those that say nothing about being there change nothing', () => {
  const one = paired();
  const id = one.say();
  one.sign('offline');
  for (const event of ['heartbeat', 'undecodable', 'denied', 'overload'] as const) one.sign(event);
  one.sign('online', OTHER_CAMERA);
  assert.deepEqual(openIds(one.pairing.open()), [`${id} unknown`]);
  assert.deepEqual(
    one.signs.map(({ event }) => event),
    ['offline', 'heartbeat', 'undecodable', 'denied', 'overload', 'online'],
  );
  assert.equal(one.clock.waiting, 0);
});

test('a sign of being online for a device that always was puts no end off', () => {
  const one = paired();
  one.say();
  one.clock.pass(9_000);
  one.sign('online');
  one.clock.pass(1_000);
  assert.equal(one.told.length, 2);
});

test('after stop() no timer runs and no end comes', () => {
  const one = paired();
  one.say();
  one.say({ channel: 2, regions: ['1', '2'] });
  one.say({ device: OTHER_CAMERA });
  one.sign('offline', OTHER_CAMERA);
  one.pairing.stop();
  one.pairing.stop();
  assert.equal(one.clock.waiting, 0);
  assert.deepEqual(one.pairing.open(), []);
  one.sign('online', OTHER_CAMERA);
  one.clock.pass(10 * END_AFTER);
  assert.equal(one.clock.waiting, 0);
  assert.equal(one.told.length, 3);
});

test('two pairings know nothing of each other', () => {
  const [one, two] = [paired(), paired()];
  const id = one.say();
  two.say({ state: 'inactive' });
  two.sign('offline');
  assert.deepEqual(two.told, []);
  assert.deepEqual(openIds(one.pairing.open()), [`${id} active`]);
  const same = two.say();
  assert.equal(two.told.length, 1);
  one.pairing.stop();
  assert.deepEqual(openIds(two.pairing.open()), [`${same} active`]);
  two.clock.pass(END_AFTER);
  assert.equal(two.told.length, 2);
  assert.deepEqual(briefs(one.told), [`start ${id} []`]);
});

test('a flow that ruins what it was given changes nothing in what comes later', () => {
  const wanted = paired();
  const got = paired({ flow: spoil });
  for (const one of [wanted, got]) {
    one.say({ regions: ['1', '2'], pictures: 2 });
    one.say({ regions: ['3'] });
    one.clock.pass(3_000);
    one.say({ regions: ['1'] });
    one.say({ type: 'io', input: '4', channel: 0 });
    one.say({ state: 'inactive', regions: ['1'] });
    one.say({ state: 'inactive' });
    one.clock.pass(END_AFTER);
  }
  assert.equal(wanted.told.length, 6);
  assert.deepEqual(got.told, wanted.told);
});

test('what open() tells is for looking at: changing it changes no end', () => {
  const one = paired();
  const id = one.say();
  for (const { event } of one.pairing.open()) spoil({ event, attachments: [] });
  assert.deepEqual(openIds(one.pairing.open()), [`${id} active`]);
  one.clock.pass(END_AFTER);
  assert.deepEqual(briefs(one.told.slice(1)), [`end of ${id} by time: 1 in 10 s`]);
  assert.equal(objections(schemas().alarm, last(one)), '');
});

test('the case of a type makes no difference, and each event keeps its own spelling', () => {
  const one = paired();
  one.say({ type: 'fieldDetection' });
  one.say({ type: 'FIELDDETECTION' });
  one.say({ type: 'fielddetection', state: 'inactive' });
  assert.deepEqual(
    one.told.map(({ event }) => event.type),
    ['fieldDetection', 'fielddetection'],
  );
});

const panel = (code: string, zone?: string) => ({ panel: { code, ...(zone !== undefined && { zone }) } });
const PLACES: [what: string, one: Said, other: Said][] = [
  ['devices', {}, { device: OTHER_CAMERA }],
  ['channels', {}, { channel: 2 }],
  ['channel 1 and no channel', {}, { channel: 0 }],
  ['types', {}, { type: 'linedetection' }],
  ['input ports', { input: '1' }, { input: '2' }],
  ['an input port and none', { input: '1' }, {}],
  ['zones of a panel', panel('1130', '1'), panel('1130', '2')],
  ['a zone of a panel and none', panel('1130', '1'), panel('1130')],
  ['events of a panel', panel('1130', '1'), panel('1137', '1')],
  ['regions', { regions: ['1'] }, { regions: ['2'] }],
  [
    'a device and a channel that look alike together',
    { device: '192.0.2.1', channel: 11 },
    { device: '192.0.2.11', channel: 1 },
  ],
  ['a type and an input that look alike together', { type: 'io1', input: '2' }, { type: 'io', input: '12' }],
  ['a type and an event of a panel that look alike', { type: '130 1' }, panel('1130', '1')],
  ['an event and a zone of a panel that look alike together', panel('1', '2 3'), panel('1 2', '3')],
];
for (const [what, said, other] of PLACES) {
  test(`two alarms at different places (${what}) go on and end on their own`, () => {
    const one = paired();
    const first = one.say(said);
    one.clock.pass(2_000);
    const second = one.say(other);
    assert.deepEqual(openIds(one.pairing.open()), [`${first} active`, `${second} active`]);
    one.clock.pass(1_000);
    one.say(other);
    one.say({ ...said, state: 'inactive' });
    assert.deepEqual(briefs(one.told.slice(2)), [`end of ${first} by device: 1 in 3 s`]);
    const again = one.say(said);
    one.say({ ...other, state: 'inactive' });
    assert.equal(briefs(one.told).at(-1), `end of ${second} by device: 2 in 1 s`);
    assert.deepEqual(openIds(one.pairing.open()), [`${again} active`]);
  });
}

test('an alarm of a panel lasts until the panel says that it is over, however long that takes', () => {
  const one = paired({ mode: 'time' });
  const id = one.say(panel('1130', '3'));
  const other = one.say();
  one.clock.pass(360 * END_AFTER);
  assert.deepEqual(briefs(one.told.slice(2)), [`end of ${other} by time: 1 in 10 s`]);
  one.sign('offline');
  one.sign('online');
  assert.equal(one.clock.waiting, 0);
  one.say({ ...panel('3130', '3'), state: 'inactive' });
  assert.deepEqual(briefs(one.told.slice(3)), [`end of ${id} by device: 1 in 3600 s`]);
});

test('begin and restore of one zone of a panel are one alarm, whatever stands in front of the code', () => {
  const one = paired({ mode: 'device' });
  const id = one.say(panel('1130', '3'));
  one.say(panel('6130', '3'));
  one.say({ ...panel('3130', '3'), state: 'inactive' });
  assert.deepEqual(briefs(one.told), [`start ${id} []`, `end of ${id} by device: 2 in 0 s`]);
});

test('of one alarm more than may be open the oldest ends, and no more than that', () => {
  const MOST = 10_000;
  const one = paired({ mode: 'device' });
  const first = one.say({ channel: 1 });
  for (let channel = 2; channel <= MOST; channel++) one.say({ channel });
  one.say({ channel: 1 });
  assert.equal(one.told.length, MOST);
  assert.equal(one.pairing.open().length, MOST);
  one.clock.pass(2_000);
  const newest = one.say({ channel: MOST + 1 });
  const open = one.pairing.open();
  assert.deepEqual(briefs(one.told.slice(MOST)), [`end of ${first} by time: 2 in 2 s`, `start ${newest} []`]);
  assert.deepEqual([open.length, open[0]?.event.channel, open.at(-1)?.event.id], [MOST, 2, newest]);
});

test('a clock that is put forward or back ends nothing early, and the length is the true one', () => {
  const back = paired();
  back.say();
  back.clock.jump(-3_600_000);
  back.clock.pass(END_AFTER - 1);
  assert.equal(back.told.length, 1);
  back.clock.pass(1);
  assert.equal(last(back).duration, END_AFTER / 1000);
  const forward = paired();
  forward.say();
  forward.clock.jump(3_600_000);
  forward.clock.pass(END_AFTER - 1);
  assert.equal(forward.told.length, 1);
  forward.clock.pass(1);
  assert.equal(last(forward).duration, END_AFTER / 1000);
});

test('every start and end fits the schema', () => {
  const { alarm } = schemas();
  const one = paired();
  one.say({ regions: ['1', ''], pictures: 1 });
  one.say({ channel: 0, type: 'io', input: '3' });
  one.say({ state: 'inactive', regions: ['1', ''] });
  one.say({ state: 'pulse' });
  one.clock.pass(END_AFTER);
  assert.equal(one.told.length, 5);
  for (const each of one.told) assert.equal(objections(alarm, each.event), '', brief(each));
  assert.deepEqual(
    one.told.map(({ event }) => event.device.id),
    Array(5).fill(CAMERA),
  );
});

test('an event of very many regions, with very many open, is dealt with in no time', () => {
  const many = (from: number) => Array.from({ length: 1_600 }, (_, at) => String(from + at));
  const one = paired();
  for (const region of many(0)) one.say({ regions: [region] });
  for (const said of [
    { regions: many(800) },
    { regions: many(5_000) },
    { regions: many(5_000), state: 'inactive' },
    {},
  ] as const) {
    const times = Array.from({ length: 3 }, () => {
      const passed = stopwatch();
      one.say(said);
      return passed();
    });
    assert.ok(Math.min(...times) <= LONGEST_MS, `${times.join(', ')} ms`);
  }
});

test('a device that is told offline by its address alone is the one whose alarms carry its MAC address', () => {
  const { pairing, clock, told, say, sign } = paired();
  const states = () => told.map(({ event }) => event.state);
  say();
  sign('offline', '192.0.2.21');
  assert.deepEqual(
    pairing.open().map(({ state }) => state),
    ['unknown'],
  );
  clock.pass(END_AFTER * 2);
  assert.deepEqual(states(), ['active']);
  sign('online', '192.0.2.21');
  clock.pass(END_AFTER * 2);
  assert.deepEqual(states(), ['active', 'inactive']);
});
