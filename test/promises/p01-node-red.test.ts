import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../support/node-red.js';
import { CameOut } from './support/came-out.js';
import { KilledNodeRed, packageOf, readOutput } from './support/killed-node-red.js';
import { killAgainAndAgain, killedFigure } from './support/killing.js';
import { promise } from './support/promise.js';

/** More with `npm run soak`. */
const KILLS = Number(process.env['KILLS'] ?? 10);
const FEW_KILLS = 5;
const SEED = Number(process.env['SEED'] ?? 20_261_122);

promise(
  'P01-node-red',
  'an alarm that was answered comes out of its flow whenever Node-RED is killed',
  async ({ build, t, short, figure }) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'camera-alarms-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const ownPackage = packageOf(build.file(''), path.join(folder, 'package'));
    const kills = short ? FEW_KILLS : KILLS;
    const came = new CameOut();
    t.after(readOutput(folder, came));
    const port = await freePort();
    const next = () => new KilledNodeRed(folder, port, ownPackage);
    const killed = await killAgainAndAgain({ kills, seed: SEED, life: [50, 500], next, came });
    figure(killedFigure(kills, killed, came));
    const { answered, lost } = killed;
    assert.equal(lost.length, 0, `${lost.length} of ${answered} answered ones are lost`);
    assert.deepEqual(came.damaged, [], 'came out with other pictures');
    assert.ok(answered > kills * 5, `${answered} answered: hardly anything was tried`);
  },
  [
    {
      what: 'takes it for dealt with when the flow was handed it',
      file: 'src/inbox/deliveries.js',
      from: 'this.#settleSoon(copy);',
      to: 'this.#settle(copy);',
    },
  ],
);
