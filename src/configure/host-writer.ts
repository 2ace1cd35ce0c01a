import { AlarmError } from '../errors.js';
import { type HostSlot, HttpHosts } from '../vendors/isapi/http-hosts.js';
import type { DeviceHosts, Written } from './device-hosts.js';

/** What came of writing a slot. */
export interface WriteOutcome {
  readonly reboot: boolean;
  /** What the device has now. */
  readonly hosts: HttpHosts;
}

/**
 * Writes one slot in the ways that devices know, one after the other, until it has what it was told: by its own
 * address, with the whole list, and both once more without empty elements, which some refuse to take back
 * (isapi.md §8.4). What a device says of it proves nothing: it is read again each time (§8.5).
 * @param list with the slot as it is to be
 * @param isThere whether what the device has now is what was wanted
 * @param isExact whether it is so to the last byte; another way is tried when it is not, and what is there is good enough
 * @throws AlarmError `CONFIG_REFUSED`, `CONFIG_NOT_STORED`, and what reading throws
 */
export async function writeSlot(
  device: DeviceHosts,
  list: Buffer,
  id: string,
  isThere: (slot: HostSlot) => boolean,
  isExact: (hosts: HttpHosts) => boolean = () => true,
): Promise<WriteOutcome> {
  const full = new HttpHosts(list);
  const bare = new HttpHosts(withoutEmpty(list, id));
  const ways: (() => Promise<Written>)[] = [];
  for (const hosts of bare.document.bytes().equals(list) ? [full] : [full, bare]) {
    const slot = hosts.slot(id);
    if (slot === undefined) throw new AlarmError('CONFIG_UNREADABLE');
    ways.push(
      () => device.putSlot(hosts, slot),
      () => device.putList(hosts.document.bytes()),
    );
  }
  let refusal: string | undefined;
  let stored = false;
  let outcome: WriteOutcome | undefined;
  for (const way of ways) {
    const written = await way();
    refusal ??= written.refusal;
    if (!written.stored) continue;
    stored = true;
    const hosts = await device.read();
    const slot = hosts.slot(id);
    if (slot !== undefined && isThere(slot)) {
      outcome = { reboot: written.reboot, hosts };
      if (isExact(hosts)) return outcome;
    } else if (written.reboot) {
      // To be seen only after a restart.
      return { reboot: true, hosts };
    }
  }
  if (outcome !== undefined) return outcome;
  throw new AlarmError(stored ? 'CONFIG_NOT_STORED' : 'CONFIG_REFUSED', refusal);
}

/** The list with the slot lacking its elements without content. */
function withoutEmpty(list: Buffer, id: string): Buffer {
  const { document, ...hosts } = new HttpHosts(list);
  const slot = hosts.slots.find((each) => each.id === id);
  for (const child of slot?.node.children ?? []) {
    if (child.text === '') document.remove(slot?.node as HostSlot['node'], child);
  }
  return document.bytes();
}
