import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { CameOut } from '../../promises/support/came-out.js';
import { Door, Fleet } from '../../promises/support/fleet.js';
import { readOutput } from '../../promises/support/killed-node-red.js';
import { freePort } from '../../support/node-red.js';
import { gatewayFlow, JOURNAL, type Settled, workerFlow } from './flows.js';
import { Machine } from './machine.js';
import { Mosquitto } from './mosquitto.js';

const CAMERAS = 8;
/** Two gateways with eight cameras each: some fifty alarms a second, half of them with a picture of 100 KB. */
const EVERY_MS = 250;
/** Numbers of the alarms of one gateway. */
const NUMBERS = 1_000_000;
/** Nothing has come for so long: longer than alarms take to come again. */
const PATIENCE_MS = 20_000;

/** A gateway with its cameras. */
export interface Gateway {
  readonly machine: Machine;
  readonly door: Door;
  readonly port: number;
  readonly fleet: Fleet;
}

/** What became of the alarms. */
export interface Outcome {
  readonly answered: number;
  /** Answered 200, and came out of no worker. */
  readonly lost: number;
  readonly twice: number;
  /** Came more than once as if for the first time. */
  readonly twicePlain: number;
  /** Settled at a gateway before the broker had taken them. */
  readonly early: number;
  /** Kept although all were dealt with. */
  readonly left: number;
}

/** A broker, two gateways with cameras that push all the time, and two workers. */
export class Trial {
  readonly broker: Mosquitto;
  readonly workers: readonly Machine[];
  readonly gateways: readonly Gateway[];
  readonly came = new CameOut();

  private constructor(broker: Mosquitto, workers: readonly Machine[], gateways: readonly Gateway[]) {
    this.broker = broker;
    this.workers = workers;
    this.gateways = gateways;
  }

  static async start(t: TestContext, settled?: Settled): Promise<Trial> {
    const folder = mkdtempSync(path.join(tmpdir(), 'camera-alarms-fleet-'));
    const broker = new Mosquitto(folder, await freePort());
    const workers = ['worker-1', 'worker-2'].map((name) => {
      const own = path.join(folder, name);
      return new Machine(own, workerFlow(own, broker.port), /Connected to broker/);
    });
    const gateways: Gateway[] = [];
    for (const name of ['gateway-1', 'gateway-2']) {
      const own = path.join(folder, name);
      const port = await freePort();
      const flow = gatewayFlow(name, own, { listener: port, broker: broker.port }, settled);
      const door = new Door();
      const fleet = new Fleet(door, CAMERAS, { everyMs: EVERY_MS, first: gateways.length * NUMBERS + 1 });
      gateways.push({
        machine: new Machine(own, flow, /waiting for alarms on port/),
        door,
        port,
        fleet,
      });
    }
    const trial = new Trial(broker, workers, gateways);
    t.after(async () => {
      await trial.#end();
      rmSync(folder, { recursive: true, force: true });
    });
    await broker.start();
    await Promise.all([...workers, ...gateways.map(({ machine }) => machine)].map((each) => each.start()));
    for (const { folder } of workers) t.after(readOutput(folder, trial.came));
    for (const { door, port } of gateways) door.open(port);
    await Promise.all(gateways.map(({ fleet }) => fleet.answers()));
    return trial;
  }

  /** Stops the cameras, and waits for what is under way. */
  async finish(): Promise<Outcome> {
    await Promise.all(this.gateways.map(({ fleet }) => fleet.finish()));
    const answered = this.gateways.flatMap(({ fleet }) => [...fleet.answered]);
    await this.came.all(answered, PATIENCE_MS);
    await Promise.all(this.gateways.map(allSettled));
    await Promise.all(this.gateways.map(({ machine }) => machine.stop()));
    const journals = this.gateways.map(({ machine }) => journalOf(machine));
    return {
      answered: answered.length,
      lost: this.came.missing(answered).length,
      twice: this.came.twice,
      twicePlain: this.came.twicePlain,
      early: journals.reduce((sum, journal) => sum + earlyOf(journal), 0),
      left: this.gateways.reduce((sum, { machine }) => sum + leftBehind(machine), 0),
    };
  }

  async #end(): Promise<void> {
    // Cameras push until they are answered: nobody answers any more.
    for (const { door } of this.gateways) door.close();
    const machines = [...this.workers, ...this.gateways.map(({ machine }) => machine)];
    await Promise.all(machines.map((machine) => machine.kill()));
    await this.broker.stop('SIGKILL');
  }
}

const journalOf = ({ folder }: Machine) => readFileSync(path.join(folder, JOURNAL), 'utf8').split('\n');

/** Waits until a gateway has settled as many as it has answered, or has settled none for long. */
async function allSettled({ machine, fleet }: Gateway): Promise<void> {
  const watcher = watch(path.join(machine.folder, JOURNAL));
  try {
    const settled = () => new Set(journalOf(machine).filter((line) => line.startsWith('settled '))).size;
    while (settled() < fleet.answered.size)
      await once(watcher, 'change', { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    // What is left is counted.
  } finally {
    watcher.close();
  }
}

/** How many were settled without being acknowledged before. */
function earlyOf(journal: readonly string[]): number {
  const acknowledged = new Set<string>();
  let early = 0;
  for (const line of journal) {
    const [what, id = ''] = line.split(' ');
    if (what === 'acknowledged') acknowledged.add(id);
    else if (what === 'settled' && !acknowledged.has(id)) early++;
  }
  return early;
}

/** Files of alarms behind an orderly end. */
function leftBehind({ folder }: Machine): number {
  const names = readdirSync(path.join(folder, 'camera-alarms', 'spool'), {
    recursive: true,
    encoding: 'utf8',
  });
  return names.filter((name) => name.endsWith('.alarms')).length;
}
