import type { Disk, GrowingFile } from '../../src/inbox/spool/disk.js';
import { type Random, seeded } from '../vendors/changes.js';

/** What a disk is asked to do. */
export type Deed = 'list' | 'create' | 'reuse' | 'read' | 'append' | 'sync' | 'shorten' | 'remove';

interface FakeFile {
  content: Buffer;
  /** What outlives a power cut. */
  durable: Buffer;
  /** Where the next byte is written. */
  end: number;
  /** From there on, up to the end, it was written since the last sync. */
  unsynced: number;
  /** Whether its name does. */
  named: boolean;
}

/** A disk in memory, whose power can be cut at any moment and that fails when it is told to. */
export class FakeDisk implements Disk {
  /** All that it was asked to do. */
  readonly deeds: Deed[] = [];
  readonly #random: Random;
  readonly #files: Map<string, FakeFile>;
  /** Since a folder was synced last, oldest first. */
  #removed: [name: string, file: FakeFile][] = [];
  readonly #faults = new Map<Deed, string>();
  #deedsLeft = Number.POSITIVE_INFINITY;
  #held: Promise<void> | undefined;

  constructor(random: Random = seeded(1), files = new Map<string, FakeFile>()) {
    this.#random = random;
    this.#files = files;
  }

  /** Its files, as who reads them now sees them. */
  get files(): ReadonlyMap<string, Buffer> {
    return new Map([...this.#files].map(([name, { content }]) => [name, content]));
  }

  /** Puts a file there, or another in its place. */
  put(name: string, content: Buffer): void {
    this.#files.set(name, fileOf(content));
  }

  /** From now on it fails so, such as with `ENOSPC`; undefined when it works again. */
  fail(deed: Deed, code: string | undefined): void {
    if (code === undefined) this.#faults.delete(deed);
    else this.#faults.set(deed, code);
  }

  /** Whatever is asked waits. @returns how to go on */
  hold(): () => void {
    let release: () => void = () => undefined;
    this.#held = new Promise((resolve) => {
      release = resolve;
    });
    return () => {
      this.#held = undefined;
      release();
    };
  }

  /** The power fails in the middle of what is asked after so many deeds; nothing is done any more. */
  cutPowerAfter(deeds: number): void {
    this.#deedsLeft = deeds;
  }

  /**
   * The power is cut. @returns the disk as it is when the power is back: without what was never synced, but for a part
   * of it that is torn at any byte and may be zeros; files that were removed may be back
   */
  crash(): FakeDisk {
    this.#deedsLeft = -1;
    const files = new Map<string, FakeFile>();
    const gone = this.#random(this.#removed.length + 1);
    for (const [name, file] of [...this.#files, ...this.#removed.slice(gone)]) {
      const { content, durable, end, unsynced, named } = file;
      if (!named && this.#random(2) === 0) continue;
      const torn = unsynced + this.#random(end - unsynced + 1);
      const rest = Buffer.from(content.subarray(unsynced, torn));
      if (this.#random(4) === 0) rest.fill(0, this.#random(rest.length + 1));
      const found = [durable.subarray(0, unsynced), rest, durable.subarray(torn)];
      files.set(name, fileOf(Buffer.concat(found)));
    }
    return new FakeDisk(this.#random, files);
  }

  list(): Promise<string[]> {
    return this.#do('list', () => [...this.#files.keys()]);
  }

  create(name: string): Promise<GrowingFile> {
    const file: FakeFile = { ...fileOf(Buffer.alloc(0)), named: false };
    const place = () => void this.#files.set(name, file);
    return this.#do(
      'create',
      () => {
        place();
        file.named = true;
        // The folder is synced, and with it what was removed from it.
        this.#removed = [];
        return this.#growing(file);
      },
      // Without the right to do it nothing happens; else the name may be there, and not for sure.
      (code) => code === 'EACCES' || place(),
    );
  }

  reuse(old: string, name: string): Promise<GrowingFile> {
    const rename = () => {
      const { content, durable } = this.#find(old);
      const file: FakeFile = { content, durable, end: 0, unsynced: 0, named: true };
      this.#files.delete(old);
      this.#files.set(name, file);
      return file;
    };
    return this.#do(
      'reuse',
      () => {
        const file = rename();
        this.#removed = [];
        return this.#growing(file);
      },
      // Whether it has its new name already nobody knows, and it is none of what is removed in between.
      () => this.#removed.length === 0 && this.#random(2) === 0 && rename(),
    );
  }

  read(name: string): Promise<Buffer> {
    return this.#do('read', () => Buffer.from(this.#find(name).content));
  }

  readAt(name: string, offset: number, length: number): Promise<Buffer> {
    return this.#do('read', () => Buffer.from(this.#find(name).content.subarray(offset, offset + length)));
  }

  remove(name: string): Promise<void> {
    return this.#do('remove', () => {
      const file = this.#files.get(name);
      if (file !== undefined) this.#removed.push([name, file]);
      this.#files.delete(name);
    });
  }

  #growing(file: FakeFile): GrowingFile {
    const grow = (bytes: Buffer) => {
      const { content, end } = file;
      file.end += bytes.length;
      file.content = Buffer.concat([content.subarray(0, end), bytes, content.subarray(file.end)]);
    };
    return {
      append: (pieces) => {
        const whole = Buffer.concat(pieces);
        return this.#do(
          'append',
          () => grow(whole),
          () => grow(whole.subarray(0, this.#random(whole.length + 1))),
        );
      },
      sync: () =>
        this.#do('sync', () => {
          file.durable = file.content;
          file.unsynced = file.end;
        }),
      shorten: (bytes) =>
        this.#do('shorten', () => {
          file.content = file.content.subarray(0, bytes);
          file.durable = file.durable.subarray(0, bytes);
          file.end = bytes;
          file.unsynced = Math.min(file.unsynced, bytes);
        }),
      close: async () => undefined,
    };
  }

  #find(name: string): FakeFile {
    const file = this.#files.get(name);
    if (file === undefined) throw failure('ENOENT');
    return file;
  }

  /** @param halfway what of it is done all the same when it fails */
  async #do<T>(deed: Deed, act: () => T, halfway: (code: string) => unknown = () => undefined): Promise<T> {
    await this.#held;
    this.deeds.push(deed);
    const left = this.#deedsLeft--;
    const code = left > 0 ? this.#faults.get(deed) : 'EIO';
    if (code === undefined) return act();
    if (left >= 0) halfway(code);
    throw failure(code);
  }
}

const failure = (code: string) => Object.assign(new Error(`${code}: as it was told`), { code });

const fileOf = (content: Buffer): FakeFile => ({
  content,
  durable: content,
  end: content.length,
  unsynced: content.length,
  named: true,
});
