import assert from 'node:assert/strict';
import { killAgainAndAgain } from './support/killing.js';
import { promise } from './support/promise.js';

const KILLS = 200;
/** A build that loses alarms loses some of each kill. */
const FEW_KILLS = 12;
const SEED = 20_261_122;

promise(
  'P01',
  'an alarm that was answered comes out, with its picture, whenever the process is killed',
  async ({ build, short, figure }) => {
    const kills = short ? FEW_KILLS : KILLS;
    const { answered, lost, twice, unmarked, damaged, left } = await killAgainAndAgain(
      build.file(''),
      kills,
      SEED,
    );
    figure(
      `${kills} kills, ${answered} answered 200, ${lost.length} lost, ${twice} came more than once, ${unmarked.length} of them not marked so`,
    );
    assert.equal(lost.length, 0, `${lost.length} of ${answered} answered ones are lost`);
    assert.deepEqual(damaged, [], 'came out with other pictures');
    assert.deepEqual(left, [], 'kept although they were dealt with');
    assert.ok(answered > kills * 5, `${answered} answered: hardly anything was tried`);
  },
  [
    {
      what: 'answers before it is written',
      file: 'src/sources/reception.js',
      from: 'void outcome.then((kept) => this.#reply(arrival, kept), ',
      to: "this.#reply(arrival, 'accepted'), void outcome.then(() => undefined, ",
    },
    {
      what: 'takes it for dealt with when it is written',
      file: 'src/inbox/inbox.js',
      from: 'this.#goOn(draft, new arrival_js_1.Holding(stored));',
      to: 'this.#goOn(draft, new arrival_js_1.Holding(stored)); stored.settle();',
    },
    {
      what: 'does not give out what was left',
      file: 'src/inbox/backlog.js',
      from: 'this.#left = unsettled.filter(',
      to: 'this.#left = [].filter(',
    },
  ],
);
