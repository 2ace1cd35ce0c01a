import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CameOut } from './support/came-out.js';
import { KeepingProcess } from './support/keeping-process.js';
import { killAgainAndAgain, killedFigure } from './support/killing.js';
import { promise } from './support/promise.js';

/** More with `npm run soak`. */
const KILLS = Number(process.env['KILLS'] ?? 200);
/** A build that loses alarms loses some of each kill. */
const FEW_KILLS = 12;
const SEED = Number(process.env['SEED'] ?? 20_261_122);

promise(
  'P01',
  'an alarm that was answered comes out, with its picture, whenever the process is killed',
  async ({ build, t, short, figure }) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'camera-alarms-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const kills = short ? FEW_KILLS : KILLS;
    const came = new CameOut();
    const next = () => new KeepingProcess(build.file(''), folder, came);
    const killed = await killAgainAndAgain({ kills, seed: SEED, life: [20, 140], next, came });
    figure(killedFigure(kills, killed, came));
    const { answered, lost } = killed;
    assert.equal(lost.length, 0, `${lost.length} of ${answered} answered ones are lost`);
    assert.deepEqual(came.damaged, [], 'came out with other pictures');
    assert.deepEqual(readdirSync(folder), [], 'kept although all were dealt with');
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
