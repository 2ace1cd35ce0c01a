import type { DeviceClient } from '../device/device-client.js';
import { AlarmError, type AlarmErrorCode } from '../errors.js';
import type { HostCapabilities } from '../vendors/isapi/host-capabilities.js';
import {
  applyChanges,
  changesFor,
  type HostChange,
  isFor,
  nowhere,
  type PushTarget,
  slotFor,
} from '../vendors/isapi/host-changes.js';
import { type HostSlot, HttpHosts } from '../vendors/isapi/http-hosts.js';
import type { BackupStore } from './backup.js';
import { DeviceHosts } from './device-hosts.js';
import { type WriteOutcome, writeSlot } from './host-writer.js';
import { differenceOf, isMade, lineOf, shortSlot } from './slot-difference.js';

/** Whom to configure, and what for. */
export interface ConfigureJob {
  readonly client: Pick<DeviceClient, 'request'>;
  /** Name of the device in the store of backups. */
  readonly device: string;
  readonly target: PushTarget;
  readonly backups: BackupStore;
  readonly signal?: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** What was found out or done. */
export interface ConfigureResult {
  readonly changed: boolean;
  readonly slot?: string;
  /** Where the device pushes to, with the secret. */
  readonly url?: string;
  /** One line for each value that differs, without secrets. */
  readonly difference: readonly string[];
  readonly remarks: readonly string[];
}

/** What became of an entry that was ours. */
export type Kept = 'kept' | 'renewed' | 'changed' | 'taken';

/** What is to be done, found out without changing anything. */
interface Plan {
  readonly hosts: HttpHosts;
  readonly slot: HostSlot;
  readonly changes: readonly HostChange[];
  /** The list as the device has it, in which the slot may not be yet. */
  readonly before: Buffer;
  readonly isNew: boolean;
  readonly capabilities: HostCapabilities;
}

/** Tells one device where to push its events: read, plan, apply, verify, restore (isapi.md §8). */
export class Configurator {
  readonly #job: ConfigureJob;
  readonly #hosts: DeviceHosts;

  constructor(job: ConfigureJob) {
    this.#job = job;
    this.#hosts = new DeviceHosts(job.client, job.signal);
  }

