import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUint8Array } from 'node:util/types';
import { LIMITS } from '../../src/limits.js';
import { drain, startListener } from '../support/listener.js';
import { exchange } from './raw-client.js';
import { JSON_TYPE, json, MULTIPART, multipart, request, SMALL, XML_TYPE, xml } from './samples.js';

const FORBIDDEN = ['__proto__', 'constructor', 'prototype'];

/** Every object of a value, with how deep it is. */
function* objects(value: unknown, depth = 1): Generator<[object, number]> {
  if (typeof value !== 'object' || value === null || isUint8Array(value)) return;
  yield [value, depth];
  for (const name of Reflect.ownKeys(value)) {
    yield* objects(Reflect.getOwnPropertyDescriptor(value, name)?.value, depth + 1);
  }
}

function assertPlain(value: unknown) {
  for (const [object] of objects(value)) {
    const prototype: unknown = Object.getPrototypeOf(object);
    assert.ok(prototype === Object.prototype || prototype === Array.prototype);
    for (const name of FORBIDDEN) assert.ok(!Object.hasOwn(object, name), name);
  }
}

const depthOf = (value: unknown) => Math.max(0, ...[...objects(value)].map(([, depth]) => depth));

/** A JSON alert with more members, written by hand so that any name can be among them. */
const jsonWith = (members: string) => json().replace('{', `{${members},`);
const evil = (name: string) => `"${name}":{"isAdmin":1,"${name}":[{"${name}":{"a":1}}]}`;

const DOCUMENTS: [string, string][] = [
  ...FORBIDDEN.map((name): [string, string] => [`the key ${name}`, jsonWith(evil(name))]),
  ['the key __proto__ in escapes', jsonWith(evil('\\u005f_proto_\\u005f'))],
  ['a forbidden key deep inside', jsonWith(`"a":[[{"b":{${evil('__proto__')}}}]]`)],
  ['a forbidden key in a wrapped alert', `{"EventNotificationAlert":${jsonWith(evil('constructor'))}}`],
  ['a forbidden key in a list of alerts', `[${jsonWith(evil('prototype'))}]`],
  ['forbidden names of fields that are read', jsonWith('"Extensions":{"__proto__":{"serialNumber":"1"}}')],
];
for (const [what, document] of DOCUMENTS) {
  test(`JSON with ${what} gives an event without it`, async (t) => {
    const { port, alarms } = await startListener(t);
    assert.equal((await exchange(port, request(document, { type: JSON_TYPE }))).status, 200);
    const [alarm, ...more] = await drain(alarms);
    assert.equal(more.length, 0);
    assertPlain(alarm);
    assertPlain(structuredClone(alarm?.event));
    assert.doesNotMatch(JSON.stringify(alarm?.event), /isAdmin|"serial"/);
    assert.equal(alarm?.event.type, 'linedetection');
    assert.equal(({} as Record<string, unknown>)['isAdmin'], undefined);
  });
}

for (const name of [...FORBIDDEN, 'ns:__proto__', 'hasOwnProperty', 'toString', 'valueOf']) {
  test(`XML with an element ${name} gives an event without it, or none`, async (t) => {
    const { port, alarms, signs } = await startListener(t);
    const bad = `<${name}><isAdmin>1</isAdmin></${name}></EventNotificationAlert>`;
    const document = xml().replace('</EventNotificationAlert>', bad);
    assert.equal((await exchange(port, request(document, { type: XML_TYPE }))).status, 200);
    assert.equal(signs.size, 1);
    for (const alarm of await drain(alarms)) {
      assertPlain(alarm);
      assert.doesNotThrow(() => JSON.stringify(alarm.event));
    }
  });
}

test('names of parts that are forbidden keys are no keys of anything', async (t) => {
  const { port, alarms } = await startListener(t);
  const body = multipart(1, SMALL).toString('latin1').replaceAll('detectionPicture0', '__proto__');
  const bytes = Buffer.from(body.replaceAll('Content-Type', '__proto__'), 'latin1');
  assert.equal((await exchange(port, request(bytes, { type: MULTIPART }))).status, 200);
  const alarm = await alarms.take();
  assertPlain(alarm);
  assert.deepEqual(alarm.attachments[0]?.content, SMALL);
});

const nested = (levels: number, open: string, middle: string, close: string) =>
  `${open.repeat(levels)}${middle}${close.repeat(levels)}`;

for (const [what, type, make] of [
  ['JSON arrays', JSON_TYPE, (levels: number) => jsonWith(`"deep":${nested(levels, '[', '1', ']')}`)],
  ['JSON objects', JSON_TYPE, (levels: number) => jsonWith(`"deep":${nested(levels, '{"a":', '1', '}')}`)],
  [
    'XML elements',
    XML_TYPE,
    (levels: number) => xml().replace('<ipAddress>', `${nested(levels, '<a>', '1', '</a>')}<ipAddress>`),
  ],
] as const) {
  test(`${what}: the deepest document taken has ${LIMITS.depth} levels, a deeper one is undecodable`, async (t) => {
    const { port, alarms, signs } = await startListener(t);
    let deepest = 0;
    for (let levels = 1; levels <= LIMITS.depth + 10; levels++) {
      assert.equal((await exchange(port, request(make(levels), { type }))).status, 200);
      const [alarm] = await drain(alarms);
      const [sign] = (await drain(signs)).filter(({ event }) => event !== 'online');
      if (alarm === undefined) assert.equal(sign?.event, 'undecodable');
      else deepest = Math.max(deepest, depthOf(alarm.event.document));
    }
    assert.ok(deepest >= LIMITS.depth - 2 && deepest <= LIMITS.depth, `${deepest} levels`);
    assert.equal((await exchange(port, request(make(100_000 / 4), { type }))).status, 200);
    assert.equal((await signs.take()).event, 'undecodable');
  });
}
