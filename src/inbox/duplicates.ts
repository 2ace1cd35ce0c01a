import type { Clock } from '../clock.js';

/** What comes more than once within a while, such as what a camera sends to its main and its second server. */
export class Duplicates {
  readonly #windowMs: number;
  readonly #most: number;
  readonly #clock: Clock;
  /** When each was first seen, by `Clock.ticks`; oldest first. */
  readonly #seen = new Map<string, number>();

  /** @param most how many are remembered */
  constructor(windowMs: number, most: number, clock: Clock) {
    this.#windowMs = windowMs;
    this.#most = most;
    this.#clock = clock;
  }

  has(key: string): boolean {
    this.#forgetOld();
    return this.#seen.has(key);
  }

  /** @param agoMs since when it is known */
  add(key: string, agoMs = 0): void {
    if (agoMs < this.#windowMs && !this.has(key)) this.#seen.set(key, this.#clock.ticks() - agoMs);
  }

  /** It was not taken after all. */
  forget(key: string): void {
    this.#seen.delete(key);
  }

  #forgetOld(): void {
    const now = this.#clock.ticks();
    for (const [old, at] of this.#seen) {
      if (now - at < this.#windowMs && this.#seen.size <= this.#most) return;
      this.#seen.delete(old);
    }
  }
}
