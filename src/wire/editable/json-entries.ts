import type { Edit } from './document.js';

/** Offsets of one member of an object, with its key, or of one item of a list. */
export interface JsonEntry {
  readonly start: number;
  readonly end: number;
  /** Of an item there is none. */
  readonly name?: string;
  /** What is in a member that is a list. */
  readonly items?: JsonEntries;
}

/**
 * What stands between the brackets of an object or a list of JSON, and what is to go and to come there. Commas belong
 * to no entry, so that they are seen to when all is known.
 */
export class JsonEntries {
  /** Behind the opening bracket. */
  readonly #from: number;
  readonly #all: JsonEntry[] = [];
  readonly #removed = new Set<number>();
  /** With the blanks in front of it, by the place of the entry it goes behind. */
  readonly #added: { readonly behind: number; readonly blank: string; readonly text: string }[] = [];

  constructor(from: number) {
    this.#from = from;
  }

  push(entry: JsonEntry): void {
    this.#all.push(entry);
  }

  get last(): JsonEntry | undefined {
    return this.#all.at(-1);
  }

  get names(): string[] {
    return this.#all.flatMap(({ name }) => name ?? []);
  }

  /** The first list under that name. */
  list(name: string): JsonEntries | undefined {
    return this.#all.find((entry) => entry.name === name && entry.items !== undefined)?.items;
  }

  /** The entry that a value stands in, at any depth. */
  around({ start, end }: { readonly start: number; readonly end: number }): JsonEntry | undefined {
    return this.#all.find((entry) => entry.start <= start && end <= entry.end);
  }

  remove(entry: JsonEntry): void {
    this.#removed.add(this.#all.indexOf(entry));
  }

  /**
   * @param behind undefined for the first place
   * @param blank what stands between the comma and the new entry
   */
  add(text: string, behind: JsonEntry | undefined, blank: string): void {
    this.#added.push({ behind: behind === undefined ? -1 : this.#all.indexOf(behind), blank, text });
  }

  /** What has to be done to the text for it. */
  edits(): Edit[] {
    return this.#edits().filter(({ start, end, text }) => start < end || text !== '');
  }

  #edits(): Edit[] {
    if (this.#removed.size === 0 && this.#added.length === 0) return [];
    const kept = [...this.#all.keys()].filter((place) => !this.#removed.has(place));
    const [first] = kept;
    if (first === undefined) return [this.#instead()];
    const found = first > 0 ? [this.#before(first)] : [];
    for (const [at, place] of kept.entries()) found.push(...this.#behind(place, kept[at + 1]));
    return found;
  }

  /** Nothing that was there stays. */
  #instead(): Edit {
    const text = this.#addedFrom(-1, this.#all.length)
      .map((each, at) => (at === 0 ? '' : `,${each.blank}`) + each.text)
      .join('');
    return { start: this.#all[0]?.start ?? this.#from, end: this.last?.end ?? this.#from, text };
  }

  /** In front of the first one that stays. */
  #before(first: number): Edit {
    const text = this.#addedFrom(-1, first).map((each) => `${each.text},${each.blank}`);
    return { start: this.#start(0), end: this.#start(first), text: text.join('') };
  }

  /** From one that stays to the next one. */
  #behind(place: number, next: number | undefined): Edit[] {
    const { end } = this.#all[place] as JsonEntry;
    const text = this.#addedFrom(place, next ?? this.#all.length)
      .map((each) => `,${each.blank}${each.text}`)
      .join('');
    const found = text === '' ? [] : [{ start: end, end, text }];
    if (next === undefined) return [...found, { start: end, end: this.last?.end ?? end, text: '' }];
    return [...found, { start: this.#start(place + 1), end: this.#start(next), text: '' }];
  }

  #addedFrom(place: number, next: number) {
    const found = this.#added.filter(({ behind }) => behind >= place && behind < next);
    return found.sort((one, other) => one.behind - other.behind);
  }

  #start(place: number): number {
    return (this.#all[place] as JsonEntry).start;
  }
}
