import type { AlarmEvent, Device, VendorId } from './event.js';

/** `vendor/device/channel/kind`: fit for MQTT as it is, whatever a device calls itself. */
export function alarmTopic({ vendor, device, channel, kind }: AlarmEvent): string {
  return `${vendor}/${topicStep(device.id)}/${channel ?? 0}/${kind}`;
}

/** Of a message about a device, which is no alarm. */
export function deviceTopic(vendor: VendorId, device: Device, what: string): string {
  return `${vendor}/${topicStep(device.id)}/${what}`;
}

/** One step of an MQTT topic: no separators and no wildcards in it. */
const topicStep = (id: string) => id.slice(0, LONGEST_STEP).replace(/[^\w.-]/g, '-') || '-';

/** As long as the name of a host may be. */
const LONGEST_STEP = 255;
