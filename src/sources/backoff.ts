export interface BackoffLimits {
  readonly reconnectLeastMs: number;
  readonly reconnectMostMs: number;
}

/** Waiting times between tries: doubled each time up to a bound, with full jitter, so that many do not come at once. */
export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #random: () => number;
  #tries = 0;

  /** @param random 0 up to 1 */
  constructor(limits: BackoffLimits, random: () => number) {
    this.#limits = limits;
    this.#random = random;
  }

  /**
   * Milliseconds until the next try.
   * @param steady the connection before was good for a while: no reason to wait longer than before
   */
  next(steady = false): number {
    const { reconnectLeastMs: least, reconnectMostMs: most } = this.#limits;
    if (!steady || this.#tries === 0) this.#tries++;
    const bound = Math.min(most, least * 2 ** this.#tries);
    return Math.round(least + this.#random() * (bound - least));
  }

  /** The connection was good for long enough. */
  reset(): void {
    this.#tries = 0;
  }
}
