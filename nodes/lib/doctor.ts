import { type Check, type DeviceClient, type DoctorJob, examine, SYSTEM_CLOCK } from '../../src/index.js';
import type { IsapiDeviceNode } from '../isapi-device.js';

/** What of an examination is not known from the device. */
export type Visit = Pick<DoctorJob, 'target' | 'events' | 'signal'>;

/** Examines a deployed device, next to its own stream. @throws as `examine` */
export function examineDevice(device: IsapiDeviceNode, client: DeviceClient, visit: Visit): Promise<Check[]> {
  const { protocol, host, port } = device;
  const streamState = device.streamState();
  return examine({ client, address: { protocol, host, port }, streamState, clock: SYSTEM_CLOCK, ...visit });
}
