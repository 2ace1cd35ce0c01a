import type { AlarmEvent, Device, Draft, VendorId } from './event.js';
import type { Notification } from './notification.js';

/** What an event has by having arrived: a sign of life until its vendor says more. Ids, severity and words come from the inbox. */
export function bareEvent(
  vendor: VendorId,
  { transport, receivedAt, truncated }: Notification,
  device: Device,
  type: string,
): Draft<AlarmEvent> {
  const at = receivedAt.toISOString();
  return {
    schema: 1,
    id: '',
    vendor,
    transport,
    device,
    type,
    kind: 'heartbeat',
    state: 'pulse',
    severity: 'low',
    time: at,
    receivedAt: at,
    targets: [],
    regions: [],
    title: '',
    text: '',
    document: {},
    ...(truncated && { truncated }),
  };
}
