import { AlarmError } from '../errors.js';
import type { Limits } from '../limits.js';

/** The head of a part as its lines arrive, within its limits. */
export class PartHead {
  readonly #limits: Limits;
  readonly #headers = new Map<string, string>();
  #last = '';
  #lines = 0;
  #bytes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Lower-case names. */
  get headers(): ReadonlyMap<string, string> {
    return this.#headers;
  }

  /**
   * So many bytes more belong to it.
   * @param isLine whether they are a whole line, and not the begin of one that will be looked at again
   * @throws AlarmError `PART_HEADER_TOO_LARGE`
   */
  grow(bytes: number, isLine: boolean): void {
    if (this.#bytes + bytes > this.#limits.partHeaderBytes) throw new AlarmError('PART_HEADER_TOO_LARGE');
    if (isLine) this.#bytes += bytes;
  }

  /** @throws AlarmError `PART_HEADER_TOO_LARGE` */
  add(line: string): void {
    if (++this.#lines > this.#limits.partHeaderLines) throw new AlarmError('PART_HEADER_TOO_LARGE');
    const colon = line.indexOf(':');
    if ((line[0] === ' ' || line[0] === '\t') && this.#last !== '') {
      const value = this.#headers.get(this.#last) ?? '';
      this.#headers.set(this.#last, `${value} ${line.trim()}`);
    } else if (colon > 0) {
      // A line without a colon, such as a status line glued into a stream (isapi.md §1.7), says nothing about the part.
      this.#last = line.slice(0, colon).trim().toLowerCase();
      this.#headers.set(this.#last, line.slice(colon + 1).trim());
    }
  }
}
