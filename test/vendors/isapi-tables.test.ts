import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALARM_KINDS, type AlarmKind } from '../../src/event.js';
import { ACCESS_EVENTS, accessEvent } from '../../src/vendors/isapi/access-events.js';
import {
  CONTACT_ID_EVENTS,
  CONTACT_ID_QUALIFIERS,
  contactIdEvent,
} from '../../src/vendors/isapi/contact-id.js';

const PAIRS = [...ACCESS_EVENTS].flatMap(([major, minors]) =>
  [...minors].map(([minor, found]) => ({ name: `${major}/${minor}`, ...found })),
);
const CODES = [...CONTACT_ID_EVENTS].map(([name, found]) => ({ name, ...found }));

const find = (pair: string) => {
  const [major = Number.NaN, minor = Number.NaN] = pair.split('/').map(Number);
  return accessEvent(major, minor);
};

test('words are plain kebab-case, and each stands for one thing', () => {
  for (const rows of [PAIRS, CODES]) {
    for (const { name, event } of rows) assert.match(event, /^[a-z\d]+(-[a-z\d]+)*$/, name);
    const twice = rows.filter(({ event }, i) => rows.findIndex((other) => other.event === event) !== i);
    assert.deepEqual(twice, []);
  }
});

test('kinds are ours, and none repeats what is understood without it', () => {
  for (const { name, kind } of [...PAIRS, ...CODES]) {
    if (kind === undefined) continue;
    assert.ok(ALARM_KINDS.includes(kind), name);
    assert.ok(!(['access', 'unknown'] as AlarmKind[]).includes(kind), name);
  }
});

test('every pair seen on real terminals means what it is known to mean', () => {
  assert.deepEqual(find('5/75'), { event: 'face-accepted', outcome: 'granted' });
  assert.deepEqual(find('5/76'), { event: 'face-refused', outcome: 'denied' });
  assert.deepEqual(find('5/38'), { event: 'fingerprint-accepted', outcome: 'granted' });
  assert.deepEqual(find('5/1'), { event: 'card-accepted', outcome: 'granted' });
  assert.deepEqual(find('5/9'), { event: 'card-unknown', outcome: 'denied' });
  assert.deepEqual(find('5/21'), { event: 'door-unlocked' });
  assert.deepEqual(find('5/22'), { event: 'door-locked' });
  assert.deepEqual(find('5/23'), { event: 'exit-button-pressed' });
  assert.deepEqual(find('5/24'), { event: 'exit-button-released' });
  assert.deepEqual(find('5/27'), { event: 'door-forced', kind: 'intrusion' });
  assert.deepEqual(find('5/28'), { event: 'door-open-too-long' });
  assert.deepEqual(find('5/37'), { event: 'doorbell-ring', kind: 'doorbell' });
  assert.deepEqual(find('3/1024'), { event: 'door-opened-remotely' });
  assert.deepEqual(find('3/1029'), { event: 'time-set-by-ntp' });
  assert.deepEqual(find('3/112'), { event: 'remote-login' });
  assert.deepEqual(find('2/39'), { event: 'network-broken', kind: 'network' });
  assert.deepEqual(find('2/1024'), { event: 'power-on' });
  assert.deepEqual(find('2/1031'), { event: 'network-restored' });
  assert.deepEqual(find('1/1028'), { event: 'device-tampered', kind: 'tamper' });
  assert.deepEqual(find('1/1037'), { event: 'sd-card-full', kind: 'disk' });
  assert.deepEqual(find('1/1048'), { event: 'fire-button-pressed', kind: 'fire' });
});

test('proofs of two or three things pass, fail or take too long', () => {
  for (const first of [2, 40, 43, 46, 54, 57, 60, 63, 66, 69, 72, 77, 101]) {
    assert.match(find(`5/${first}`)?.event ?? '', /-accepted$/);
    assert.match(find(`5/${first + 1}`)?.event ?? '', /-refused$/);
    assert.match(find(`5/${first + 2}`)?.event ?? '', /-timeout$/);
  }
  assert.equal(find('5/66')?.event, 'face-card-fingerprint-accepted');
  assert.equal(find('5/103')?.event, 'employee-password-timeout');
});

