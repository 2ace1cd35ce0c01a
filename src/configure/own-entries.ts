import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { isFor, type PushTarget } from '../vendors/isapi/host-changes.js';
import { canonicalHost } from '../vendors/isapi/host-values.js';
import type { HostSlot } from '../vendors/isapi/http-hosts.js';
import type { BackupStore, HostEntry } from './backup.js';

/** Who asks, about which device, and where it is to push. */
export interface Ownership {
  /** Name of the device in the store. */
  readonly device: string;
  readonly owner: string;
  readonly target: PushTarget;
  readonly backups: BackupStore;
}

const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** What was written to one device so far, and by whom: two nodes may have a place each. */
export class OwnEntries {
  readonly #job: Ownership;
  #all: readonly HostEntry[] = [];

  private constructor(job: Ownership, all: readonly HostEntry[]) {
    this.#job = job;
    this.#all = all;
  }

  static async load(job: Ownership): Promise<OwnEntries> {
    return new OwnEntries(job, await job.backups.load(job.device));
  }

  /** Those of whoever asks now. */
  get mine(): readonly HostEntry[] {
    const { owner, target } = this.#job;
    return this.#all.filter((entry) => entry.owner === owner || pathOf(entry) === target.path);
  }

  /** Whether a slot leads to the listener, or where we once told it to, with other settings. */
  isOurs(slot: HostSlot): boolean {
    return isFor(slot, this.#job.target) || this.mine.some((entry) => holds(entry, slot));
  }

  of(slot: HostSlot): HostEntry | undefined {
    return this.mine.find((entry) => entry.slot === slot.id);
  }

  /** Whether the login of the listener is another one than was written. */
  isLoginNew(slot: HostSlot): boolean {
    const { auth, username, password } = this.#job.target;
    const written = this.of(slot)?.login;
    if (auth === 'none' || written === undefined) return false;
    const bytes = Buffer.from(written, 'base64');
    const hash = bytes.subarray(SALT_BYTES);
    return !timingSafeEqual(hashOf(username, password, bytes.subarray(0, SALT_BYTES)), hash);
  }

  /** Before a slot is written. What we wrote ourselves is not what was there before. */
  async remember(slot: HostSlot, list: Buffer, isNew: boolean, at: Date): Promise<void> {
    const { owner, target } = this.#job;
    const before = this.of(slot);
    const kept = before !== undefined && this.isOurs(slot) ? before : undefined;
    const entry: HostEntry = {
      slot: isNew ? '' : slot.id,
      list: kept?.list ?? list.toString('base64'),
      savedAt: kept?.savedAt ?? at.toISOString(),
      owner,
      to: placeOf(target),
      ...(target.auth !== 'none' && { login: loginOf(target) }),
    };
    await this.#replace(before, entry);
  }

  /** A slot that was not there before has its id now; one that waits for a restart is not looked for until then. */
  async settle(before: HostSlot, written: HostSlot | undefined, pending: boolean): Promise<void> {
    const entry = this.of(before) ?? this.mine.find(({ slot }) => slot === '');
    if (entry === undefined) return;
    const { pending: _was, ...rest } = entry;
    // The id of a new one is left out: restoring it means taking it away.
    const slot = entry.slot === '' ? '' : (written?.id ?? entry.slot);
    await this.#replace(entry, { ...rest, slot, ...(pending && { pending: true as const }) });
  }

  async forget(entry: HostEntry): Promise<void> {
    await this.#replace(entry, undefined);
  }

  async #replace(before: HostEntry | undefined, after: HostEntry | undefined): Promise<void> {
    const others = this.#all.filter((each) => each !== before);
    this.#all = after === undefined ? others : [...others, after];
    await this.#job.backups.save(this.#job.device, this.#all);
  }
}

/** Whether a slot leads where we told it to. */
export const holds = (entry: HostEntry, slot: HostSlot): boolean =>
  (entry.slot === '' || entry.slot === slot.id) && !slot.isFree && entry.to === placeOf(slot);

const placeOf = ({
  host,
  port,
  path,
}: Pick<PushTarget, 'port' | 'path'> & { readonly host: string | undefined }) =>
  `${host && canonicalHost(host)}:${port}${path}`;

/** A host has no slash in it, so the first one begins the path. */
const pathOf = ({ to }: HostEntry) => to.slice(to.indexOf('/'));

function loginOf({ username, password }: PushTarget): string {
  const salt = randomBytes(SALT_BYTES);
  return Buffer.concat([salt, hashOf(username, password, salt)]).toString('base64');
}

const hashOf = (username: string, password: string, salt: Buffer) =>
  scryptSync(JSON.stringify([username, password]), salt, HASH_BYTES);
