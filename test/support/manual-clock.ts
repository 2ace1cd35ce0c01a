import assert from 'node:assert/strict';
import type { Clock } from '../../src/clock.js';

interface Timer {
  readonly due: number;
  readonly action: () => void;
}

/** Time that passes when a test says so; the clock of the computer may jump, and the process may sleep. */
export class ManualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #ticks = 0;
  #start: number;

  /** @param start milliseconds since 1970 */
  constructor(start = Date.UTC(2026, 10, 22, 7, 15, 5)) {
    this.#start = start;
  }

  now(): number {
    return this.#start + this.#ticks;
  }

  ticks(): number {
    return this.#ticks;
  }

  after(milliseconds: number, action: () => void): () => void {
    assert.ok(milliseconds > 0 && Number.isFinite(milliseconds), `a timer of ${milliseconds} ms`);
    const timer = { due: this.#ticks + milliseconds, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that were not called off and have not run. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Milliseconds until the next timer. */
  get next(): number {
    return Math.min(...[...this.#timers].map(({ due }) => due)) - this.#ticks;
  }

  /** What becomes due runs at its own moment, in order. */
  pass(milliseconds: number): void {
    const until = this.#ticks + milliseconds;
    for (let next = this.#due(until); next !== undefined; next = this.#due(until)) {
      this.#ticks = Math.max(this.#ticks, next.due);
      this.#run(next);
    }
    this.#ticks = until;
  }

  /** The process is suspended: afterwards all timers that became due meanwhile run at once, late. */
  sleep(milliseconds: number): void {
    this.#ticks += milliseconds;
    const late = [...this.#timers].filter(({ due }) => due <= this.#ticks).sort((a, b) => a.due - b.due);
    for (const timer of late) if (this.#timers.has(timer)) this.#run(timer);
  }

  /** The computer's clock is put forward or back. */
  jump(milliseconds: number): void {
    this.#start += milliseconds;
  }

  #due(until: number): Timer | undefined {
    return [...this.#timers].filter(({ due }) => due <= until).sort((a, b) => a.due - b.due)[0];
  }

  #run(timer: Timer): void {
    this.#timers.delete(timer);
    const { action } = timer;
    action();
  }
}
