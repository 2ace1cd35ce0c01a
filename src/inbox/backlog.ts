import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.js';
import { AlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import type { Inbox, Keeping } from './inbox.js';
import { MemoryStore } from './memory-store.js';
import type { Disk } from './spool/disk.js';
import type { About } from './spool/kept-alarm.js';
import { type Kept, Spool } from './spool/spool.js';
import type { Store } from './store.js';

const HOUR_MS = 3_600_000;

/** How alarms are kept. */
export interface KeepOptions {
  /** Where; in memory unless given. */
  readonly disk?: Disk | undefined;
  /** Whether what is on disk outlives a power cut. */
  readonly sync: boolean;
  /** Whether flows have to confirm alarms. */
  readonly confirmed: boolean;
}

/** Who is told how it goes. */
export interface BacklogEvents {
  /** Nothing can be kept just now, and why; undefined when it can again. */
  readonly onTrouble: (trouble: AlarmError | undefined) => void;
  /** An alarm of an earlier run is too old to be given out, or something went wrong that costs no alarm. */
  readonly onError: (error: unknown) => void;
}

/** What is kept for the inboxes of one listener, and what an earlier run left to them. */
export class Backlog {
  readonly #options: KeepOptions | undefined;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #events: BacklogEvents;
  readonly #spool: Spool | undefined;
  readonly #store: Store | undefined;
  readonly #inboxes = new Map<string, Inbox>();
  #seen: readonly About[] = [];
  /** Whose inbox is not there. */
  #left: Kept[] = [];
  #cancel: () => void = () => undefined;
  #closed = false;

  /** @param options nothing is kept unless given */
  constructor(options: KeepOptions | undefined, limits: Limits, clock: Clock, events: BacklogEvents) {
    this.#options = options;
    this.#limits = limits;
    this.#clock = clock;
    this.#events = events;
    const { disk, sync = false, confirmed = false } = options ?? {};
    if (disk !== undefined) {
      this.#spool = new Spool({ disk, limits, clock, random: randomBytes, sync, ...events });
    }
    this.#store = this.#spool ?? (confirmed ? new MemoryStore(limits) : undefined);
  }

  /** How the inbox of a path keeps its alarms. */
  keeping(path: string): Keeping | undefined {
    const { confirmed = false } = this.#options ?? {};
    return this.#store && { store: this.#store, path, confirmed };
  }

  /** The inbox of a path is there: it gets what was left to it. */
  join(path: string, inbox: Inbox): void {
    this.#inboxes.set(path, inbox);
    this.#giveOut();
  }

  leave(path: string): void {
    this.#inboxes.delete(path);
  }

  /**
   * Gives out what an earlier run left.
   * @returns undefined where nothing is on disk; else resolves when that is done, or cannot be: then it is tried again
   */
  open(): Promise<void> | undefined {
    return this.#spool && this.#read(this.#spool);
  }

  async #read(spool: Spool): Promise<void> {
    try {
      const { unsettled, seen } = await spool.open();
      this.#seen = seen.filter((about) => this.#isRecent(about));
      this.#left = unsettled.filter((kept) => !this.#isTooOld(kept));
      this.#giveOut();
    } catch {
      // Told as trouble already.
      if (!this.#closed)
        this.#cancel = this.#clock.after(this.#limits.spoolRetryMs, () => void this.#read(spool));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#spool?.close();
  }

  #giveOut(): void {
    for (const about of this.#seen) this.#inboxFor(about)?.recall(about);
    this.#seen = this.#seen.filter((about) => this.#inboxFor(about) === undefined);
    const mine = this.#left.filter(({ about }) => this.#inboxFor(about) !== undefined);
    this.#left = this.#left.filter((kept) => !mine.includes(kept));
    for (const kept of mine) this.#inboxFor(kept.about)?.restore(kept);
  }

  /** A path may belong to another vendor now. */
  #inboxFor({ path, vendor }: About): Inbox | undefined {
    const inbox = this.#inboxes.get(path);
    return inbox?.vendor.id === vendor ? inbox : undefined;
  }

  /** Long enough ago, the same is another one. */
  #isRecent({ receivedAt }: About): boolean {
    return this.#clock.now() - receivedAt < this.#limits.sameNotificationMs;
  }

  #isTooOld(kept: Kept): boolean {
    const isOld = this.#clock.now() - kept.about.receivedAt > this.#limits.spoolAgeHours * HOUR_MS;
    if (isOld) {
      this.#events.onError(new AlarmError('SPOOL_AGED', new Date(kept.about.receivedAt).toISOString()));
      kept.settle();
    }
    return isOld;
  }
}
