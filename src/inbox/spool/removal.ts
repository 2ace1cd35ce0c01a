import type { Disk } from './disk.js';

/**
 * Removes segments that hold nothing any more, one behind the other: the younger ones tell what of the older is
 * settled. Nobody waits for it, as disks take milliseconds to free that much.
 */
export class Removal {
  readonly #disk: Disk;
  readonly #onError: (error: unknown) => void;
  /** Oldest first. */
  readonly #names: string[] = [];
  #running: Promise<void> | undefined;

  /** @param onError one could not be removed: {@link resume} tries it again */
  constructor(disk: Disk, onError: (error: unknown) => void) {
    this.#disk = disk;
    this.#onError = onError;
  }

  /** Resolves when nothing is being removed. Never rejects. */
  get over(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  add(name: string): void {
    this.#names.push(name);
    this.resume();
  }

  /** Tries again what could not be removed. */
  resume(): void {
    if (this.#names.length > 0) this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // What is added in the same turn is removed too.
    await Promise.resolve();
    try {
      for (let [name] = this.#names; name !== undefined; [name] = this.#names) {
        await this.#disk.remove(name);
        this.#names.shift();
      }
    } catch (error) {
      this.#onError(error);
    }
    this.#running = undefined;
  }
}
