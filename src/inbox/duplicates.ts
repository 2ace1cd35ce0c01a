import type { Clock } from '../clock.js';

/** What comes more than once within a while, such as what a camera sends to its main and its second server. */
export class Duplicates {
  readonly #windowMs: number;
  readonly #most: number;
  readonly #clock: Clock;
  /** When each was first seen, by `Clock.ticks`. */
  readonly #seen = new Map<string, number>();
  /** Oldest first. Not the order of the Map, which walks over all that was deleted from its front. */
  readonly #order: string[] = [];

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
    if (agoMs >= this.#windowMs || this.has(key)) return;
    this.#seen.set(key, this.#clock.ticks() - agoMs);
    this.#order.push(key);
  }

  /** It was not taken after all. */
  forget(key: string): void {
    if (this.#seen.delete(key)) this.#order.splice(this.#order.lastIndexOf(key), 1);
  }

  #forgetOld(): void {
    const now = this.#clock.ticks();
    for (let [oldest] = this.#order; oldest !== undefined; [oldest] = this.#order) {
      const at = this.#seen.get(oldest) ?? 0;
      if (now - at < this.#windowMs && this.#order.length <= this.#most) return;
      this.#seen.delete(oldest);
      this.#order.shift();
    }
  }
}
