import assert from 'node:assert/strict';
import type { Vendor } from '../../src/notification.js';
import { promise } from './support/promise.js';

/** A synchronous call that takes longer holds up everything else Node-RED does. */
const LONGEST_MS = 50;
/** Documents with pictures in them may be as large as a body: to copy and search 32 MiB is half of this. */
const LARGE_MS = 100;
const JSON_TYPE = 'application/json';
const FULL = 32 * 1024 * 1024 - 100;

const filled = (piece: string) => piece.repeat(Math.floor(FULL / piece.length));
const LARGE: readonly (readonly [what: string, body: () => string])[] = [
  ['short strings', () => `{"a":[${filled('"x",')}1]}`],
  ['quotation marks', () => `{"a":${filled('""')}}`],
  ['one long string', () => `{"EventType":"PD","img":"${filled('A')}"}`],
  ['escaped quotation marks', () => `{"EventType":"PD","img":"${filled('\\"')}"}`],
  ['backslashes', () => `{"EventType":"PD","img":"${filled('\\\\')}"}`],
  ['long strings', () => `{"EventType":"PD","img":[${filled(`"${'A'.repeat(300)}",`)}1]}`],
  ['pictures', () => `{"data":{"alarm_snap_data":[${filled(`{"img_data":"/9j/${'A'.repeat(300)}"},`)}{}]}}`],
  ['blanks', () => `{${filled(' ')}}`],
  ['brackets', () => filled('[')],
];

promise(
  'P22',
  `no document holds anything else up for more than ${LONGEST_MS} ms`,
  async ({ build, figure }) => {
    const { load } = build;
    const { COSTLY, XML, longestStep } = load<typeof import('../fuzz/costly.js')>('test/fuzz/costly.js');
    const { DECLARING, ODD, POINTING } =
      load<typeof import('../fuzz/xml-attacks.js')>('test/fuzz/xml-attacks.js');
    const { Inbox } = load<typeof import('../../src/inbox/inbox.js')>('src/inbox/inbox.js');
    const { createIds } = load<typeof import('../../src/event-id.js')>('src/event-id.js');
    const { LIMITS } = load<typeof import('../../src/limits.js')>('src/limits.js');
    const { VENDORS } = load<typeof import('../../src/vendors/index.js')>('src/vendors/index.js');

    /** The shortest of five tries, as the machine may do something else in one of them. */
    const check = (
      vendor: Vendor,
      most: number,
      what: string,
      contentType: string,
      make: () => string,
    ): number => {
      const inbox = new Inbox(vendor, createIds(), LIMITS);
      inbox.subscribe({ alarm: () => undefined, sign: () => undefined });
      const body = Buffer.from(make(), 'latin1');
      let best = Number.POSITIVE_INFINITY;
      for (let left = 5; left > 0 && best > most; left--)
        best = Math.min(best, longestStep(inbox, contentType, body));
      inbox.stop();
      assert.ok(best <= most, `${vendor.id}, ${what}: ${best.toFixed(0)} ms`);
      return best;
    };
    const longest = (name: string, found: readonly (readonly [what: string, ms: number])[]) => {
      const [worst = ['none', 0]] = [...found].sort(([, a], [, b]) => b - a);
      figure(`${found.length} ${name}: longest ${worst[1].toFixed(1)} ms (${worst[0]})`);
    };

    for (const vendor of VENDORS) {
      longest(
        `documents that cost most, ${vendor.id}`,
        COSTLY.map(([what, contentType, make]) => [what, check(vendor, LONGEST_MS, what, contentType, make)]),
      );
      longest(
        `odd and attacking XML documents, ${vendor.id}`,
        [...DECLARING, ...POINTING, ...ODD].map(([what, document]) => [
          what,
          check(vendor, LONGEST_MS, what, XML, () => document),
        ]),
      );
    }
    for (const vendor of VENDORS.filter(({ embedsPictures }) => embedsPictures)) {
      longest(
        `documents of 32 MiB, ${vendor.id}`,
        LARGE.map(([what, make]) => [what, check(vendor, LARGE_MS, what, JSON_TYPE, make)]),
      );
    }
  },
  [
    {
      what: 'takes any number of documents in a delivery',
      file: 'src/vendors/isapi/index.js',
      from: 'if (bytes > limits.documentBytes)',
      to: 'if (false)',
    },
    {
      what: 'looks at every line that begins like a delimiter',
      file: 'src/wire/multipart.js',
      from: 'if (++lookalikes > MOST_LOOKALIKES)',
      to: 'if (false)',
    },
    {
      what: 'reads strings for as long as there are some',
      file: 'src/wire/long-strings.js',
      from: 'if (short.length + open - from > documentBytes)',
      to: 'if (false)',
    },
  ],
);
