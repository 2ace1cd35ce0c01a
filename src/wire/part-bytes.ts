import type { Limits } from '../limits.js';
import { classify } from './classify.js';

const EMPTY = Buffer.alloc(0);
/** More than `classify` looks at. */
const KIND_BYTES = 512;

/** The bytes of one part as they arrive, up to the limit of what they are. What is over the limit is dropped. */
export class PartBytes {
  readonly #limits: Limits;
  /** Up to here no kind of part is too long. */
  readonly #free: number;
  /** Each has at least one byte. */
  #chunks: Buffer[] = [];
  #length = 0;
  #cap: number | undefined;
  #cut = false;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#free = Math.min(limits.documentBytes, limits.pictureBytes, limits.videoBytes);
  }

  /** Bytes kept so far. */
  get length(): number {
    return this.#length;
  }

  /** Whether bytes were dropped. */
  get cut(): boolean {
    return this.#cut;
  }

  /** Bytes that can come before a limit has to be looked at; 0 right before the first one is dropped. */
  get room(): number {
    if (this.#cut) return Number.POSITIVE_INFINITY;
    if (this.#length < this.#free) return this.#free - this.#length;
    this.#cap ??= this.#capOf();
    return Math.max(0, this.#cap - this.#length);
  }

  add(bytes: Buffer): void {
    if (bytes.length === 0 || this.#cut) {
      this.#cut ||= bytes.length > 0;
      return;
    }
    this.#chunks.push(bytes);
    this.#length += bytes.length;
    if (this.#length <= this.#free) return;
    this.#cap ??= this.#capOf();
    if (this.#length <= this.#cap) return;
    this.#chunks = [this.bytes().subarray(0, this.#cap)];
    this.#length = this.#cap;
    this.#cut = true;
  }

  /** The first bytes, so many at most. */
  lead(count: number): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= count) return first.subarray(0, count);
    return Buffer.concat(this.#chunks.slice(0, count), Math.min(this.#length, count));
  }

  /** The last bytes that came in one piece, so many at most. */
  tail(count: number): Buffer {
    return this.#chunks.at(-1)?.subarray(-count) ?? EMPTY;
  }

  bytes(): Buffer {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks, this.#length)];
    return this.#chunks[0] as Buffer;
  }

  #capOf(): number {
    switch (classify(this.lead(KIND_BYTES))) {
      case 'xml':
      case 'json':
        return this.#limits.documentBytes;
      case 'jpeg':
      case 'png':
        return this.#limits.pictureBytes;
      default:
        return this.#limits.videoBytes;
    }
  }
}
