import type { Clock } from '../clock.js';
import { AlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import type { ArchiveDisk } from './disk.js';
import { type ArchiveMessage, type Entry, entryOf } from './entry.js';
import { diskFailure } from './failure.js';
import { covers, readRecord, recordOf, writeRecord } from './record.js';
import { removeOld } from './removal.js';
import { safeName } from './safe-name.js';

/** Who puts messages into an archive. */
export interface ArchiveUser {
  /** What is older may be removed as far as this one is concerned; 0 for never. */
  readonly days: number;
  /** Is told when old files cannot be removed: once, until it has worked again. */
  readonly tell: (problem: AlarmError) => void;
}

type ArchiveLimits = Pick<
  Limits,
  'archiveNameBytes' | 'archiveRecordBytes' | 'archiveUnfinishedMs' | 'archiveFirstMs' | 'archiveRoundMs'
>;

/** So many alarms of one kind at one place may begin in the same second before names get long. */
const NUMBERED = 9;

/** A folder with the pictures of alarms, by day and place, and with a JSON file for each alarm. */
export class Archive {
  readonly #users = new Set<ArchiveUser>();
  #last: Promise<unknown> = Promise.resolve();
  #callOff: () => unknown = () => undefined;
  readonly #rounds = new AbortController();
  #isTold = false;

  constructor(
    private readonly disk: ArchiveDisk,
    private readonly clock: Clock,
    private readonly limits: ArchiveLimits,
  ) {}

  get deserted(): boolean {
    return this.#users.size === 0;
  }

  /** Old files are removed from now on, those that are too old for all users. @returns how to leave; who leaves last ends it */
  add(user: ArchiveUser): () => void {
    if (this.deserted) this.#schedule(this.limits.archiveFirstMs);
    this.#users.add(user);
    return () => {
      this.#users.delete(user);
      if (!this.deserted) return;
      this.#callOff();
      this.#rounds.abort();
    };
  }

  /**
   * Keeps the pictures of a message, one message after the other.
   * @returns where they are; empty for a message without any
   * @throws AlarmError `ARCHIVE_FAILED`
   */
  keep(message: ArchiveMessage): Promise<readonly string[]> {
    const kept = this.#last.then(async () => {
      const entry = entryOf(message, this.clock.now(), this.limits);
      return entry === undefined ? [] : this.#write(entry);
    });
    this.#last = kept.catch(() => undefined);
    return kept.catch((error: unknown) => {
      throw diskFailure(error, 'ARCHIVE_FAILED');
    });
  }

  /** Resolves when all that was given to it so far is kept, or has failed. */
  async idle(): Promise<void> {
    await this.#last;
  }

  async #write(entry: Entry): Promise<readonly string[]> {
    const { stem, event } = entry;
    const stems = [stem];
    for (let number = 2; number <= NUMBERED; number++) stems.push(`${stem} ${number}`);
    // A device whose clock stands still has thousands in the same second.
    const unique = safeName(event?.id ?? String(this.clock.now()), this.limits.archiveNameBytes);
    for (const each of [...stems, `${stem} ${unique}`]) {
      const files = await this.#writeAs(each, entry);
      if (files !== undefined) return files.map((file) => this.disk.pathOf(file));
    }
    throw new AlarmError('ARCHIVE_FAILED', 'EEXIST');
  }

  /**
   * The record comes first: who has written it owns the names of its pictures, whoever else writes into this folder.
   * One of the same alarm that is there already is completed, should the power have failed in the middle.
   * @returns undefined when somebody else has the name
   */
  async #writeAs(stem: string, { day, place, ...entry }: Entry): Promise<readonly string[] | undefined> {
    const { disk, limits } = this;
    const folder = `${day}/${place}`;
    const record = recordOf({ day, place, ...entry }, stem, this.clock.now());
    const about = `${folder}/${stem}.json`;
    const isNew = await disk.write(about, writeRecord(record, limits.archiveRecordBytes));
    if (!isNew && !covers(readRecord(await disk.read(about, limits.archiveRecordBytes)), record))
      return undefined;
    const made = isNew ? [about] : [];
    const files: string[] = [];
    try {
      for (const { name, content } of entry.pictures) {
        const file = `${folder}/${stem} ${name}`;
        if (await disk.write(file, content)) made.push(file);
        else if (!(await this.#holds(file, content))) {
          await this.#undo(made);
          return undefined;
        }
        files.push(file);
      }
      await disk.sync(folder);
    } catch (error) {
      await this.#undo(made);
      throw error;
    }
    return files;
  }

  /** It was kept before, or another process keeps the same alarm at this moment. */
  async #holds(file: string, content: Uint8Array): Promise<boolean> {
    return (await this.disk.read(file, content.length))?.equals(content) ?? false;
  }

  /** As far as the disk lets us. */
  async #undo(made: readonly string[]): Promise<void> {
    for (const file of [...made].reverse()) await this.disk.remove(file).catch(() => undefined);
  }

  #schedule(milliseconds: number): void {
    this.#callOff = this.clock.after(milliseconds, () => void this.#round());
  }

  async #round(): Promise<void> {
    const { signal } = this.#rounds;
    // The longest wish holds: what one user removes would be missed by another.
    const days = Math.max(...[...this.#users].map((user) => user.days || Number.POSITIVE_INFINITY));
    try {
      await removeOld({ disk: this.disk, limits: this.limits, now: this.clock.now(), days, signal });
      this.#isTold = false;
    } catch (error) {
      const [user] = this.#users;
      if (!this.#isTold) user?.tell(diskFailure(error, 'ARCHIVE_NOT_REMOVED'));
      this.#isTold = true;
    }
    if (!signal.aborted) this.#schedule(this.limits.archiveRoundMs);
  }
}
