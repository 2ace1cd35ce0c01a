import { EventEmitter, once } from 'node:events';
import { WHOLE } from './numbered.js';

/** What came out of flows, by the numbers of the alarms. */
export class CameOut {
  readonly #times = new Map<number, number>();
  readonly #plain = new Map<number, number>();
  readonly #changes = new EventEmitter();
  /** Came once more without being marked as such. */
  readonly unmarked: number[] = [];
  /** Came with other pictures than were sent. */
  readonly damaged: number[] = [];

  /** @param again whether it was marked as one that may have come before */
  put(number: number, again: boolean, checksum: number): void {
    const times = this.#times.get(number) ?? 0;
    this.#times.set(number, times + 1);
    if (times > 0 && !again) this.unmarked.push(number);
    if (!again) this.#plain.set(number, (this.#plain.get(number) ?? 0) + 1);
    if (!WHOLE.has(checksum)) this.damaged.push(number);
    this.#changes.emit('change');
  }

  /** A line of a process that writes down what comes out. */
  putLine(line: string): void {
    const [number, again, checksum] = line.split(' ').map(Number);
    if (number !== undefined && checksum !== undefined) this.put(number, again === 1, checksum);
  }

  has(number: number): boolean {
    return this.#times.has(number);
  }

  /** How many came more than once. */
  get twice(): number {
    return [...this.#times.values()].filter((times) => times > 1).length;
  }

  /** How many came more than once as if they came for the first time; whichever of several readers had them first. */
  get twicePlain(): number {
    return [...this.#plain.values()].filter((times) => times > 1).length;
  }

  /** Those of the numbers that never came. */
  missing(numbers: Iterable<number>): number[] {
    return [...numbers].filter((number) => !this.has(number));
  }

  /** Waits until all of them came, or nothing has come for so long. */
  async all(numbers: readonly number[], withinMs = 10_000): Promise<void> {
    while (this.missing(numbers).length > 0)
      try {
        await once(this.#changes, 'change', { signal: AbortSignal.timeout(withinMs) });
      } catch {
        return;
      }
  }
}

/** A line of what came out, as {@link CameOut.putLine} reads it. */
export const lineOf = (number: number, again: boolean, checksum: number) =>
  `${number} ${again ? 1 : 0} ${checksum}\n`;
