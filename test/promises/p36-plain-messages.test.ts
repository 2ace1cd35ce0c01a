import assert from 'node:assert/strict';
import type { AlarmDraft, Notification } from '../../src/notification.js';
import { changed, seeded } from '../vendors/changes.js';
import { promise } from './support/promise.js';

const { util } = require('@node-red/util') as { util: { cloneMessage: <T>(message: T) => T } };
const clonedeep = require('lodash.clonedeep') as <T>(value: T) => T;

const FORBIDDEN = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);
/** `msg.payload.document` and what a document may be deep, with the entries of a list around it. */
const DEEPEST = 32 + 4;
/** Fixtures up to this size are tried at each of their places. */
const SMALL = 1_500;
/** What must not get through, behind an opening brace, a tag, or between the fields of a query or form. */
const NASTY = {
  json: [
    '"__proto__":{"isAdmin":1,"__proto__":[{"__proto__":{"a":1}}]},',
    '"\\u005f_proto_\\u005f":{"isAdmin":1},"constructor":{"prototype":{"isAdmin":1}},"prototype":1,',
    '"__PROTO__":{"isAdmin":1}," __proto__ ":{"isAdmin":1},"Constructor":{"a":1},"toString":1,"HASOWNPROPERTY":1,',
    `"deep":${'['.repeat(5_000)}${']'.repeat(5_000)},`,
    `"deep":${'{"a":'.repeat(27)}1${'}'.repeat(27)},`,
  ],
  xml: [
    '<__proto__><isAdmin>1</isAdmin></__proto__><n:constructor><prototype>1</prototype></n:constructor>',
    '<\u0000__proto__><isAdmin>1</isAdmin></__proto__><toString>1</toString>',
    `${'<a>'.repeat(5_000)}${'</a>'.repeat(5_000)}`,
    `${'<a>'.repeat(27)}1${'</a>'.repeat(27)}`,
  ],
  fields: ['&__proto__=1&constructor=1&prototype=1&toString=1&', '\n__proto__=1\nconstructor=1\n'],
  form: ['Content-Disposition: form-data; name="__proto__"\r\n\r\n1\r\n', '; name="constructor"'],
};

/** Fails on what is no plain object, list or bytes, or has a name it must not have. @returns how deep it is */
function walk(value: unknown, where: string, depth = 0): number {
  if (typeof value !== 'object' || value === null) return depth;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Buffer.isBuffer(value)) {
    assert.equal(prototype, Buffer.prototype, `${where} is no plain buffer`);
    return depth;
  }
  assert.ok(prototype === Object.prototype || prototype === Array.prototype, `${where} is no plain object`);
  assert.ok(depth <= DEEPEST, `${where.slice(0, 100)} is too deep`);
  let deepest = depth;
  for (const name of Object.getOwnPropertyNames(value)) {
    if (Array.isArray(value) && name === 'length') continue;
    assert.ok(!FORBIDDEN.has(name), `${where} has ${name}`);
    const inner = (value as Record<string, unknown>)[name];
    deepest = Math.max(deepest, walk(inner, `${where}.${name}`, depth + 1));
  }
  return deepest;
}

promise(
  'P36',
  'no forbidden name and no deep object reaches a flow, nor what Node-RED clones of it',
  async ({ build, short, figure }) => {
    const { load } = build;
    const { decoded, fixturesOf, limitsOf, message, notificationOf } =
      load<typeof import('../support/fixtures.js')>('test/support/fixtures.js');
    const { VENDORS } = load<typeof import('../../src/vendors/index.js')>('src/vendors/index.js');
    const { datagram } = load<typeof import('../../src/vendors/datagram.js')>('src/vendors/datagram.js');
    let messages = 0;
    let deepest = 0;
    const inspect = (drafts: readonly AlarmDraft[] | undefined) => {
      for (const draft of drafts ?? []) {
        const sent = message(draft, 'en-US');
        for (const [name, each] of [
          ['msg', sent],
          ['the clone of lodash', clonedeep(sent)],
          ['the clone of Node-RED', util.cloneMessage(sent)],
        ] as const)
          deepest = Math.max(deepest, walk(each, name));
        assert.ok(JSON.stringify(sent).length > 0);
        messages++;
      }
      assert.equal('isAdmin' in {}, false, 'every object has it now');
    };
    let tried = 0;
    for (const vendor of [...VENDORS, datagram]) {
      const read = (contentType: string | undefined, body: Buffer, more: Partial<Notification> = {}) => {
        inspect(decoded(vendor, notificationOf(contentType, [body], more, limitsOf(vendor))));
        tried++;
      };
      const fixtures = fixturesOf(vendor.id).filter(({ body }) => body.length > 0);
      for (const { contentType, body } of fixtures.filter((each) => each.body.length <= SMALL)) {
        for (const at of body.keys()) {
          const [byte, before] = [body[at], body[at - 1]];
          const pieces =
            byte === 0x7b
              ? NASTY.json
              : byte === 0x3e
                ? NASTY.xml
                : byte === 0x26
                  ? NASTY.fields
                  : byte === 0x0a && before === 0x0d
                    ? NASTY.form
                    : [];
          for (const piece of short ? pieces.slice(0, 4) : pieces)
            read(
              contentType,
              Buffer.concat([body.subarray(0, at + 1), Buffer.from(piece), body.subarray(at + 1)]),
            );
        }
      }
      for (const query of NASTY.fields)
        read(undefined, Buffer.alloc(0), {
          query: `eventType=VMD&EventAction=start${query}`,
          truncated: false,
        });
      const random = seeded(20_261_122);
      for (let run = 0; run < (short ? 0 : 10_000); run++) {
        const [one, other] = [fixtures[random(fixtures.length)], fixtures[random(fixtures.length)]];
        if (one !== undefined && other !== undefined)
          read(one.contentType, changed(one.body, other.body, random));
      }
    }
    figure(
      `${tried} documents with what must not get through: ${messages} messages and two clones of each, ${deepest} deep at most`,
    );
  },
  [
    {
      what: 'takes every name of JSON',
      file: 'src/wire/json.js',
      from: 'if (!exports.FORBIDDEN_KEYS.has(key))',
      to: '',
    },
    {
      what: 'takes every name of XML',
      file: 'src/wire/xml.js',
      from: 'else if (!json_js_1.FORBIDDEN_KEYS.has(name)) {',
      to: 'else {',
    },
    {
      what: 'does not look how deep JSON is',
      file: 'src/wire/json.js',
      from: 'if (++depth > limit)',
      to: 'if (false)',
    },
  ],
);
