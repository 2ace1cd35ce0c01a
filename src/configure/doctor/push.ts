import { isPrivilege } from '../../device/response-status.js';
import { AlarmError } from '../../errors.js';
import { UNKNOWN_CAPABILITIES } from '../../vendors/isapi/host-capabilities.js';
import type { HostSlot, HttpHosts } from '../../vendors/isapi/http-hosts.js';
import type { Check } from '../check.js';
import { DeviceHosts } from '../device-hosts.js';
import { checkEntry } from './entry.js';
import type { Findings } from './findings.js';
import { type Inquiry, untold } from './inquiry.js';

/** Whether the device can push, does so to our listener, and reaches it (isapi.md §8). Changes nothing. */
export async function checkPush(inquiry: Inquiry): Promise<Findings> {
  const { client, target } = inquiry.job;
  const device = new DeviceHosts(client, inquiry.signal);
  const said = await inquiry.attempt(() => device.capabilities());
  const hosts = await inquiry.attempt(() => device.read());
  if (hosts instanceof AlarmError) return unread(hosts, target !== undefined);
  if (target === undefined)
    return { checks: [{ id: 'capabilities', result: 'ok', text: 'The device can push its events.' }] };
  const capabilities = said instanceof AlarmError ? UNKNOWN_CAPABILITIES : said;
  const { checks, right } = checkEntry(hosts, target, capabilities);
  if (right === undefined) return { checks: [...checks, notAsked('while its entry is not right')] };
  const reached = await checkReached(inquiry, device, hosts, right);
  return { ...reached, checks: [...checks, ...reached.checks] };
}

/** The list was not to be had. */
function unread(failure: AlarmError, wanted: boolean): Findings {
  if (failure.code === 'CONFIG_NO_LISTENING') {
    const text = 'The device cannot push at all: use its alert stream instead.';
    return { checks: [{ id: 'capabilities', result: 'problem', text }] };
  }
  const checks: Check[] = [
    { id: 'capabilities', result: 'unknown', text: untold('Whether the device can push', failure) },
  ];
  if (wanted)
    checks.push(
      { id: 'entry', result: 'unknown', text: untold('Whom the device pushes to', failure) },
      notAsked('without its entry'),
    );
  return { checks, ...(failure.code === 'DEVICE_FORBIDDEN' && { denied: 'reading' }) };
}

const notAsked = (why: string): Check => ({
  id: 'listener-reached',
  result: 'unknown',
  text: `Whether the device reaches the listener was not asked ${why}.`,
});

/** By the test of the device itself, which many do not have (isapi.md §8.6). */
async function checkReached(
  inquiry: Inquiry,
  device: DeviceHosts,
  hosts: HttpHosts,
  slot: HostSlot,
): Promise<Findings> {
  const id = 'listener-reached';
  const test = await inquiry.attempt(() => device.test(hosts, slot));
  if (test instanceof AlarmError)
    return {
      checks: [{ id, result: 'unknown', text: untold('Whether the device reaches the listener', test) }],
    };
  const { result, words } = test;
  if (result === 'unknown') {
    const text = `The device has no test of its way to the listener (${words}).`;
    return { checks: [{ id, result, text }], ...(isPrivilege(words) && { denied: 'changing' }) };
  }
  const text =
    result === 'ok'
      ? 'The device reaches the listener.'
      : `The device does not reach the listener (${words}): check its address, firewalls, and that Node-RED runs there.`;
  return { checks: [{ id, result, text }] };
}
