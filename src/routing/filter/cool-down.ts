import type { Remembered } from './remembered.js';

/** The time after an alarm that was sent, in which no other one of its key is. Times in milliseconds since 1970. */
export class CoolDown {
  readonly #sent: Remembered<readonly number[]>;
  readonly #milliseconds: number;
  readonly #most: number;

  /** @param most times remembered of each key: what comes after an outage may be older than what was sent last */
  constructor(sent: Remembered<readonly number[]>, milliseconds: number, most: number) {
    this.#sent = sent;
    this.#milliseconds = milliseconds;
    this.#most = most;
  }

  /** Whether something was sent too shortly before, or after. */
  covers(key: string, at: number): boolean {
    return this.#sent.get(key)?.some((sent) => Math.abs(at - sent) < this.#milliseconds) === true;
  }

  note(key: string, at: number): void {
    const before = this.#sent.get(key) ?? [];
    this.#sent.set(key, [...before.slice(1 - this.#most), at]);
  }

  /** How long the one that began last goes on, from 1; whole for one of an alarm that was late. */
  left(key: string, now: number): number {
    const left = (this.#sent.get(key)?.at(-1) ?? 0) + this.#milliseconds - now;
    return Math.max(1, left > 0 ? Math.min(left, this.#milliseconds) : this.#milliseconds);
  }
}
