import assert from 'node:assert/strict';
import type { Kept, Spool } from '../../src/inbox/spool/spool.js';
import { FakeDisk } from '../support/fake-disk.js';
import { CAMERAS, keep, makeSpool, wordAlarm, wordsOf } from '../support/spooling.js';
import { type Random, seeded } from '../vendors/changes.js';
import { promise } from './support/promise.js';

const SEED = 20_261_122;
const SEQUENCES = 100_000;
/** About two records fill a segment, so that old ones are removed and alarms move on in each sequence. */
const SMALL = { spoolSegmentBytes: 1_500 };

/** A machine whose spool is told what to do at random, and what must be found on it when its power is back. */
class Machine {
  readonly #random: Random;
  readonly #Spool: typeof Spool;
  #disk: FakeDisk;
  #spool: Spool | undefined;
  #lastWord = 0;
  /** Words of what was acknowledged and not settled. */
  #owed = new Map<string, Kept>();
  /** Words of what was given to be kept and was not answered for, or was settled: they may be found. */
  readonly #possible = new Set<string>();
  crashes = 0;
  acknowledged = 0;

  constructor(seed: number, Class: typeof Spool) {
    this.#random = seeded(seed);
    this.#Spool = Class;
    this.#disk = new FakeDisk(this.#random);
  }

  async run(): Promise<void> {
    await this.#open();
    for (let left = 2 + this.#random(8); left > 0; left--) {
      const choice = this.#random(8);
      if (choice < 4) await this.#accept();
      else if (choice < 6) this.#settle();
      else if (choice === 6) await this.#crash();
      else await this.#restart();
    }
    await this.#crash();
  }

  async #open(): Promise<void> {
    const { spool } = makeSpool({ disk: this.#disk, changed: SMALL, spool: this.#Spool });
    const { unsettled } = await spool.open();
    const words = await wordsOf(unsettled);
    assert.equal(new Set(words).size, words.length, `twice: ${words.join(' ')}`);
    for (const word of this.#owed.keys())
      assert.ok(words.includes(word), `${word} was acknowledged and is lost`);
    for (const word of words)
      assert.ok(this.#owed.has(word) || this.#possible.has(word), `${word} comes from nowhere`);
    this.#owed = new Map(unsettled.map((kept, index) => [words[index] as string, kept]));
    this.#spool = spool;
  }

  async #accept(): Promise<void> {
    const words = Array.from({ length: 1 + this.#random(3) }, () => `${++this.#lastWord}`);
    const spool = this.#spool as Spool;
    await Promise.all(
      words.map(async (word) => {
        this.#possible.add(word);
        const device = CAMERAS[this.#random(CAMERAS.length)];
        const kept = await keep<Kept>(spool, wordAlarm(word, device, this.#random(300))).catch(
          () => undefined,
        );
        if (kept === undefined) return;
        this.#owed.set(word, kept);
        this.acknowledged++;
      }),
    );
  }

  #settle(): void {
    for (const [word, kept] of this.#owed) {
      if (this.#random(3) === 0) continue;
      kept.settle();
      this.#owed.delete(word);
      this.#possible.add(word);
    }
  }

  /** The power fails, while the spool rests or at any moment of what it does. */
  async #crash(): Promise<void> {
    this.crashes++;
    if (this.#random(4) > 0) {
      this.#disk.cutPowerAfter(this.#random(7));
      if (this.#random(2) === 0) this.#settle();
      await this.#accept();
    }
    this.#disk = this.#disk.crash();
    await this.#open();
  }

  async #restart(): Promise<void> {
    await this.#spool?.close();
    await this.#open();
  }
}

promise(
  'P02',
  'with sync, what was acknowledged and not dealt with outlives a power cut at any moment',
  async ({ build, short, figure }) => {
    const { Spool } = build.load<typeof import('../../src/inbox/spool/spool.js')>('src/inbox/spool/spool.js');
    let [crashes, acknowledged] = [0, 0];
    const sequences = short ? 2_000 : SEQUENCES;
    for (let number = 0; number < sequences; number++) {
      const machine = new Machine(SEED + number, Spool);
      await machine.run().catch((error: unknown) => {
        throw new Error(`sequence ${SEED + number}: ${String(error)}`, { cause: error });
      });
      crashes += machine.crashes;
      acknowledged += machine.acknowledged;
    }
    figure(`${sequences} sequences, ${crashes} power cuts, ${acknowledged} alarms acknowledged, none lost`);
  },
  [
    {
      what: 'does not wait for the disk',
      file: 'src/inbox/spool/spool.js',
      from: 'await segment.file?.sync();',
      to: ';',
    },
    {
      what: 'removes an old segment whatever it holds',
      file: 'src/inbox/spool/spool.js',
      from: 'if (oldest.live.size > 0)\n                    break;',
      to: '',
    },
    {
      what: 'moves alarms without waiting for the disk',
      file: 'src/inbox/spool/spool.js',
      from: 'await this.#append(to, pieces, end, this.#sync);',
      to: 'await this.#append(to, pieces, end, false);',
    },
    {
      what: 'counts from the beginning after each restart',
      file: 'src/inbox/spool/spool.js',
      from: 'this.#lastNumber = Math.max(recovered.lastNumber, this.#clock.now() * NUMBERS_PER_MS);',
      to: '',
    },
  ],
);
