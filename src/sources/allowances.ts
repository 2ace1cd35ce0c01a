import type { Clock } from '../clock.js';

/** How much each sender may, and how many senders are told apart. */
export interface AllowanceLimits {
  /** Of each sender, in each window. */
  readonly each: number;
  /** Milliseconds. */
  readonly windowMs: number;
  /** Senders of one window; all further ones share one allowance, so that forged addresses cost no memory. */
  readonly senders: number;
}

/** Counts what each sender does, anew in each window of time. */
export class Allowances {
  readonly #limits: AllowanceLimits;
  readonly #clock: Clock;
  readonly #used = new Map<string, number>();
  #usedByOthers = 0;
  #windowEnd = Number.NEGATIVE_INFINITY;

  constructor(limits: AllowanceLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Uses up one of what a sender may. @returns whether there was one left */
  take(sender: string): boolean {
    const now = this.#clock.ticks();
    if (now >= this.#windowEnd) {
      this.#used.clear();
      this.#usedByOthers = 0;
      this.#windowEnd = now + this.#limits.windowMs;
    }
    const used = this.#used.get(sender);
    if (used === undefined && this.#used.size >= this.#limits.senders)
      return ++this.#usedByOthers <= this.#limits.each;
    if (used !== undefined && used >= this.#limits.each) return false;
    this.#used.set(sender, (used ?? 0) + 1);
    return true;
  }
}
