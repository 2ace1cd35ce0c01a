import assert from 'node:assert/strict';
import { LIMITS } from '../../src/limits.js';
import { draftOf } from '../support/drafts.js';
import { makeKeptInbox } from '../support/kept-inbox.js';
import { nextTurn } from '../support/listener.js';
import { wordOf } from '../support/spooling.js';
import { seeded } from '../vendors/changes.js';
import { promise } from './support/promise.js';

const SEED = 20_261_122;
const INTERLEAVINGS = 100_000;

const notification = (word: string) =>
  draftOf({ timeRaw: '2026-11-22T08:15:30+01:00', document: { word }, channelRaw: word });

promise(
  'P04',
  'the same notification twice within two minutes gives one message, and never none',
  async ({ build, short, figure }) => {
    const { Inbox } = build.load<typeof import('../../src/inbox/inbox.js')>('src/inbox/inbox.js');
    const interleavings = short ? 1_000 : INTERLEAVINGS;
    let [deliveries, messages, repeated, refused] = [0, 0, 0, 0];
    for (let number = 0; number < interleavings; number++) {
      const random = seeded(SEED + number);
      const { inbox, store, clock, accept } = makeKeptInbox(false, Inbox);
      const came = new Map<string, number>();
      const alarm = ({ event }: Parameters<typeof wordOf>[0]) =>
        came.set(wordOf({ event }), (came.get(wordOf({ event })) ?? 0) + 1);
      inbox.subscribe({ alarm, sign: () => undefined });
      const answers: [word: string, state: ReturnType<typeof accept>][] = [];
      for (let left = 4 + random(12); left > 0; left--) {
        const choice = random(8);
        if (choice < 4) {
          const words = Array.from({ length: 1 + random(2) }, (_, index) => `${index} ${random(3)}`);
          const state = accept(...words.map(notification));
          for (const word of words) answers.push([word, state]);
          deliveries++;
        } else if (choice < 6 && store.asked.length > 0) store.go();
        else if (choice === 6 && store.asked.length > 0) store.fail();
        else clock.pass(1 + random(LIMITS.sameNotificationMs / 20));
        if (random(4) === 0) await Promise.resolve();
      }
      while (store.asked.length > 0) {
        if (random(4) === 0) store.fail();
        else store.go();
      }
      if (number % 100 === 0) await nextTurn();
      else for (let left = 10; left > 0; left--) await Promise.resolve();
      for (const [word, { outcome, code }] of answers) {
        assert.ok(
          outcome !== undefined || code !== undefined,
          `seed ${SEED + number}: ${word} was not answered`,
        );
        if (code !== undefined) refused++;
        else assert.equal(came.get(word), 1, `seed ${SEED + number}: ${word} was answered`);
      }
      for (const [word, times] of came) assert.equal(times, 1, `seed ${SEED + number}: ${word}`);
      messages += came.size;
      repeated += answers.length - came.size;
      inbox.stop();
    }
    figure(
      `${interleavings} interleavings of ${deliveries} deliveries with ${messages + repeated} alarms: ${messages} messages, one for each alarm that was taken; ${refused} were refused as they could not be kept`,
    );
  },
  [
    {
      what: 'knows nothing again',
      file: 'src/inbox/identity.js',
      from: 'if (own !== undefined && this.#own(brief).has(own))',
      to: 'if (false)',
    },
    {
      what: 'answers the same again while the first is still being written',
      file: 'src/inbox/inbox.js',
      from: "return this.#underway.get(identity.own ?? '');",
      to: 'return undefined;',
    },
    {
      what: 'remembers what it could not keep',
      file: 'src/inbox/inbox.js',
      from: 'this.#known.forget(identity);',
      to: '',
    },
  ],
);