test('words say the outcome, and only words that do', () => {
  for (const { name, event, outcome } of PAIRS) {
    if (event.endsWith('-accepted')) assert.equal(outcome, 'granted', name);
    if (event.endsWith('-refused')) assert.equal(outcome, 'denied', name);
    if (!name.startsWith('5/')) assert.equal(outcome, undefined, name);
  }
});

test('an end of something is no alarm', () => {
  for (const { name, event, kind } of PAIRS)
    if (/-(restored|over|ended|online|connected)$/.test(event)) assert.equal(kind, undefined, name);
});

test('the same subEventType of another majorEventType is something else', () => {
  const words = [1, 2, 3].map((major) => accessEvent(major, 1024)?.event);
  assert.deepEqual(words, ['zone-short-circuit', 'power-on', 'door-opened-remotely']);
  assert.notEqual(find('5/39')?.event, find('2/39')?.event);
});

test('what an installer named is told apart by its number', () => {
  assert.deepEqual(find('1/2304'), { event: 'custom-alarm-1' });
  assert.deepEqual(find('2/2367'), { event: 'custom-exception-64' });
  assert.deepEqual(find('3/2305'), { event: 'custom-operation-2' });
  assert.deepEqual(find('5/1343'), { event: 'custom-event-64' });
});

test('a pair without public meaning is not guessed', () => {
  for (const pair of ['5/0', '5/106', '5/1344', '5/-1', '0/1', '6/1', '4/65537', '5/1.5', 'x/1', '1/x'])
    assert.equal(find(pair), undefined, pair);
});

test('codes of panels and radars mean what they are known to mean', () => {
  assert.deepEqual(contactIdEvent('1100'), { event: 'medical' });
  assert.deepEqual(contactIdEvent('1103'), { event: 'burglary-radar', kind: 'intrusion' });
  assert.deepEqual(contactIdEvent('1110'), { event: 'fire', kind: 'fire' });
  assert.deepEqual(contactIdEvent('1111'), { event: 'smoke', kind: 'smoke' });
  assert.deepEqual(contactIdEvent('1120'), { event: 'panic' });
  assert.deepEqual(contactIdEvent('1130'), { event: 'burglary', kind: 'intrusion' });
  assert.deepEqual(contactIdEvent('1131'), { event: 'perimeter', kind: 'intrusion' });
  assert.deepEqual(contactIdEvent('1137'), { event: 'tamper', kind: 'tamper' });
  assert.deepEqual(contactIdEvent('1148'), { event: 'device-moved', kind: 'tamper' });
  assert.deepEqual(contactIdEvent('1158'), { event: 'temperature-high', kind: 'temperature' });
  assert.deepEqual(contactIdEvent('1301'), { event: 'mains-lost' });
  assert.deepEqual(contactIdEvent('1302'), { event: 'battery-low' });
  assert.deepEqual(contactIdEvent('1350'), { event: 'communication-trouble', kind: 'network' });
  assert.deepEqual(contactIdEvent('1401'), { event: 'open-close-by-user' });
  assert.deepEqual(contactIdEvent('1441'), { event: 'stay-arming' });
  assert.deepEqual(contactIdEvent('1570'), { event: 'bypass' });
  assert.deepEqual(contactIdEvent('1601'), { event: 'manual-test' });
});

test('a restore means the event that it ends', () => {
  for (const code of CONTACT_ID_EVENTS.keys()) {
    assert.match(code, /^\d{3}$/);
    assert.ok(contactIdEvent(`1${code}`), code);
    for (const qualifier of CONTACT_ID_QUALIFIERS.keys())
      assert.deepEqual(contactIdEvent(qualifier + code), contactIdEvent(`1${code}`), code);
  }
});

test('the qualifier tells begin, end and reminder apart', () => {
  assert.deepEqual(
    ['1', '3', '6', '0', '9', ''].map((digit) => CONTACT_ID_QUALIFIERS.get(digit)),
    ['new', 'restore', 'still', undefined, undefined, undefined],
  );
});

test('what is no code of four digits, or not of the standard, is not guessed', () => {
  for (const code of ['', '110', '11100', ' 1110', '1110\n', '1A10', '1000', '1999', '1651', '1703', '1910'])
    assert.equal(contactIdEvent(code), undefined, JSON.stringify(code));
});