  /** Whom the device pushes to now. Changes nothing. */
  async read(): Promise<ConfigureResult> {
    await this.#hosts.capabilities();
    const hosts = await this.#hosts.read();
    const ours = hosts.slots.find((slot) => isFor(slot, this.#job.target));
    return { ...this.#about(ours), changed: false, difference: [], remarks: hosts.slots.map(shortSlot) };
  }

  /** What `apply` would change. Changes nothing. */
  async plan(): Promise<ConfigureResult> {
    const { slot, changes } = await this.#plan();
    return { ...this.#about(slot), changed: false, difference: this.#lines(slot, changes), remarks: [] };
  }

  /**
   * Writes it, and proves that it is there. What was there before is remembered first.
   * @throws AlarmError `CONFIG_…`: what the device had is what it has, but for `CONFIG_NOT_RESTORED`
   */
  async apply(): Promise<ConfigureResult> {
    const plan = await this.#plan();
    const { slot, changes } = plan;
    const difference = this.#lines(slot, changes);
    if (changes.length === 0)
      return { ...this.#about(slot), changed: false, difference, remarks: ['nothing to change'] };
    const { hosts, reboot, slot: written } = await this.#write(plan);
    const remarks = reboot ? ['the device stored it and has to be restarted'] : [];
    if (written !== undefined && !reboot) remarks.push(await this.#tested(hosts, written));
    return { ...this.#about(written ?? slot), changed: true, difference, remarks };
  }

  /** Asks the device whether it reaches the listener. */
  async test(): Promise<ConfigureResult> {
    const hosts = await this.#hosts.read();
    const slot = hosts.slots.find((each) => isFor(each, this.#job.target));
    if (slot === undefined) throw new AlarmError('CONFIG_NO_ENTRY');
    const remarks = [await this.#tested(hosts, slot)];
    return { ...this.#about(slot), changed: false, difference: [], remarks };
  }

  /**
   * Brings back what was in the slot before the first `apply`. An entry of somebody else that is there now stays.
   * @throws AlarmError `CONFIG_NO_BACKUP`, `CONFIG_NO_ENTRY`, `CONFIG_NOT_RESTORED`
   */
  async restore(): Promise<ConfigureResult> {
    const backup = await this.#job.backups.load(this.#job.device);
    if (backup === undefined) throw new AlarmError('CONFIG_NO_BACKUP');
    const before = new HttpHosts(Buffer.from(backup.list, 'base64'));
    await this.#hosts.capabilities();
    const hosts = await this.#hosts.read();
    const slot = hosts.slot(backup.slot) ?? hosts.slots.find((each) => isFor(each, this.#job.target));
    const old = before.slot(backup.slot);
    if (slot === undefined || old === undefined) return this.#takeAway(slot);
    const difference = this.#lines(slot, differenceOf(slot, old));
    if (difference.length > 0) {
      if (!isFor(slot, this.#job.target)) throw new AlarmError('CONFIG_NO_ENTRY', shortSlot(slot));
      await this.#putBack(hosts, slot, before, old);
    }
    await this.#job.backups.remove(this.#job.device);
    return { changed: difference.length > 0, slot: slot.id, difference, remarks: [] };
  }

  /**
   * Looks whether the entry is there still: gives it again to a device that forgot it, as after a reset, and leaves
   * alone what somebody changed.
   */
  async keep(): Promise<ConfigureResult & { readonly kept: Kept }> {
    const backup = await this.#job.backups.load(this.#job.device);
    const capabilities = await this.#hosts.capabilities();
    const hosts = await this.#hosts.read();
    const slot = hosts.slots.find((each) => isFor(each, this.#job.target)) ?? hosts.slot(backup?.slot ?? '');
    if (slot !== undefined && !slot.isFree) {
      const mine = isFor(slot, this.#job.target);
      const changes = mine ? changesFor(slot, hosts, this.#job.target, capabilities) : [];
      const kept = mine ? (changes.length === 0 ? 'kept' : 'changed') : 'taken';
      const difference = this.#lines(slot, changes);
      return { ...this.#about(slot), changed: false, difference, remarks: [shortSlot(slot)], kept };
    }
    return { ...(await this.apply()), kept: 'renewed' };
  }

  async #plan(): Promise<Plan> {
    const capabilities: HostCapabilities = await this.#hosts.capabilities();
    const there = await this.#hosts.read();
    const before = there.document.bytes();
    const isNew = there.slots.length === 0;
    const hosts = isNew ? there.withNewSlot() : there;
    const slot = slotFor(hosts, this.#job.target);
    const changes = changesFor(slot, hosts, this.#job.target, capabilities);
    return { hosts, slot, changes, before, isNew, capabilities };
  }

  /** For a slot that was not there before; undefined when it is gone already. */
  async #takeAway(slot: HostSlot | undefined): Promise<ConfigureResult> {
    if (slot !== undefined) {
      const { refusal } = await this.#hosts.remove(slot.id);
      const now = (await this.#hosts.read()).slot(slot.id);
      if (now !== undefined && !now.isFree) throw new AlarmError('CONFIG_NOT_RESTORED', refusal);
    }
    await this.#job.backups.remove(this.#job.device);
    const difference = slot === undefined ? [] : [`slot ${slot.id}: removed`];
    return { changed: slot !== undefined, difference, remarks: [] };
  }

  async #write(plan: Plan): Promise<WriteOutcome> {
    const { backups, device, target, now = Date.now } = this.#job;
    const { hosts, slot, before, isNew } = plan;
    // What we wrote ourselves is not what was there before.
    if (!isFor(slot, target) || (await backups.load(device)) === undefined) {
      const savedAt = new Date(now()).toISOString();
      const list = before.toString('base64');
      await backups.save(device, { slot: isNew ? '' : slot.id, list, savedAt });
    }
    try {
      return await this.#tryBothUrls(plan);
    } catch (error) {
      if (!isNew) await this.#undo(hosts, slot);
      throw isCode(error, 'CONFIG_REFUSED') ? this.#explained(error) : error;
    }
  }

  /** Some devices take a path as url, some a whole address, and few say which (isapi.md §8.3). */
  async #tryBothUrls(plan: Plan): Promise<WriteOutcome> {
    const { hosts, slot, changes, capabilities } = plan;
    try {
      return await this.#writeChanges(plan, changes);
    } catch (error) {
      const whole = changesFor(slot, hosts, this.#job.target, capabilities, true);
      const same = changes.some(({ path, to }) => path === 'url' && /^https?:/i.test(to));
      if (!isCode(error, 'CONFIG_REFUSED') || same) throw error;
      try {
        return await this.#writeChanges(plan, whole);
      } catch {
        throw error;
      }
    }
  }

  #writeChanges({ hosts, slot, isNew }: Plan, changes: readonly HostChange[]): Promise<WriteOutcome> {
    const edited = new HttpHosts(hosts.document.bytes());
    applyChanges(edited.document, edited.slot(slot.id) as HostSlot, changes);
    const isThere = (written: HostSlot) => changes.every((change) => isMade(written, change));
    return writeSlot(this.#hosts, edited.document.bytes(), slot.id, isThere, undefined, isNew);
  }

  /** After a write that failed: a device may have taken half of it (isapi.md §8.4). */
  async #undo(before: HttpHosts, old: HostSlot): Promise<void> {
    const hosts = await this.#hosts.read();
    const slot = hosts.slot(old.id);
    if (slot !== undefined && differenceOf(slot, old).length > 0)
      await this.#putBack(hosts, slot, before, old);
  }

  async #putBack(hosts: HttpHosts, slot: HostSlot, before: HttpHosts, old: HostSlot): Promise<void> {
    const edited = new HttpHosts(hosts.document.bytes());
    const place = edited.slot(slot.id) as HostSlot;
    edited.document.put(place.node, before.document.sourceOf(old.node));
    const isThere = (written: HostSlot) => differenceOf(written, old).length === 0;
    try {
      const bytes = edited.document.bytes();
      const isExact = (now: HttpHosts) => now.document.bytes().equals(bytes);
      await writeSlot(this.#hosts, bytes, slot.id, isThere, isExact);
    } catch (error) {
      if (!isCode(error, 'CONFIG_REFUSED') && !isCode(error, 'CONFIG_NOT_STORED')) throw error;
      if (!old.isFree || !(await this.#setFree(slot))) {
        const now = (await this.#hosts.read()).slot(slot.id);
        if (now !== undefined && !isThere(now))
          throw new AlarmError('CONFIG_NOT_RESTORED', error.message, { cause: error });
      }
    }
  }

  /** An empty place cannot be written on some devices: it can be given up, or lead nowhere. */
  async #setFree({ id }: HostSlot): Promise<boolean> {
    const isFree = (slot: HostSlot | undefined) => slot === undefined || slot.isFree;
    await this.#hosts.remove(id);
    const hosts = await this.#hosts.read();
    const slot = hosts.slot(id);
    if (slot === undefined || slot.isFree) return true;
    applyChanges(hosts.document, slot, nowhere(slot));
    try {
      return isFree((await writeSlot(this.#hosts, hosts.document.bytes(), id, isFree)).slot);
    } catch (error) {
      if (error instanceof AlarmError) return false;
      throw error;
    }
  }

  async #tested(hosts: HttpHosts, slot: HostSlot): Promise<string> {
    const { result, words } = await this.#hosts.test(hosts, slot);
    if (result === 'ok') return 'the device reaches the listener';
    return result === 'problem'
      ? `the device does not reach the listener: ${words}`
      : `the device has no test of its own: ${words}`;
  }

  /** A refusal rarely says why. */
  #explained(error: AlarmError): AlarmError {
    const { host, port, tls, path } = this.#job.target;
    const reasons = [
      ...(tls ? ['it may take HTTP alone'] : []),
      ...(/^[\d.]+$/.test(host) ? [] : ['it may take IPv4 addresses alone']),
      ...(port < 1024 ? ['it may take ports from 1024 alone'] : []),
      ...(path.length > 32 ? ['the path may be too long'] : []),
    ];
    return new AlarmError('CONFIG_REFUSED', [/\((.*)\)$/.exec(error.message)?.[1], ...reasons].join('; '));
  }

  #about(slot: HostSlot | undefined): Pick<ConfigureResult, 'slot' | 'url'> {
    const { host, port, tls, path } = this.#job.target;
    const name = host.includes(':') ? `[${host}]` : host;
    return { ...(slot && { slot: slot.id }), url: `${tls ? 'https' : 'http'}://${name}:${port}${path}` };
  }

  #lines(slot: HostSlot, changes: readonly HostChange[]): string[] {
    return changes.map((change) => lineOf(slot, change, this.#job.target.path));
  }
}

const isCode = (error: unknown, code: AlarmErrorCode): error is AlarmError =>
  error instanceof AlarmError && error.code === code;
