import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { seeded } from '../../vendors/changes.js';
import { CameOut } from './came-out.js';
import { Door, Fleet } from './fleet.js';

/** What became of alarms whose listener was killed again and again. */
export interface Killed {
  readonly kills: number;
  readonly answered: number;
  /** Answered 200, and never came out. */
  readonly lost: readonly number[];
  /** Came more than once. */
  readonly twice: number;
  /** Of those, without being marked. */
  readonly unmarked: readonly number[];
  readonly damaged: readonly number[];
  /** Files that were left when all had come out. */
  readonly left: readonly string[];
}

const CAMERAS = 16;
/** A listener works for the first to the second before it is killed, in milliseconds. */
const SHORTEST_MS = 20;
const LONGEST_MS = 140;

/**
 * Kills a listener without warning while cameras push to it, so many times, and lets what is left come out.
 * @param root of the compiled package
 * @param seed the same gives the same moments
 */
export async function killAgainAndAgain(root: string, kills: number, seed: number): Promise<Killed> {
  const folder = mkdtempSync(path.join(tmpdir(), 'camera-alarms-'));
  const random = seeded(seed);
  const came = new CameOut();
  const start = () => new Listening(root, folder, came);
  let next = start();
  try {
    const door = new Door();
    const fleet = new Fleet(door, CAMERAS);
    for (let kill = 0; kill < kills; kill++) {
      // The one after it loads its code meanwhile.
      const listening = next;
      next = start();
      door.open(await listening.start());
      await Promise.race([fleet.answers(), listening.ended]);
      await pause(SHORTEST_MS + random(LONGEST_MS - SHORTEST_MS + 1));
      door.close();
      await listening.kill();
    }
    door.open(await next.start());
    // What was left of a camera comes before what is new of it.
    await came.all(await fleet.finish());
    await next.stop();
    const lost = came.missing(fleet.answered);
    const { twice, unmarked, damaged } = came;
    const left = readdirSync(folder);
    return { kills, answered: fleet.answered.size, lost, twice, unmarked, damaged, left };
  } finally {
    await next.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A listener in a process of its own. */
class Listening {
  readonly #child: ChildProcess;
  readonly #over: Promise<unknown>;
  /** Rejects when it is over. */
  readonly ended: Promise<never>;

  constructor(root: string, folder: string, came: CameOut) {
    this.#child = fork(path.join(__dirname, 'keeping-child.js'), [root, folder], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    if (this.#child.stdout === null) throw new Error('it has no output');
    const lines = createInterface({ input: this.#child.stdout });
    lines.on('line', (line) => came.putLine(line));
    this.#over = Promise.all([once(lines, 'close'), once(this.#child, 'exit')]);
    this.ended = this.#over.then(() => Promise.reject(new Error('the listener ended by itself')));
    this.ended.catch(() => undefined);
  }

  /** @returns its port */
  async start(): Promise<number> {
    this.#child.send('start');
    const [port] = await Promise.race([once(this.#child, 'message'), this.ended]);
    return port as number;
  }

  /** Resolves when all it has written is read. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#over;
  }

  /** Ends it as Node-RED ends nodes. */
  async stop(): Promise<void> {
    this.#child.send('stop');
    await this.#over;
  }
}
