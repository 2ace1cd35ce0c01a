import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALARM_KINDS, type AlarmEvent, type AlarmKind, type AlarmState } from '../src/event.js';
import type { DeviceSign } from '../src/notification.js';
import { WORDS } from '../src/wording/index.js';
import { describe, describeSign } from '../src/wording.js';
import { inZone } from './support/zone.js';

const LANGUAGES = ['en-US', 'zh-CN', 'pl', 'fr'];
const STATES: AlarmState[] = ['active', 'inactive', 'pulse'];

const event = (values: Partial<AlarmEvent> = {}): AlarmEvent => ({
  schema: 1,
  id: '0'.repeat(24),
  vendor: 'isapi',
  transport: 'http-push',
  device: { id: '00:00:5e:00:53:01', mac: '00:00:5e:00:53:01', address: '192.0.2.7' },
  channel: 1,
  channelName: 'Gate',
  channelRaw: '1',
  type: 'linedetection',
  kind: 'line-crossing',
  state: 'active',
  severity: 'high',
  time: '2026-11-22T08:15:30+01:00',
  receivedAt: '2026-11-22T07:15:31.204Z',
  targets: ['human'],
  regions: [{ id: '1', name: 'Fence' }],
  title: '',
  text: '',
  document: {},
  ...values,
});

/** An event that names no channel. */
function nameless(device: AlarmEvent['device']): AlarmEvent {
  const { channel: _channel, channelName: _channelName, channelRaw: _channelRaw, ...rest } = event();
  return { ...rest, device };
}

test('an alarm says what, where, when, who and in which region', () => {
  assert.deepEqual(describe(event(), 'en-US'), {
    title: 'Line crossing: Gate',
    text: [
      'Line crossing – started',
      'Gate, channel 1',
      '2026-11-22 08:15:30 +01:00',
      'Seen: person',
      'Region: Fence',
    ].join('\n'),
  });
});

test('the end of an alarm is told from its start, in the title too', () => {
  for (const language of LANGUAGES) {
    const titles = STATES.map((state) => describe(event({ state }), language).title);
    assert.notEqual(titles[0], titles[1], language);
    const texts = STATES.map((state) => describe(event({ state }), language).text);
    assert.equal(new Set(texts).size, 3, language);
  }
  assert.equal(describe(event({ state: 'inactive' }), 'en-US').title, 'Line crossing: Gate (ended)');
});

test('all four languages have a word for every kind, each its own', () => {
  assert.deepEqual(Object.keys(WORDS).sort(), [...LANGUAGES].sort());
  for (const language of LANGUAGES) {
    const kinds = WORDS[language]?.kinds as Record<AlarmKind, string>;
    assert.deepEqual(Object.keys(kinds).sort(), [...ALARM_KINDS].sort(), language);
    for (const kind of ALARM_KINDS) {
      assert.ok(kinds[kind].trim().length > 0, `${language} ${kind}`);
      const { title, text } = describe(event({ kind }), language);
      assert.ok(title.startsWith(kinds[kind]) && text.startsWith(kinds[kind]), `${language} ${kind}`);
    }
    assert.equal(new Set(Object.values(kinds)).size, ALARM_KINDS.length, language);
  }
});

test('all four languages have the same other words', () => {
  for (const language of LANGUAGES) {
    const words = WORDS[language];
    for (const state of STATES) assert.ok(words?.states[state], `${language} ${state}`);
    assert.deepEqual(Object.keys(words?.targets ?? {}), Object.keys(WORDS['en-US']?.targets ?? {}), language);
    for (const word of [words?.channel, words?.target, words?.region, words?.truncated])
      assert.ok(word, language);
  }
});

test('all four languages say of each sign what it is about, each its own way, and when', () => {
  const device = { id: '00:00:5e:00:53:01', name: 'Gate' };
  const since = '2026-11-22T07:15:31.204Z';
  for (const event of Object.keys(WORDS['en-US']?.signs ?? {}) as DeviceSign['event'][]) {
    const told = inZone('UTC', () =>
      LANGUAGES.map((language) => describeSign({ event, device, since }, language)),
    );
    assert.equal(new Set(told.map(({ title }) => title)).size, LANGUAGES.length, event);
    for (const { title, text } of told) {
      assert.match(title, /Gate/);
      assert.ok(text.includes(title) && text.includes('2026-11-22 07:15:31 UTC'), text);
    }
  }
});

test('what is over is told from what began, and a camera of a recorder by its name', () => {
  const sign = {
    event: 'video-loss',
    device: { id: 'x' },
    channel: 3,
    channelName: 'Yard',
    since: '',
  } as const;
  assert.equal(describeSign({ ...sign, state: 'active' }, 'en-US').title, 'Yard (channel 3) has no video');
  assert.equal(
    describeSign({ ...sign, state: 'inactive' }, 'en-US').title,
    'Yard (channel 3) has no video (ended)',
  );
});

