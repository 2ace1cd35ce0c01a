import assert from 'node:assert/strict';
import type { Clock } from '../../src/routing/pairing.js';

interface Timer {
  readonly due: number;
  readonly action: () => void;
}

/** Time that passes when a test says so. Actions run without `this`, as those of setTimeout may. */
export class ManualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #passed = 0;
  #start: number;

  constructor(start: number) {
    this.#start = start;
  }

  now(): number {
    return this.#start + this.#passed;
  }

  after(milliseconds: number, action: () => void): () => void {
    assert.ok(milliseconds > 0 && Number.isFinite(milliseconds), `a timer of ${milliseconds} ms`);
    const timer = { due: this.#passed + milliseconds, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that were not called off and have not run. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Lets time pass; what becomes due runs at its own moment, in order. */
  pass(milliseconds: number): void {
    const until = this.#passed + milliseconds;
    for (;;) {
      const [next] = [...this.#timers].filter(({ due }) => due <= until).sort((a, b) => a.due - b.due);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#passed = next.due;
      const { action } = next;
      action();
    }
    this.#passed = until;
  }

  /** The computer's clock is put forward or back; what waits keeps waiting for as long as it would have. */
  jump(milliseconds: number): void {
    this.#start += milliseconds;
  }
}
