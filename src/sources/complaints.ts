import type { Limits } from '../limits.js';

/** Lets the same complaint through once in a while, so that a scan or a wrongly set camera does not flood a flow. */
export class Complaints {
  readonly #limits: Limits;
  readonly #now: () => number;
  readonly #lastTold = new Map<string, number>();

  /** @param now milliseconds since 1970 */
  constructor(limits: Limits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  isNew(complaint: string): boolean {
    const now = this.#now();
    const last = this.#lastTold.get(complaint);
    if (last !== undefined && now - last < this.#limits.complaintIntervalMs) return false;
    if (this.#lastTold.size >= this.#limits.complaintKeys) this.#lastTold.clear();
    this.#lastTold.set(complaint, now);
    return true;
  }
}
