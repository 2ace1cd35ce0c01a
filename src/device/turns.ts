/** Gives a place back; calling it again does nothing. */
export type Release = () => void;

/** Places that are taken in the order of asking: at most so many at the same time, the others wait. */
export class Turns {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  /** Whether who takes a place now has to wait. */
  get busy(): boolean {
    return this.#free === 0;
  }

  /** @throws the reason of the signal when it aborts before a place is free */
  async take(signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#wait(signal);
    let held = true;
    return () => {
      if (held) this.#pass();
      held = false;
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const called = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.delete(called);
        reject(signal.reason);
      };
      this.#waiting.add(called);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** The place goes to the next one directly, so that no newcomer gets in between. */
  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
