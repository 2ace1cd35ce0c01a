import type { SimulatedIdentity } from '../isapi-documents.js';
import type { LoginRules } from '../login.js';
import type { Script } from './scripts.js';

/** What a device is apart from its httpHosts and its events. */
export interface DeviceBehaviour {
  who: SimulatedIdentity;
  model: string;
  /** Version and date of `/System/deviceInfo` (isapi.md §10). */
  firmware: readonly [version: string, date: string];
  /** Undefined lets everybody in (isapi.md §11.2). */
  login: Partial<LoginRules> | undefined;
  /** Locked from its start: the right password is refused too (isapi.md §11.4). */
  locked: boolean;
  /**
   * What the user may do; anything else is 403 with 4/lowPrivilege (isapi.md §11.1). An operator changes nothing, a
   * guest reads nothing but deviceInfo.
   */
  rights: 'administrator' | 'operator' | 'guest';
  /** A device nobody gave a password answers 403 with 4/notActivated (isapi.md §11.1). */
  activated: boolean;
  /** Nobody listens at its port; or it speaks TLS alone, which needs a certificate to be of use. */
  door: 'open' | 'closed' | 'tls';
  /** Seconds that its clock is ahead of ours; `unset` began at 1970 (isapi.md §6). */
  clock: number | 'unset';
  /** Minutes east of Greenwich. */
  zone: number;
  /** Answers in place of the usual ones, the first that fits. */
  scripts: readonly Script[];
  /** Milliseconds between two heartbeats of the alertStream; 0 for none (isapi.md §2). */
  heartbeatMs: number;
}

export const USUAL_DEVICE: DeviceBehaviour = {
  who: { mac: '00:00:5e:00:53:11', address: '192.0.2.17', serial: 'SIM-CAMERA-20261122AAWR00000011' },
  model: 'SIM-2CD',
  firmware: ['V5.7.0', 'build 261122'],
  login: {},
  locked: false,
  rights: 'administrator',
  activated: true,
  door: 'open',
  clock: 0,
  zone: 60,
  scripts: [],
  heartbeatMs: 10_000,
};
