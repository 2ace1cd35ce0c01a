import { AlarmError } from '../errors.js';
import type { HostSlot, HttpHosts } from '../vendors/isapi/http-hosts.js';
import type { DeviceHosts, Written } from './device-hosts.js';
import { readAgain } from './read-again.js';
import { differenceOf } from './slot-difference.js';

/** What came of writing a slot. */
export interface WriteOutcome {
  readonly reboot: boolean;
  /** What the device has now. */
  readonly hosts: HttpHosts;
  /** Undefined while it is not to be seen, as before a restart. */
  readonly slot: HostSlot | undefined;
}

export interface WriteOptions {
  /** Whether it is so to the last byte; otherwise the whole list is sent as well, and what is there is good enough. */
  readonly isExact?: (hosts: HttpHosts) => boolean;
  /** The device has no such slot yet. */
  readonly isNew?: boolean;
  /** The list without what is only good to have, for devices that refuse that. */
  readonly plain?: Buffer;
  /** Others have logins, which a list does not hold: it is sent only to a device that knows no other way. */
  readonly risky?: boolean;
}

/**
 * Writes one slot in the ways that devices know, one after the other, until it has what it was told: by its own
 * address, with the whole list, and both once more without empty elements, which some refuse to take back
 * (isapi.md §8.4); each of them also without what is only good to have. What a device says of it proves nothing: it is
 * read again each time (§8.5).
 * @param list with the slot as it is to be
 * @param isThere whether what the device has now is what was wanted
 * @throws AlarmError `CONFIG_UNREADABLE`, `CONFIG_REFUSED`, `CONFIG_NOT_STORED`, `CONFIG_BUSY`, and what reading throws
 */
export async function writeSlot(
  device: DeviceHosts,
  list: Buffer,
  id: string,
  isThere: (slot: HostSlot) => boolean,
  options: WriteOptions = {},
): Promise<WriteOutcome> {
  const { isExact = () => true, isNew = false, plain = list } = options;
  const full = device.listOf(list);
  let refusal: string | undefined;
  let stored = false;
  let outcome: WriteOutcome | undefined;
  const missing = new Set<Way>();
  for (const { way, hosts: wanted } of attempts(full, list, plain, id)) {
    if (missing.has(way)) continue;
    // What is right is not written again in ways that leave something out.
    if (outcome !== undefined && wanted !== full) continue;
    if (options.risky && stored && way === 'list') continue;
    const written = await tried(() => send(device, way, wanted, id, isNew));
    if (written.busy) throw new AlarmError('CONFIG_BUSY', written.refusal);
    refusal ??= written.refusal;
    if (written.missing) missing.add(way);
    if (!written.stored) continue;
    stored = true;
    const { reboot } = written;
    const hosts = await readAgain(() => device.read(), device.limits);
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

/** By its own address, or with the whole list. */
type Way = 'slot' | 'list';

interface Attempt {
  readonly way: Way;
  readonly hosts: HttpHosts;
}

/** In the order they are tried in; what leaves something out is only made when it is its turn. */
function* attempts(full: HttpHosts, list: Buffer, plain: Buffer, id: string): Generator<Attempt> {
  const versions = plain.equals(list) ? [list] : [list, plain];
  yield* inBothWays(versions.map((bytes) => (bytes === list ? full : full.reread(bytes))));
  const bare = versions
    .map((bytes) => withoutEmpty(full.reread(bytes), id))
    .filter((bytes, at) => !bytes.equals(versions[at] as Buffer));
  yield* inBothWays(bare.map((bytes) => full.reread(bytes)));
}

function* inBothWays(versions: readonly HttpHosts[]): Generator<Attempt> {
  for (const way of ['slot', 'list'] as const) for (const hosts of versions) yield { way, hosts };
}

/** @throws AlarmError `CONFIG_UNREADABLE` when there is no such slot, or more than one */
async function send(
  device: DeviceHosts,
  way: Way,
  hosts: HttpHosts,
  id: string,
  isNew: boolean,
): Promise<Written> {
  const slot = hosts.slot(id);
  if (slot === undefined) throw new AlarmError('CONFIG_UNREADABLE');
  if (way === 'list') return device.putList(hosts.document.bytes());
  // A slot that is not there has no address of its own: that may be somebody else's.
  return isNew ? device.add(hosts, slot) : device.putSlot(hosts, slot);
}

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
    return { stored: true, reboot: false, busy: false, missing: false };
  }
}

/** The list with the slot lacking its elements without content. */
function withoutEmpty({ document, slots }: HttpHosts, id: string): Buffer {
  const slot = slots.find((each) => each.id === id);
  for (const child of slot?.node.children ?? []) {
    if (child.text === '') document.remove(slot?.node as HostSlot['node'], child);
  }
  return document.bytes();
}
