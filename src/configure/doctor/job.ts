import type { Clock } from '../../clock.js';
import type { DeviceClient } from '../../device/device-client.js';
import type { DeviceAddress } from '../../device/device-connections.js';
import type { Limits } from '../../limits.js';
import type { PushTarget } from '../../vendors/isapi/host-changes.js';

/** Which device to examine, and what for. */
export interface DoctorJob {
  readonly client: DeviceClient;
  /** That of the client, for what is told. */
  readonly address: Pick<DeviceAddress, 'protocol' | 'host' | 'port'>;
  /** Our listener; without it, nothing is said of an entry for it. */
  readonly target?: PushTarget;
  /** Types or triggers of the events that are wanted. Without any, an event that is on or notifies is taken for one. */
  readonly events?: readonly string[];
  /** Of our own stream from this device. Unless it is `closed`, none is opened: some devices have but one. */
  readonly streamState?: 'closed' | 'connecting' | 'online' | 'stale' | 'offline' | 'auth-failed';
  readonly clock: Clock;
  /** Where they are others than those of the client. */
  readonly limits?: Partial<Limits>;
  readonly signal?: AbortSignal;
}
