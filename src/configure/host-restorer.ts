import { AlarmError, isCode } from '../errors.js';
import { applyChanges, nowhere } from '../vendors/isapi/host-changes.js';
import type { HostSlot, HttpHosts } from '../vendors/isapi/http-hosts.js';
import type { DeviceHosts } from './device-hosts.js';
import { writeSlot } from './host-writer.js';
import { differenceOf } from './slot-difference.js';

/** Brings back what a slot held before: of a write that failed, and of one that is not wanted any more. */
export class HostRestorer {
  readonly #device: DeviceHosts;

  constructor(device: DeviceHosts) {
    this.#device = device;
  }

  /** For a slot that was not there before. @throws AlarmError `CONFIG_NOT_RESTORED` */
  async takeAway({ id }: HostSlot): Promise<void> {
    const { refusal } = await this.#device.remove(id);
    const now = (await this.#device.read()).slot(id);
    if (now !== undefined && !now.isFree) throw new AlarmError('CONFIG_NOT_RESTORED', refusal);
  }

  /** After a write that failed: a device may have taken half of it (isapi.md §8.4). */
  async undo(before: HttpHosts, old: HostSlot): Promise<void> {
    const hosts = await this.#device.read();
    const slot = hosts.slot(old.id);
    if (slot !== undefined && differenceOf(slot, old).length > 0)
      await this.putBack(hosts, slot, before, old);
  }

  /** @returns whether it is to be seen only after a restart; @throws AlarmError `CONFIG_NOT_RESTORED` */
  async putBack(hosts: HttpHosts, slot: HostSlot, before: HttpHosts, old: HostSlot): Promise<boolean> {
    const isThere = (written: HostSlot) => differenceOf(written, old).length === 0;
    const source = before.document.sourceOf(old.node);
    // Passwords of others are not in the list: it goes back as a whole only where there are none.
    const risky = hosts.slots.some((each) => each.id !== slot.id && hasLogin(each));
    const bytes = withSource(hosts, slot, source);
    const isExact = (now: HttpHosts) => risky || now.document.bytes().equals(bytes);
    try {
      return (await writeSlot(this.#device, bytes, slot.id, isThere, { isExact, risky })).reboot;
    } catch (error) {
      if (!isCode(error, 'CONFIG_REFUSED') && !isCode(error, 'CONFIG_NOT_STORED')) throw error;
      if (await this.#emptied(slot, old, isThere, risky)) return false;
      if (!old.isFree || !(await this.#setFree(slot)))
        throw new AlarmError('CONFIG_NOT_RESTORED', error.message, { cause: error });
      return false;
    }
  }

  /** A device that joins what it gets with what it has keeps our login unless it is told that there is none. */
  async #emptied(
    { id }: HostSlot,
    old: HostSlot,
    isThere: (slot: HostSlot) => boolean,
    risky: boolean,
  ): Promise<boolean> {
    const hosts = await this.#device.read();
    const slot = hosts.slot(id);
    if (slot === undefined || isThere(slot)) return true;
    applyChanges(hosts.document, slot, differenceOf(slot, old));
    try {
      await writeSlot(this.#device, hosts.document.bytes(), id, isThere, { risky });
      return true;
    } catch (error) {
      if (error instanceof AlarmError) return false;
      throw error;
    }
  }

  /** An empty place cannot be written on some devices: it can be given up, or lead nowhere. */
  async #setFree({ id }: HostSlot): Promise<boolean> {
    const isFree = (slot: HostSlot | undefined) => slot === undefined || slot.isFree;
    await this.#device.remove(id);
    const hosts = await this.#device.read();
    const slot = hosts.slot(id);
    if (slot === undefined || slot.isFree) return true;
    applyChanges(hosts.document, slot, nowhere(slot));
    try {
      return isFree((await writeSlot(this.#device, hosts.document.bytes(), id, isFree)).slot);
    } catch (error) {
      if (error instanceof AlarmError) return false;
      throw error;
    }
  }
}

const hasLogin = (slot: HostSlot) =>
  (slot.field('userName') ?? '') !== '' || slot.find('password') !== undefined;

/** The list with what stood in another document in the place of a slot. */
function withSource(hosts: HttpHosts, { id }: HostSlot, source: string): Buffer {
  const { document, ...edited } = hosts.reread(hosts.document.bytes());
  const place = edited.slots.find((slot) => slot.id === id) as HostSlot;
  document.put(place.node, source);
  return document.bytes();
}
