import { AlarmError, type AlarmErrorCode } from '../../errors.js';
import type { HostCapabilities } from '../../vendors/isapi/host-capabilities.js';
import {
  changesFor,
  type HostChange,
  isFor,
  type PushTarget,
  slotFor,
} from '../../vendors/isapi/host-changes.js';
import type { HostSlot, HttpHosts } from '../../vendors/isapi/http-hosts.js';
import { label } from '../../wire/label.js';
import type { Check } from '../check.js';

/** What was found of the entry for our listener. */
export interface EntryFindings {
  readonly checks: readonly Check[];
  /** Only when nothing is wrong with it. */
  readonly right?: HostSlot;
}

/** What the device says it cannot do for our listener. */
const INCAPABLE: Partial<Record<AlarmErrorCode, string>> = {
  CONFIG_HOST_NAME: 'The device takes no such address for a listener: use an IPv4 address.',
  CONFIG_LOGIN: 'The device cannot log in as the listener asks it to: choose another login for the listener.',
  CONFIG_PORT: 'The device takes no such port for a listener: give the listener another one.',
  CONFIG_PROTOCOL: 'The device cannot push over the protocol of the listener: use one without HTTPS.',
  CONFIG_URL_TOO_LONG: 'The path of the listener is too long for the device: choose a shorter one.',
};

/** How a value of an entry is called; where it is not shown, it may be a secret or is a list. */
const NAMES: Readonly<Record<string, { readonly name: string; readonly shown: boolean }>> = {
  addressingFormatType: { name: 'kind of address', shown: true },
  hostName: { name: 'address', shown: true },
  ipAddress: { name: 'address', shown: true },
  ipv6Address: { name: 'address', shown: true },
  portNo: { name: 'port', shown: true },
  protocolType: { name: 'protocol', shown: true },
  parameterFormatType: { name: 'format', shown: true },
  httpAuthenticationMethod: { name: 'kind of login', shown: true },
  uploadImagesDataType: { name: 'pictures', shown: true },
  eventMode: { name: 'choice of events', shown: true },
  userName: { name: 'user name', shown: false },
  EventList: { name: 'list of events', shown: false },
  eventType: { name: 'list of events', shown: false },
  'SubscribeEvent/heartbeat': { name: 'heartbeat', shown: true },
};

/** Whether the device can push to our listener as it is set, and has the right entry for it (isapi.md §8.3). */
export function checkEntry(
  hosts: HttpHosts,
  target: PushTarget,
  capabilities: HostCapabilities,
): EntryFindings {
  const able: Check = { id: 'capabilities', result: 'ok', text: 'The device can push to the listener.' };
  let slot: HostSlot;
  let changes: readonly HostChange[];
  try {
    slot = slotFor(hosts, target);
    changes = changesFor(slot, hosts, target, capabilities);
  } catch (error) {
    if (!(error instanceof AlarmError)) throw error;
    if (error.code === 'CONFIG_NO_SLOT') return { checks: [able, noEntry(hosts)] };
    const text = INCAPABLE[error.code] ?? `${error.message}.`;
    const none = 'No entry for the listener is possible as it is set.';
    return {
      checks: [
        { id: 'capabilities', result: 'problem', text },
        { id: 'entry', result: 'unknown', text: none },
      ],
    };
  }
  if (!isFor(slot, target)) return { checks: [able, noEntry(hosts)] };
  // A device sends in its own way what it was never told: nothing is kept away by that.
  const wrong = changes.filter(({ from, optional }) => from !== undefined || !optional);
  if (wrong.length > 0) return { checks: [able, wrongEntry(slot, wrong, target)] };
  const text = `Place ${label(slot.id)} of the device leads to the listener.${othersOf(hosts, slot)}`;
  return { checks: [able, { id: 'entry', result: 'ok', text }], right: slot };
}

function noEntry(hosts: HttpHosts): Check {
  const id = 'entry';
  // A device without any place makes one.
  if (hosts.slots.length === 0 || hosts.slots.some(({ isFree }) => isFree)) {
    const text = `The device does not push to the listener: let apply enter it.${othersOf(hosts)}`;
    return { id, result: 'problem', text, fix: 'apply' };
  }
  const text = `The device has no place left for the listener: free one on its page.${othersOf(hosts)}`;
  return { id, result: 'problem', text };
}

/** Whom else it pushes to, without paths: they may hold a secret. */
function othersOf({ slots }: HttpHosts, own?: HostSlot): string {
  const others = slots
    .filter((slot) => slot !== own && !slot.isFree)
    .map(({ isEhome, host, port }) => (isEhome ? 'EHome' : `${label(host)}:${port}`));
  return others.length === 0 ? '' : ` Others it pushes to: ${others.join(', ')}.`;
}

function wrongEntry(slot: HostSlot, wrong: readonly HostChange[], target: PushTarget): Check {
  const words = wrong.flatMap((change) =>
    change.path === 'password' ? [] : [wordsOf(slot, change, target)],
  );
  const text = `Place ${label(slot.id)} of the device is for the listener, but wrong: ${words.join('; ')}. Let apply correct it.`;
  return { id: 'entry', result: 'problem', text, fix: 'apply' };
}

function wordsOf(slot: HostSlot, { path, from, to }: HostChange, target: PushTarget): string {
  if (path === 'url') {
    const rest = (url: string) => url.split('/').slice(2).join('/');
    const old = slot.path !== target.path && rest(slot.path) === rest(target.path);
    return old ? 'an old secret in the path' : 'another path';
  }
  const { name, shown } = NAMES[path] ?? { name: path, shown: false };
  return shown ? `${name} ${label(from) ?? 'none'} instead of ${to}` : `another ${name}`;
}
