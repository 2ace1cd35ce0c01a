import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { type LimitsSource, limitsOf, readLimits } from '../../nodes/lib/limits.js';
import { DEVICE_LIMITS, LIMITS } from '../../src/limits.js';

const USUAL = { limits: LIMITS, deviceLimits: DEVICE_LIMITS };
const GROUPS = ['limits', 'deviceLimits'] as const;
const WEEK = 604_800_000;
const MOST = 2_147_483_647;

/** What comes of a setting, and what is said of it. */
function read(set: unknown) {
  const told: string[] = [];
  return { ...readLimits(set, (problem) => told.push(problem)), told };
}

/** A Node-RED with this in its settings.js. */
function nodeRed(cameraAlarms?: unknown) {
  const told: string[] = [];
  const log = { warn: (text: string) => told.push(text) };
  const RED = {
    settings: cameraAlarms === undefined ? {} : { cameraAlarms },
    log,
  } as unknown as LimitsSource;
  return { RED, told };
}

test('nothing set, nothing told: the usual limits hold', () => {
  for (const set of [undefined, {}, { limits: {} }, { limits: undefined, deviceLimits: {} }])
    assert.deepEqual(read(set), { ...USUAL, told: [] });
  const { RED, told } = nodeRed();
  assert.deepEqual(limitsOf(RED), USUAL);
  assert.deepEqual(told, []);
});

for (const group of GROUPS) {
  test(`each of ${group} can be set, and changes no other one`, () => {
    const usual: Readonly<Record<string, number>> = USUAL[group];
    for (const [name, number] of Object.entries(usual)) {
      const { told, ...found } = read({ [group]: { [name]: number + 1 } });
      assert.deepEqual(found, { ...USUAL, [group]: { ...usual, [name]: number + 1 } }, name);
      assert.deepEqual(told, []);
    }
  });

  test(`of ${group} the least and the largest that each may be are taken, and nothing beyond`, () => {
    const usual: Readonly<Record<string, number>> = USUAL[group];
    for (const name of Object.keys(usual)) {
      const [, kind = ''] = /(Bytes|Ms)$/.exec(name) ?? [];
      const most = { Bytes: Number.MAX_SAFE_INTEGER, Ms: WEEK, '': MOST }[kind] as number;
      for (const number of [1, most]) {
        const found: Readonly<Record<string, number>> = read({ [group]: { [name]: number } })[group];
        assert.equal(found[name], number, name);
      }
      for (const number of [0, most + 1]) {
        const { told, ...found } = read({ [group]: { [name]: number } });
        assert.deepEqual(found, USUAL, `${name} ${number}`);
        assert.equal(told.length, 1, `${name} ${number}`);
      }
    }
  });
}

const WRONG = [
  0,
  -1,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1n,
  '1000',
  '',
  true,
  null,
  undefined,
  [],
  {},
  () => 1,
];

for (const value of WRONG) {
  test(`a limit that is ${inspect(value)} is left out and named`, () => {
    const { told, ...found } = read({ limits: { bodyBytes: value, depth: 7 } });
    assert.deepEqual(found, { ...USUAL, limits: { ...LIMITS, depth: 7 } });
    assert.deepEqual(told, [
      'cameraAlarms.limits.bodyBytes in settings.js is ignored: it has to be a whole number from 1 to 9007199254740991; it stays at 33554432',
    ]);
  });
}

test('names that nobody knows are left out and named, as those of the other kind and of all objects', () => {
  const set = {
    limits: { bodyBites: 1, connectTimeoutMs: 1, constructor: 1, toString: 1 },
    deviceLimits: { parts: 1 },
    spool: {},
  };
  const { told, ...found } = read(set);
  assert.deepEqual(found, USUAL);
  assert.deepEqual(told, [
    'cameraAlarms.spool in settings.js is ignored: only limits and deviceLimits can be set there',
    ...['limits.bodyBites', 'limits.connectTimeoutMs', 'limits.constructor', 'limits.toString'].map(
      (name) => `cameraAlarms.${name} in settings.js is ignored: there is no limit of that name`,
    ),
    'cameraAlarms.deviceLimits.parts in settings.js is ignored: there is no limit of that name',
  ]);
});

test('a name that all objects have in them touches no object of the language', () => {
  const { told, ...found } = read(
    JSON.parse('{"limits":{"__proto__":{"depth":1}},"__proto__":{"limits":{}}}'),
  );
  assert.deepEqual(found, USUAL);
  assert.equal(told.length, 2);
  assert.equal(Object.getPrototypeOf(found.limits), Object.prototype);
});

for (const value of ['limits', 7, true, null, [1], () => undefined]) {
  test(`a group that is ${inspect(value)} is left out and named`, () => {
    const places: [unknown, string][] = [
      [value, 'cameraAlarms'],
      [{ limits: value }, 'cameraAlarms.limits'],
      [{ deviceLimits: value }, 'cameraAlarms.deviceLimits'],
    ];
    for (const [set, name] of places) {
      const { told, ...found } = read(set);
      assert.deepEqual(found, USUAL);
      assert.deepEqual(told, [
        `${name} in settings.js is ignored: it has to be an object, in curly brackets`,
      ]);
    }
  });
}

test('what is wrong is told once, however many nodes ask', () => {
  const { RED, told } = nodeRed({ limits: { bodyBytes: '64 MiB', parts: 7 } });
  const first = limitsOf(RED);
  assert.equal(first.limits.parts, 7);
  // Each node has its own of these, with the same settings in it.
  const other = { settings: { ...RED.settings }, log: RED.log };
  for (const each of [RED, other, RED]) assert.deepEqual(limitsOf(each), first);
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /^camera-alarms: cameraAlarms\.limits\.bodyBytes in settings\.js is ignored: /);
});

test('limits that were given out are not changed by what is written into the settings later', () => {
  const set = { limits: { parts: 7 } };
  const { RED } = nodeRed(set);
  const { limits } = limitsOf(RED);
  set.limits.parts = 8;
  assert.equal(limits.parts, 7);
  assert.equal(limitsOf(RED).limits.parts, 7);
});
