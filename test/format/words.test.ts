import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut, oneLine, wellFormed } from '../../src/format/cut.js';
import { previewOf } from '../../src/format/preview.js';
import { Telling } from '../../src/format/telling.js';
import { LIMITS } from '../../src/limits.js';
import { alarmEvent } from '../support/alarms.js';
import { inZone } from '../support/zone.js';
import { options, stateOf } from './support.js';

const telling = (values: Parameters<typeof options>[0]) => new Telling(options(values), LIMITS);

test('a text is cut behind a word and marked, and one that fits is left alone', () => {
  assert.equal(cut('somebody at the gate', 20), 'somebody at the gate');
  assert.equal(cut('somebody at the gate', 19), 'somebody at the…');
  assert.equal(cut('somebody at the gate', 12), 'somebody at…');
});

test('a text without blanks is cut where it has to be', () => {
  assert.equal(cut('门'.repeat(100), 50), `${'门'.repeat(49)}…`);
});

test('a letter of two units is never cut in half', () => {
  for (let most = 2; most < 20; most++) {
    const text = cut('🚨'.repeat(20), most);
    assert.ok(text.length <= most);
    assert.equal(wellFormed(text), text);
  }
});

test('one line has no line break of any kind', () => {
  assert.equal(oneLine(' a\r\nb\u2028c\0d\x85e\t'), 'a b c d e');
  assert.equal(oneLine('half \ud83d'), 'half \ufffd');
});

test('the alarm is told as it tells itself, or in the language that was chosen', () => {
  const event = alarmEvent();
  assert.equal(telling({}).alarm(event).title, 'Line crossing: Gate');
  assert.equal(telling({ language: 'pl' }).alarm(event).title, 'Przekroczenie linii: Gate');
  assert.match(
    telling({ language: 'fr' }).alarm(event).text,
    /^Franchissement de ligne – début\nGate, canal 1\n/,
  );
});

test('own words have the fields of the alarm, in words for people, and nothing in them is escaped', () => {
  const own = telling({
    subject: '{{kind}} @ {{device.name}}: {{state}}',
    template: '{{time}} {{targets}} {{regions}} {{channelName}}{{#plate}} {{number}}{{/plate}} {{{title}}}',
  });
  const { title, text } = own.alarm(alarmEvent({ plate: { number: 'A&B "1"' } }));
  assert.equal(title, 'Line crossing @ Gate: started');
  assert.equal(text, '2026-11-22 08:15:30 +01:00 person Fence Gate A&B "1" Line crossing: Gate');
  assert.equal(own.problem, undefined);
});

test('own words come in the chosen language', () => {
  const own = telling({ language: 'zh-CN', subject: '{{kind}} {{state}} {{targets}}' });
  assert.equal(own.alarm(alarmEvent()).title, '越界侦测 开始 人员');
});

test('own words with a mistake, or that say nothing, give way to ours', () => {
  for (const subject of ['{{#open}}', '{{', 'x{{/closed}}', '{{#a}}{{/b}}', '{{=x}}', '{{nothing}} ']) {
    const own = telling({ subject, template: subject });
    assert.deepEqual(own.alarm(alarmEvent()), telling({}).alarm(alarmEvent()), subject);
    assert.equal(own.problem?.code, subject === '{{nothing}} ' ? undefined : 'TEMPLATE_INVALID', subject);
  }
});

test('a template is told where its mistake is, without a word of it', () => {
  const { problem } = telling({ template: 'hello {{#secret}}' });
  assert.equal(problem?.message, 'the template has a mistake (18)');
});

test('what a template makes of an alarm has an end', () => {
  const event = alarmEvent({ text: 'x'.repeat(50_000) });
  const { title, text } = telling({ subject: '{{text}}', template: '{{text}}'.repeat(10) }).alarm(event);
  assert.ok(title.length <= LIMITS.subjectLetters);
  assert.ok(text.length <= LIMITS.textLetters);
});

test('the state of a device is told in four languages, with since when and why', () => {
  const { sign } = {
    sign: stateOf('offline', { reason: 'DEVICE_REFUSED: it takes no connections' }).payload,
  };
  const told = (language: string) => {
    const state = { vendor: 'isapi' as const, sign: { ...sign, event: 'offline' as const }, attachments: [] };
    return inZone('UTC', () => telling({ language, subject: '{{kind}}' }).state(state));
  };
  assert.deepEqual(told('en-US'), {
    title: 'Gate is offline',
    text: 'Gate is offline since 2026-11-22 07:15:31 UTC\nDEVICE_REFUSED: it takes no connections',
  });
  assert.equal(told('pl').title, 'Gate jest offline');
  assert.equal(told('fr').title, 'Gate est hors ligne');
  assert.equal(told('zh-CN').title, 'Gate 已离线');
});

test('a preview shows a sample in own words, and what is wrong with them', () => {
  const { title, text, problem } = previewOf(
    options({ subject: '{{device.name}}!', language: 'pl' }),
    LIMITS,
  );
  assert.equal(title, 'Gate!');
  assert.match(text, /^Przekroczenie linii – początek\nGate/);
  assert.equal(problem, undefined);
  assert.equal(previewOf(options({ template: '{{#a}}' }), LIMITS).problem?.code, 'TEMPLATE_INVALID');
});
