import type { Clock } from '../clock.js';

/** Does something when it is asked to, but not at once and not too often: what is asked meanwhile is done in one. */
export class Pace {
  readonly #clock: Clock;
  readonly #waitMs: number;
  readonly #intervalMs: number;
  readonly #action: () => void;
  #last = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;

  /**
   * @param waitMs from the first time it is asked, so that what comes at once is told at once
   * @param intervalMs from one time to the next
   */
  constructor(clock: Clock, waitMs: number, intervalMs: number, action: () => void) {
    this.#clock = clock;
    this.#waitMs = waitMs;
    this.#intervalMs = intervalMs;
    this.#action = action;
  }

  ask(): void {
    if (this.#cancel !== undefined) return;
    const wait = Math.max(this.#waitMs, this.#last + this.#intervalMs - this.#clock.ticks());
    this.#cancel = this.#clock.after(wait, () => {
      this.#cancel = undefined;
      this.#last = this.#clock.ticks();
      this.#action();
    });
  }

  /** What was asked for is not done any more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
