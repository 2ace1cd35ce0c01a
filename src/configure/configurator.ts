import type { DeviceClient } from '../device/device-client.js';
import { AlarmError, isCode } from '../errors.js';
import type { HostCapabilities } from '../vendors/isapi/host-capabilities.js';
import {
  applyChanges,
  changesFor,
  type HostChange,
  loginChanges,
  necessary,
  slotFor,
} from '../vendors/isapi/host-changes.js';
import type { HostSlot, HttpHosts } from '../vendors/isapi/http-hosts.js';
import type { HostEntry } from './backup.js';
import { DeviceHosts } from './device-hosts.js';
import { HostRestorer } from './host-restorer.js';
import { type WriteOutcome, writeSlot } from './host-writer.js';
import { OwnEntries, type Ownership } from './own-entries.js';
import { differenceOf, isMade, lineOf, shortSlot, withoutSecret } from './slot-difference.js';

/** Whom to configure, and what for. */
export interface ConfigureJob extends Ownership {
  readonly client: Pick<DeviceClient, 'request' | 'limits' | 'generalLimits'>;
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

/**
 * What became of an entry that was ours: it is there, was given again, was changed or taken by somebody, waits for a
 * restart of the device, or was never written.
 */
export type Kept = 'kept' | 'renewed' | 'changed' | 'taken' | 'pending' | 'missing';

/** What is to be done, found out without changing anything. */
interface Plan {
  readonly hosts: HttpHosts;
  readonly slot: HostSlot;
  readonly changes: readonly HostChange[];
  /** The list as the device has it, in which the slot may not be yet. */
  readonly before: Buffer;
  readonly isNew: boolean;
  readonly capabilities: HostCapabilities;
  readonly entries: OwnEntries;
}

/** Tells one device where to push its events: read, plan, apply, verify, restore (isapi.md §8). */
export class Configurator {
  readonly #job: ConfigureJob;
  readonly #hosts: DeviceHosts;
  readonly #restorer: HostRestorer;

  constructor(job: ConfigureJob) {
    this.#job = job;
    this.#hosts = new DeviceHosts(job.client, job.signal);
    this.#restorer = new HostRestorer(this.#hosts);
  }