test('since when something is so is told by the clock of this machine', () => {
  const timeIn = (zone: string, since: string) => {
    const sign = { event: 'offline', device: { id: 'Gate' }, since } as const;
    return inZone(zone, () => describeSign(sign, 'en-US').text.replace('Gate is offline since ', ''));
  };
  const winter = '2026-11-22T23:15:31.204Z';
  assert.deepEqual(
    ['UTC', 'Europe/Warsaw', 'America/St_Johns'].map((zone) => timeIn(zone, winter)),
    ['2026-11-22 23:15:31 UTC', '2026-11-23 00:15:31 +01:00', '2026-11-22 19:45:31 -03:30'],
  );
  assert.equal(timeIn('Europe/Warsaw', '2026-07-22T23:15:31.204Z'), '2026-07-23 01:15:31 +02:00');
  assert.equal(timeIn('Europe/Warsaw', 'no time at all'), 'no time at all');
});

test('nothing a device says becomes a placeholder of ours', () => {
  const device = { id: '$& {time} {what}' };
  const sign = { event: 'online', device, since: '2026-11-22T07:15:31Z', reason: '<b>' } as const;
  const { text } = inZone('UTC', () => describeSign(sign, 'en-US'));
  assert.equal(text, '$& {time} {what} is online since 2026-11-22 07:15:31 UTC\n‹b›');
});

test('no two languages say the same alarm alike', () => {
  const texts = LANGUAGES.map((language) => describe(event(), language).text);
  assert.equal(new Set(texts).size, LANGUAGES.length);
});

test('a language is found by its name in any case and by its first word, any other is answered in English', () => {
  const titleIn = (language: string) => describe(event({ kind: 'motion' }), language).title;
  assert.equal(titleIn('FR'), titleIn('fr'));
  assert.equal(titleIn('fr-CA'), titleIn('fr'));
  assert.equal(titleIn('pl-PL'), titleIn('pl'));
  assert.equal(titleIn('zh'), titleIn('zh-CN'));
  assert.equal(titleIn('zh-TW'), titleIn('zh-CN'));
  assert.equal(titleIn('en'), titleIn('en-US'));
  for (const other of ['', 'de', 'xx-YY', '__proto__', 'constructor'])
    assert.equal(titleIn(other), titleIn('en-US'));
});

test('nothing a device says becomes a tag, a line or a control character', () => {
  const hostile = '<img src=x onerror="alert(1)">\r\nBcc: a@example.com\0\x1b[31m';
  const events = [
    event({ channelName: '<img>' }),
    event({ channelName: hostile }),
    event({ kind: 'unknown', type: hostile }),
    event({ targets: [hostile, '<b>'] }),
    event({ regions: [{ id: hostile, name: '<script>' }, { id: '<i>' }] }),
    event({ time: `2026<br>${hostile}` }),
    nameless({ id: hostile, name: '<u>' }),
    nameless({ id: '<p>', address: hostile }),
    nameless({ id: hostile }),
  ];
  for (const language of LANGUAGES) {
    for (const each of events) {
      const { title, text } = describe(each, language);
      assert.doesNotMatch(title, /[<>\0-\x1f]/, title);
      assert.doesNotMatch(text, /[<>\0-\x09\x0b-\x1f]/, text);
      assert.ok(text.split('\n').length <= 6, text);
    }
  }
});

test('a target that nobody has a word for is told as the device wrote it', () => {
  const seen = (target: string) => describe(event({ targets: [target] }), 'en-US').text.split('\n')[3];
  assert.equal(seen('human'), 'Seen: person');
  for (const target of ['unicorn', 'nonmotor', 'constructor', '__proto__', 'tostring'])
    assert.equal(seen(target), `Seen: ${target}`);
});

test('an unknown alarm names the word of the device', () => {
  const { title } = describe(event({ kind: 'unknown', type: 'parcelOnConveyor' }), 'en-US');
  assert.equal(title, 'Alarm (parcelOnConveyor): Gate');
});

test('the place is the name of the channel, of the device, or where it is in the network', () => {
  const titleOf = (device: AlarmEvent['device']) => describe(nameless(device), 'en-US').title;
  assert.equal(titleOf({ id: 'x', name: 'Terminal', address: '192.0.2.7' }), 'Line crossing: Terminal');
  assert.equal(titleOf({ id: 'x', address: '192.0.2.7' }), 'Line crossing: 192.0.2.7');
  assert.equal(titleOf({ id: '00:00:5e:00:53:01' }), 'Line crossing: 00:00:5e:00:53:01');
});

test('only what is known is told', () => {
  const { text } = describe({ ...nameless({ id: 'x' }), targets: [], regions: [{ id: '' }] }, 'en-US');
  assert.equal(text, 'Line crossing – started\nx\n2026-11-22 08:15:30 +01:00');
});

test('the time is told by the clock of the device, with the zone it gave', () => {
  const timeIn = (time: string) => describe(event({ time }), 'en-US').text.split('\n')[2];
  assert.equal(timeIn('2026-11-22T08:15:30.123-05:00'), '2026-11-22 08:15:30 -05:00');
  assert.equal(timeIn('2026-11-22T07:15:31.204Z'), '2026-11-22 07:15:31 UTC');
  assert.equal(timeIn('2026-11-22T08:15:30'), '2026-11-22 08:15:30');
});

test('an alarm with something missing says so', () => {
  for (const language of LANGUAGES) {
    const [last] = describe(event({ truncated: true }), language)
      .text.split('\n')
      .slice(-1);
    assert.equal(last, WORDS[language]?.truncated);
    assert.ok(!describe(event(), language).text.includes(last ?? ''));
  }
});
