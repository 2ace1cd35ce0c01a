/** The latest of many: the one that was set longest ago is forgotten for one more. */
export class Remembered<V> {
  readonly #most: number;
  readonly #entries: Map<string, V>;

  constructor(most: number, entries: Iterable<readonly [string, V]> = []) {
    this.#most = most;
    this.#entries = new Map(entries);
  }

  /** Oldest first. */
  get entries(): [string, V][] {
    return [...this.#entries];
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size > this.#most) this.#entries.delete(oldest);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
