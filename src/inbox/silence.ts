/** How long a device may be silent: reckoned from its own heartbeats. */
export interface SilenceLimits {
  readonly silenceLeastMs: number;
  readonly silenceMostMs: number;
}

/** Heartbeats looked at; the median of so few follows a change of the setting within a minute. */
const GAPS = 5;
/** One gap alone may be that between a greeting and the first heartbeat. */
const LEAST_GAPS = 2;
/** A silence is longer than so many heartbeats: devices leave one out while they send events (isapi.md §2.3). */
const HEARTBEATS_OF_A_STREAM = 3;

/** Learns how often a device gives a sign of life. Times in milliseconds since any moment. */
export class Silence {
  readonly #limits: SilenceLimits;
  #gaps: number[] = [];
  #last: number | undefined;

  constructor(limits: SilenceLimits) {
    this.#limits = limits;
  }

  /** A heartbeat came. */
  beat(now: number): void {
    if (this.#last !== undefined) this.#gaps.push(now - this.#last);
    if (this.#gaps.length > GAPS) this.#gaps.shift();
    this.#last = now;
  }

  /** The gap to the next heartbeat of a new connection says nothing. */
  interrupt(): void {
    this.#last = undefined;
  }

  /** It was silent for too long: perhaps because its heartbeats come less often now, which must be learnt anew. */
  doubt(): void {
    this.interrupt();
    this.#gaps = [];
  }

  /** Longest silence that is no reason to doubt the connection of a stream. */
  get limitMs(): number {
    return this.limitFor(HEARTBEATS_OF_A_STREAM);
  }

  /** Longest silence for who may leave out so many heartbeats. */
  limitFor(heartbeats: number): number {
    const { silenceLeastMs, silenceMostMs } = this.#limits;
    if (this.#gaps.length < LEAST_GAPS) return silenceMostMs;
    const sorted = [...this.#gaps].sort((a, b) => a - b);
    const usual = sorted[Math.floor(sorted.length / 2)] ?? silenceMostMs;
    return Math.min(silenceMostMs, Math.max(silenceLeastMs, heartbeats * usual));
  }
}
