import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { seeded } from '../vendors/changes.js';
import type { Settled } from './support/flows.js';
import { type Outcome, Trial } from './support/trial.js';

/** Fewer and shorter for a quick look: FLEET_KILLS=4 FLEET_DOWN_MS=5000. */
const KILLS = Number(process.env['FLEET_KILLS'] ?? 20);
const DOWN_MS = Number(process.env['FLEET_DOWN_MS'] ?? 60_000);
const SEED = Number(process.env['SEED'] ?? 20_261_122);
/** Enough to show that a wrong gateway loses alarms. */
const FEW_KILLS = 4;
const SHORT_DOWN_MS = 3_000;
/** A machine works for so long before the next one is killed, in milliseconds. */
const LIFE = [300, 1_500] as const;

type Harm = (trial: Trial) => Promise<void>;

const killWorkers =
  (kills: number): Harm =>
  async ({ workers }) => {
    const life = lives();
    for (let kill = 0; kill < kills; kill++) {
      await pause(life());
      const worker = workers[kill % workers.length];
      await worker?.kill();
      await worker?.start();
    }
  };

const killGateways =
  (kills: number): Harm =>
  async ({ gateways }) => {
    const life = lives();
    for (let kill = 0; kill < kills; kill++) {
      await pause(life());
      const gateway = gateways[kill % gateways.length];
      gateway?.door.close();
      await gateway?.machine.kill();
      await gateway?.machine.start();
      gateway?.door.open(gateway.port);
    }
  };

const stopBroker =
  (how: 'SIGTERM' | 'SIGKILL', milliseconds: number): Harm =>
  async ({ broker }) => {
    await pause(LIFE[1]);
    await broker.stop(how);
    await pause(milliseconds);
    await broker.start();
    await pause(LIFE[1]);
  };

function lives(): () => number {
  const random = seeded(SEED);
  const [shortest, longest] = LIFE;
  return () => shortest + random(longest - shortest + 1);
}

async function suffer(t: TestContext, harm: Harm, settled?: Settled): Promise<Outcome> {
  const trial = await Trial.start(t, settled);
  await harm(trial);
  const outcome = await trial.finish();
  const { answered, lost, twice, twicePlain, early } = outcome;
  t.diagnostic(
    `${answered} answered 200, ${lost} lost, ${twice} came more than once, ${twicePlain} of them not marked so, ` +
      `${early} settled before the broker had them`,
  );
  return outcome;
}

const KEPT: readonly (readonly [string, Harm])[] = [
  [`workers are killed ${KILLS} times`, killWorkers(KILLS)],
  [`gateways are killed ${KILLS} times`, killGateways(KILLS)],
  [`the broker is stopped for ${DOWN_MS / 1000} s`, stopBroker('SIGTERM', DOWN_MS)],
  ['the broker is killed and comes back empty', stopBroker('SIGKILL', SHORT_DOWN_MS)],
];
for (const [what, harm] of KEPT)
  test(`no alarm that a gateway answered is lost when ${what}`, async (t) => {
    const { answered, lost, twicePlain, early, left } = await suffer(t, harm);
    assert.equal(lost, 0, `${lost} of ${answered} answered ones are lost`);
    assert.equal(twicePlain, 0, `${twicePlain} came twice without being marked`);
    assert.equal(early, 0, `${early} were settled before the broker had them`);
    assert.equal(left, 0, 'kept although all were dealt with');
    assert.ok(answered > 100, `${answered} answered: hardly anything was tried`);
  });

const BITES: readonly (readonly [Settled, string, Harm])[] = [
  ['by the broker', 'workers are killed', killWorkers(FEW_KILLS)],
  ['when handed over', 'the broker is stopped', stopBroker('SIGTERM', SHORT_DOWN_MS)],
];
for (const [settled, what, harm] of BITES)
  test(`alarms settled ${settled} are lost when ${what}`, async (t) => {
    const { lost } = await suffer(t, harm, settled);
    assert.ok(lost > 0, 'nothing is lost: the test proves nothing');
  });
