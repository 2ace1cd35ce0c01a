/** Things that arrive in their own time, taken one by one in order. */
export class Mailbox<T> {
  readonly #waiting: T[] = [];
  #wanted: ((thing: T) => void)[] = [];

  put(thing: T): void {
    const taker = this.#wanted.shift();
    if (taker === undefined) this.#waiting.push(thing);
    else taker(thing);
  }

  /** What is there and was not taken. */
  get size(): number {
    return this.#waiting.length;
  }

  /** The next one, as soon as it is there. @throws when none comes in time */
  take(withinMs = 15_000): Promise<T> {
    const next = this.#waiting.shift();
    if (next !== undefined) return Promise.resolve(next);
    return new Promise((resolve, reject) => {
      const taker = (thing: T) => {
        clearTimeout(timer);
        resolve(thing);
      };
      const timer = setTimeout(() => {
        this.#wanted = this.#wanted.filter((each) => each !== taker);
        reject(new Error(`nothing arrived within ${withinMs} ms`));
      }, withinMs);
      this.#wanted.push(taker);
    });
  }
}
