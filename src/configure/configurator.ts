import type { DeviceClient } from '../device/device-client.js';
import { AlarmError } from '../errors.js';
import type { HostCapabilities } from '../vendors/isapi/host-capabilities.js';
import {
  applyChanges,
  changesFor,
  type HostChange,
  isFor,
  type PushTarget,
  slotFor,
} from '../vendors/isapi/host-changes.js';
import { type HostSlot, HttpHosts } from '../vendors/isapi/http-hosts.js';
import type { BackupStore } from './backup.js';
import { DeviceHosts } from './device-hosts.js';
import { type WriteOutcome, writeSlot } from './host-writer.js';

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
}

const HIDDEN = new Set(['password']);

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
    return { ...this.#about(ours), changed: false, difference: [], remarks: hosts.slots.map(describe) };
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
    const { hosts, reboot } = await this.#write(plan);
    const remarks = reboot ? ['the device stored it and has to be restarted'] : [];
    const written = hosts.slot(slot.id);
    if (written !== undefined && !reboot) remarks.push(await this.#tested(hosts, written));
    return { ...this.#about(slot), changed: true, difference, remarks };
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
    const old = before.slot(backup.slot);
    await this.#hosts.capabilities();
    const hosts = await this.#hosts.read();
    const slot = hosts.slot(backup.slot);
    if (old === undefined || slot === undefined) throw new AlarmError('CONFIG_NO_BACKUP');
    const difference = differenceOf(slot, old).map((change) => this.#line(slot, change));
    if (difference.length > 0) {
      if (!isFor(slot, this.#job.target)) throw new AlarmError('CONFIG_NO_ENTRY', describe(slot));
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
      return { ...this.#about(slot), changed: false, difference, remarks: [describe(slot)], kept };
    }
    return { ...(await this.apply()), kept: 'renewed' };
  }

  async #plan(): Promise<Plan> {
    const capabilities: HostCapabilities = await this.#hosts.capabilities();
    const hosts = await this.#hosts.read();
    const slot = slotFor(hosts, this.#job.target);
    return { hosts, slot, changes: changesFor(slot, hosts, this.#job.target, capabilities) };
  }

  async #write({ hosts, slot, changes }: Plan): Promise<WriteOutcome> {
    const { backups, device, target, now = Date.now } = this.#job;
    const list = hosts.document.bytes();
    // What we wrote ourselves is not what was there before.
    if (!isFor(slot, target) || (await backups.load(device)) === undefined) {
      const savedAt = new Date(now()).toISOString();
      await backups.save(device, { slot: slot.id, list: list.toString('base64'), savedAt });
    }
    const edited = new HttpHosts(list);
    applyChanges(edited.document, edited.slot(slot.id) as HostSlot, changes);
    const isThere = (written: HostSlot) =>
      changes.every(({ path, to }) => HIDDEN.has(path) || isSame(written, path, to));
    try {
      return await writeSlot(this.#hosts, edited.document.bytes(), slot.id, isThere);
    } catch (error) {
      await this.#undo(hosts, slot);
      throw error instanceof AlarmError && error.code === 'CONFIG_REFUSED' ? this.#explained(error) : error;
    }
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
      if (!(error instanceof AlarmError) || !/^CONFIG_(?:REFUSED|NOT_STORED)$/.test(error.code)) throw error;
      // An empty place cannot be written on some devices: it can be given up.
      if (old.isFree) await this.#hosts.remove(slot);
      const now = (await this.#hosts.read()).slot(slot.id);
      if (now !== undefined && !isThere(now) && !(old.isFree && now.isFree))
        throw new AlarmError('CONFIG_NOT_RESTORED', error.message, { cause: error });
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
    return changes.map((change) => this.#line(slot, change));
  }

  #line({ id }: HostSlot, { path, from, to }: HostChange): string {
    if (HIDDEN.has(path)) return `slot ${id}: ${path}: ***`;
    return `slot ${id}: ${path}: ${this.#shown(from)} -> ${this.#shown(to)}`;
  }

  /** Without our secret, and without what may be that of others. */
  #shown(value: string | undefined): string {
    if (value === undefined || value === '') return '(empty)';
    const [, secret = ''] = this.#job.target.path.split('/');
    const ours = secret !== '' && value.includes(`/${secret}/`);
    if (ours) return value.replace(`/${secret}/`, '/***/');
    return value.replace(/^((?:https?:\/\/[^/]*)?\/?)[^/].*$/i, (whole, begin: string) =>
      begin === '' ? whole : `${begin}***`,
    );
  }
}

/** Whom a slot pushes to. Its path may hold a secret. */
function describe({ id, isEhome, isFree, host, port }: HostSlot): string {
  if (isEhome) return `slot ${id}: EHome`;
  return isFree ? `slot ${id}: free` : `slot ${id}: ${host}:${port}`;
}

/** Devices write some words in their own way when they give them back. */
function isSame(slot: HostSlot, path: string, to: string): boolean {
  const now = slot.field(path);
  if (path === 'url' && !/^https?:/i.test(to)) return slot.path === to;
  if (path === 'EventList') return true;
  return now?.toLowerCase() === to.toLowerCase();
}

/** What has to change in a slot so that it is as another; by what stands in it, not by its blanks. */
function differenceOf(slot: HostSlot, wanted: HostSlot): HostChange[] {
  const now = leaves(slot);
  return [...leaves(wanted)]
    .filter(([path, to]) => !HIDDEN.has(path) && (now.get(path) ?? '') !== to)
    .map(([path, to]) => ({ path, from: now.get(path), to }));
}

function leaves({ node }: HostSlot): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (each: HostSlot['node'], path: string) => {
    if (each.text !== undefined) found.set(path, each.text);
    const seen = new Map<string, number>();
    for (const child of each.children) {
      const count = (seen.get(child.name) ?? 0) + 1;
      seen.set(child.name, count);
      const own = count === 1 ? child.name : `${child.name}[${count}]`;
      walk(child, path === '' ? own : `${path}/${own}`);
    }
  };
  walk(node, '');
  return found;
}
