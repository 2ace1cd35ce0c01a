import type { Clock } from '../clock.js';

/** A timer later than this was held up, as in a process that was suspended. */
const LATE_MS = 2_000;

/** Looks whether something keeps coming. Costs one timer, however often it is fed. */
export class Watch {
  readonly #clock: Clock;
  readonly #limit: () => number;
  readonly #onSilence: () => void;
  #last = 0;
  #due = 0;
  #cancel: (() => void) | undefined;
  #stopped = false;

  /** @param limit how long it may be silent, asked anew each time: it is learnt meanwhile */
  constructor(clock: Clock, limit: () => number, onSilence: () => void) {
    this.#clock = clock;
    this.#limit = limit;
    this.#onSilence = onSilence;
  }

  /** Something came. The first time it begins to look. */
  feed(): void {
    this.#last = this.#clock.ticks();
    if (!this.#stopped) this.#cancel ??= this.#arm(this.#limit());
  }

  /** The limit may have become shorter. */
  adjust(): void {
    if (this.#stopped || this.#cancel === undefined) return;
    const left = this.#last + this.#limit() - this.#clock.ticks();
    if (left <= 0 || this.#clock.ticks() + left >= this.#due) return;
    this.#cancel();
    this.#cancel = this.#arm(left);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #arm(wait: number): () => void {
    const due = this.#clock.ticks() + wait;
    this.#due = due;
    return this.#clock.after(wait, () => {
      const now = this.#clock.ticks();
      const left = this.#last + this.#limit() - now;
      // This process was asleep: bytes that came meanwhile are read before the next timer.
      const asleep = now - due > LATE_MS;
      if (left > 0 || asleep) this.#cancel = this.#arm(Math.max(1, asleep ? LATE_MS : left));
      else this.#onSilence();
    });
  }
}
