import { setTimeout } from 'node:timers/promises';
import { AlarmError } from '../errors.js';
import { DEVICE_LIMITS } from '../limits.js';
import { type HostSlot, HttpHosts } from '../vendors/isapi/http-hosts.js';
import type { DeviceHosts, Written } from './device-hosts.js';
import { differenceOf } from './slot-difference.js';

/** What came of writing a slot. */
export interface WriteOutcome {
  readonly reboot: boolean;
  /** What the device has now. */
  readonly hosts: HttpHosts;
  /** Undefined while it is not to be seen, as before a restart. */
  readonly slot: HostSlot | undefined;
}

/**
 * Writes one slot in the ways that devices know, one after the other, until it has what it was told: by its own
 * address, with the whole list, and both once more without empty elements, which some refuse to take back
 * (isapi.md §8.4). What a device says of it proves nothing: it is read again each time (§8.5).
 * @param list with the slot as it is to be
 * @param isThere whether what the device has now is what was wanted
 * @param isExact whether it is so to the last byte; otherwise the whole list is sent as well, and what is there is good
 *   enough
 * @param isNew whether the device has no such slot yet
 * @param risky others have logins, which a list does not hold: it is sent only to a device that knows no other way
 * @throws AlarmError `CONFIG_REFUSED`, `CONFIG_NOT_STORED`, `CONFIG_BUSY`, and what reading throws
 */
export async function writeSlot(
  device: DeviceHosts,
  list: Buffer,
  id: string,
  isThere: (slot: HostSlot) => boolean,
  isExact: (hosts: HttpHosts) => boolean = () => true,
  isNew = false,
  risky = false,
): Promise<WriteOutcome> {
  const full = new HttpHosts(list);
  const bare = new HttpHosts(withoutEmpty(list, id));
  const ways: (() => Promise<Written>)[] = [];
  for (const hosts of bare.document.bytes().equals(list) ? [full] : [full, bare]) {
    const slot = hosts.slot(id);
    if (slot === undefined) throw new AlarmError('CONFIG_UNREADABLE');
    // A slot that is not there has no address of its own: that may be somebody else's.
    ways.push(
      () => (isNew ? device.add(hosts, slot) : device.putSlot(hosts, slot)),
      () => device.putList(hosts.document.bytes()),
    );
  }
  let refusal: string | undefined;
  let stored = false;
  let outcome: WriteOutcome | undefined;
  for (const [number, way] of ways.entries()) {
    // What is right is not written again in ways that leave something out.
    if (outcome !== undefined && number > 1) break;
    if (risky && stored && number % 2 === 1) continue;
    const { stored: taken, reboot, busy, refusal: words } = await tried(way);
    if (busy) throw new AlarmError('CONFIG_BUSY', words);
    refusal ??= words;
    if (!taken) continue;
    stored = true;
    const hosts = await readAgain(device);
    // A new one may have got another id.
    const slot = isNew ? hosts.slots.find(isThere) : hosts.slot(id);
    if (slot !== undefined && isThere(slot) && areOthersAs(full, hosts, id)) {
      outcome = { reboot, hosts, slot };
      if (isExact(hosts)) return outcome;
    } else if (reboot) {
      // To be seen only after a restart.
      return { reboot: true, hosts, slot };
    }
  }
  if (outcome !== undefined) return outcome;
  throw new AlarmError(stored ? 'CONFIG_NOT_STORED' : 'CONFIG_REFUSED', refusal);
}

/** Some devices start their web server anew when they have stored something. */
async function readAgain(device: DeviceHosts): Promise<HttpHosts> {
  const { restartWaitMs, restartTries } = DEVICE_LIMITS;
  for (let tried = 0; tried < restartTries; tried++) {
    try {
      return await device.read();
    } catch (error) {
      const away = error instanceof AlarmError && AWAY.test(error.code);
      if (!away) throw error;
      await setTimeout(restartWaitMs * 2 ** tried);
    }
  }
  return device.read();
}

const AWAY = /^DEVICE_(?:REFUSED|ANSWER_BROKEN|UNREACHABLE|TIMEOUT)$/;

/** Some firmwares reset the other slots when one is written by itself. */
const areOthersAs = (wanted: HttpHosts, now: HttpHosts, id: string) =>
  wanted.slots.every((slot) => {
    const other = slot.id === id ? undefined : now.slot(slot.id);
    return other === undefined || differenceOf(other, slot).length === 0;
  });

/** A device may store what it is told and not answer: what it has now says whether it did. */
async function tried(way: () => Promise<Written>): Promise<Written> {
  try {
    return await way();
  } catch (error) {
    const silent = error instanceof AlarmError && /^DEVICE_(?:TIMEOUT|ANSWER_BROKEN)$/.test(error.code);
    if (!silent) throw error;
    return { stored: true, reboot: false, busy: false };
  }
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
