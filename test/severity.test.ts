import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALARM_KINDS } from '../src/event.js';
import { SEVERITIES, severityOf } from '../src/severity.js';

test('every kind has a severity', () => {
  for (const kind of ALARM_KINDS) assert.ok(SEVERITIES.includes(severityOf({ kind })), kind);
});

test('a door that refused somebody is more than one that opened, and an alarm panel is to be heard', () => {
  const access = { major: 5, minor: 1 };
  assert.equal(severityOf({ kind: 'access', access: { ...access, outcome: 'granted' } }), 'low');
  assert.equal(severityOf({ kind: 'access', access: { ...access, outcome: 'denied' } }), 'high');
  assert.equal(severityOf({ kind: 'unknown', panel: { code: '1130' } }), 'high');
});
