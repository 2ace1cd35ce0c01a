import type { Clock } from '../clock.js';
import type { Limits } from '../limits.js';

/** Deliveries that come twice within seconds, as a camera sends them to its main and its second server. */
export class Duplicates {
  readonly #limits: Limits;
  readonly #clock: Clock;
  /** When each was first seen, by `Clock.ticks`; oldest first. */
  readonly #seen = new Map<string, number>();

  constructor(limits: Limits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Whether it is the first of its kind just now. */
  isNew(key: string): boolean {
    const now = this.#clock.ticks();
    for (const [old, at] of this.#seen) {
      if (now - at < this.#limits.duplicateMs && this.#seen.size <= this.#limits.duplicates) break;
      this.#seen.delete(old);
    }
    if (this.#seen.has(key)) return false;
    this.#seen.set(key, now);
    return true;
  }
}
