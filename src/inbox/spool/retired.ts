import type { Disk, GrowingFile } from './disk.js';

/** Segments whose space is kept for the next ones: under load, one becomes free about when another is needed. */
const SPARE = 2;

/**
 * Segments that hold nothing any more, oldest first: they are used again or removed in this order, as the younger ones
 * tell what of the older is settled. Nobody waits for a removal: disks take milliseconds to free that much.
 */
export class Retired {
  readonly #disk: Disk;
  readonly #onError: (error: unknown) => void;
  readonly #names: string[] = [];
  #spare = SPARE;
  #running: Promise<void> | undefined;

  /** @param onError one could not be removed: {@link resume} tries it again */
  constructor(disk: Disk, onError: (error: unknown) => void) {
    this.#disk = disk;
    this.#onError = onError;
  }

  add(name: string): void {
    this.#names.push(name);
    this.resume();
  }

  /** Tries again what could not be removed. */
  resume(): void {
    if (this.#names.length > this.#spare) this.#running ??= this.#remove();
  }

  /** A file with the space of the oldest one, or else with space of its own. */
  async create(name: string): Promise<GrowingFile> {
    const [old] = this.#names;
    if (old === undefined || this.#running !== undefined) return this.#disk.create(name);
    let isOver: () => void = () => undefined;
    this.#running = new Promise((resolve) => {
      isOver = resolve;
    });
    try {
      const file = await this.#disk.reuse(old, name);
      this.#names.shift();
      return file;
    } catch {
      // Somebody may have cleared it away.
      return await this.#disk.create(name);
    } finally {
      this.#running = undefined;
      isOver();
      this.resume();
    }
  }

  /** Removes all of them, and keeps none any more. Never rejects. */
  async clear(): Promise<void> {
    this.#spare = 0;
    await this.#running;
    this.resume();
    await this.#running;
  }

  async #remove(): Promise<void> {
    // What is added in the same turn is removed too.
    await Promise.resolve();
    try {
      for (
        let [name] = this.#names;
        name !== undefined && this.#names.length > this.#spare;
        [name] = this.#names
      ) {
        await this.#disk.remove(name);
        this.#names.shift();
      }
    } catch (error) {
      this.#onError(error);
    }
    this.#running = undefined;
  }
}