  /** Whom the device pushes to now. Changes nothing. */
  async read(): Promise<ConfigureResult> {
    await this.#hosts.capabilities();
    const hosts = await this.#hosts.read();
    const entries = await OwnEntries.load(this.#job);
    const ours = hosts.slots.find((slot) => entries.isOurs(slot));
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
    // Extras that a device dropped once are not written again with each apply.
    const due = plan.entries.of(slot) === undefined ? changes : necessary(changes);
    if (due.length === 0) {
      // From now on it is ours to keep, though there is nothing to bring back.
      if (plan.entries.of(slot) === undefined) await this.#remember(plan);
      return { ...this.#about(slot), changed: false, difference: [], remarks: ['nothing to change'] };
    }
    const { hosts, reboot, slot: written } = await this.#write(plan);
    await plan.entries.settle(slot, written, reboot);
    const remarks = reboot ? ['the device stored it and has to be restarted'] : [];
    if (written !== undefined && !reboot) remarks.push(await this.#tested(hosts, written));
    return { ...this.#about(written ?? slot), changed: true, difference, remarks };
  }

  /** Asks the device whether it reaches the listener. */
  async test(): Promise<ConfigureResult> {
    const hosts = await this.#hosts.read();
    const entries = await OwnEntries.load(this.#job);
    const slot = hosts.slots.find((each) => entries.isOurs(each));
    if (slot === undefined) throw new AlarmError('CONFIG_NO_ENTRY');
    const remarks = [await this.#tested(hosts, slot)];
    return { ...this.#about(slot), changed: false, difference: [], remarks };
  }

  /**
   * Brings back what was in each slot before it was first written for whoever asks. An entry of somebody else that is
   * there now stays.
   * @throws AlarmError `CONFIG_NO_BACKUP`, `CONFIG_NO_ENTRY`, `CONFIG_NOT_RESTORED`
   */
  async restore(): Promise<ConfigureResult> {
    const entries = await OwnEntries.load(this.#job);
    if (entries.mine.length === 0) throw new AlarmError('CONFIG_NO_BACKUP');
    await this.#hosts.capabilities();
    const difference: string[] = [];
    const remarks = new Set<string>();
    let id: string | undefined;
    for (const entry of entries.mine) {
      const { slot, lines, remark } = await this.#restoreOne(entries, entry);
      id ??= slot;
      difference.push(...lines);
      if (remark === undefined) await entries.forget(entry);
      else remarks.add(remark);
    }
    const slot = id === undefined ? {} : { slot: id };
    return { ...slot, changed: difference.length > 0, difference, remarks: [...remarks] };
  }

  /** @returns a remark when it is not over with that */
  async #restoreOne(
    entries: OwnEntries,
    entry: HostEntry,
  ): Promise<{ readonly slot?: string; readonly lines: readonly string[]; readonly remark?: string }> {
    const before = this.#hosts.listOf(Buffer.from(entry.list, 'base64'));
    const hosts = await this.#hosts.read();
    const old = before.slot(entry.slot);
    const slot = hosts.slot(entry.slot) ?? hosts.slots.find((each) => entries.isOurs(each));
    if (slot === undefined) return { lines: [] };
    if (old === undefined) {
      await this.#restorer.takeAway(slot);
      return { slot: slot.id, lines: [`slot ${slot.id}: removed`] };
    }
    const lines = this.#lines(slot, differenceOf(slot, old));
    if (lines.length === 0) return { slot: slot.id, lines };
    if (!entries.isOurs(slot)) throw new AlarmError('CONFIG_NO_ENTRY', shortSlot(slot));
    const reboot = await this.#restorer.putBack(hosts, slot, before, old);
    const remark = 'the device stored it and has to be restarted; restore again then';
    return { slot: slot.id, lines, ...(reboot && { remark }) };
  }

  /**
   * Looks whether the entry is there still: gives it again to a device that forgot it, as after a reset, and leaves
   * alone what somebody changed. Writes nothing that was not applied before.
   */
  async keep(): Promise<ConfigureResult & { readonly kept: Kept }> {
    const { hosts, entries, changes, slot: mine } = await this.#planIfAny();
    const [entry] = entries.mine;
    const there = hosts.slots.find((each) => entries.isOurs(each));
    const found = there ?? hosts.slot(entry?.slot ?? '');
    if (found !== undefined && !found.isFree) {
      const kept = there === undefined ? 'taken' : necessary(changes).length === 0 ? 'kept' : 'changed';
      if (kept === 'kept' && entry?.pending) await entries.settle(found, found, false);
      const difference = there === undefined || mine === undefined ? [] : this.#lines(mine, changes);
      return { ...this.#about(found), changed: false, difference, remarks: [shortSlot(found)], kept };
    }
    const waits = entry === undefined ? 'missing' : entry.pending ? 'pending' : undefined;
    if (waits !== undefined)
      return { ...this.#about(undefined), changed: false, difference: [], remarks: [], kept: waits };
    return { ...(await this.apply()), kept: 'renewed' };
  }

  /** Without a slot where there is none for us. */
  async #planIfAny(): Promise<Pick<Plan, 'hosts' | 'entries' | 'changes'> & Partial<Plan>> {
    try {
      return await this.#plan();
    } catch (error) {
      if (!isCode(error, 'CONFIG_NO_SLOT')) throw error;
      return { hosts: await this.#hosts.read(), entries: await OwnEntries.load(this.#job), changes: [] };
    }
  }

  async #plan(): Promise<Plan> {
    const { target } = this.#job;
    const entries = await OwnEntries.load(this.#job);
    const capabilities: HostCapabilities = await this.#hosts.capabilities();
    let there = await this.#hosts.read();
    // A busy device may have shown nothing for a moment.
    if (there.slots.length === 0) there = await this.#hosts.read();
    const before = there.document.bytes();
    const isNew = there.slots.length === 0;
    const hosts = isNew ? there.withNewSlot() : there;
    const slot = slotFor(hosts, target, (each) => entries.isOurs(each));
    const changes = changesFor(slot, hosts, target, capabilities);
    const added = changes.some(({ path }) => path === 'password');
    if (!added && entries.isLoginNew(slot)) changes.push(...loginChanges(slot, target));
    return { hosts, slot, changes, before, isNew, capabilities, entries };
  }

  async #remember({ entries, slot, before, isNew }: Plan): Promise<void> {
    const { now = Date.now } = this.#job;
    await entries.remember(slot, before, isNew, new Date(now()));
  }

  async #write(plan: Plan): Promise<WriteOutcome> {
    const { hosts, slot, isNew } = plan;
    await this.#remember(plan);
    try {
      return await this.#tryBothUrls(plan);
    } catch (error) {
      if (!isNew) await this.#restorer.undo(hosts, slot);
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
    const needed = necessary(changes);
    const [bytes, plain] = [changes, needed].map((some) => {
      const edited = hosts.reread(hosts.document.bytes());
      applyChanges(edited.document, edited.slot(slot.id) as HostSlot, some);
      return edited.document.bytes();
    }) as [Buffer, Buffer];
    const isThere = (written: HostSlot) => needed.every((change) => isMade(written, change));
    return writeSlot(this.#hosts, bytes, slot.id, isThere, { isNew, plain });
  }

  async #tested(hosts: HttpHosts, slot: HostSlot): Promise<string> {
    const { result, words } = await this.#hosts.test(hosts, slot);
    if (result === 'ok') return 'the device reaches the listener';
    const said = withoutSecret(words, this.#job.target.secret);
    return result === 'problem'
      ? `the device does not reach the listener: ${said}`
      : `the device has no test of its own: ${said}`;
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
    return changes.map((change) => lineOf(slot, change, this.#job.target.secret));
  }
}
