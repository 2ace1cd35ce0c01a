import { setTimeout as pause } from 'node:timers/promises';
import { seeded } from '../../vendors/changes.js';
import type { CameOut } from './came-out.js';
import { Door, Fleet } from './fleet.js';

/** A process with a listener, that can be killed at any moment. */
export interface Victim {
  /** @returns the port of its listener */
  start(): Promise<number>;
  /** Rejects when it is over. */
  readonly ended: Promise<never>;
  /** Resolves when all it has written is read. */
  kill(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
}

export interface KillPlan {
  readonly kills: number;
  /** The same gives the same moments. */
  readonly seed: number;
  /** A listener works for the first to the second before it is killed, in milliseconds. */
  readonly life: readonly [shortest: number, longest: number];
  /** The next one, of the same folder: it may load its code, and nothing else. */
  readonly next: () => Victim;
  readonly came: CameOut;
}

/** What became of alarms whose listener was killed again and again. */
export interface Killed {
  readonly answered: number;
  /** Answered 200, and never came out. */
  readonly lost: readonly number[];
}

const CAMERAS = 16;

/** Kills a listener without warning while cameras push to it, and lets what is left come out. */
export async function killAgainAndAgain({ kills, seed, life, next, came }: KillPlan): Promise<Killed> {
  const random = seeded(seed);
  const [shortest, longest] = life;
  const door = new Door();
  const fleet = new Fleet(door, CAMERAS);
  let follower = next();
  try {
    for (let kill = 0; kill < kills; kill++) {
      const victim = follower;
      follower = next();
      door.open(await victim.start());
      await Promise.race([fleet.answers(), victim.ended]);
      await pause(shortest + random(longest - shortest + 1));
      door.close();
      await victim.kill();
    }
    door.open(await follower.start());
    // What was left of a camera comes before what is new of it.
    await came.all(await fleet.finish());
    await follower.stop();
    return { answered: fleet.answered.size, lost: came.missing(fleet.answered) };
  } finally {
    await follower.kill();
  }
}

/** In one line. */
export const killedFigure = (kills: number, { answered, lost }: Killed, { twice, unmarked }: CameOut) =>
  `${kills} kills, ${answered} answered 200, ${lost.length} lost, ${twice} came more than once, ` +
  `${unmarked.length} of them not marked so`;
