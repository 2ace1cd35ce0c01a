import type { Alarm, AlarmEvent, Attachment, Device, DeviceSign, VendorId } from '../../src/index.js';

/** Output 1 of every source node; `attachments` is what the e-mail node takes. */
export type AlarmMessage = {
  topic: string;
  payload: AlarmEvent;
  attachments: readonly Attachment[];
  filename?: string;
  /** The bytes as received, where nobody could read them. */
  raw?: Buffer;
  /** Known again by the node that confirms it: nodes keep this whatever they make of a message. */
  _msgid?: string;
};

/** Output 2 of every source node. */
export type StateMessage = {
  topic: string;
  payload: Omit<DeviceSign, 'vendor' | 'alarm'> & { alarm?: AlarmEvent };
  /** Of the alarm nobody confirmed. */
  attachments?: readonly Attachment[];
};

/** The message is made of the alarm's own parts, not of copies. */
export function alarmMessage({ event, attachments, raw, receipt }: Alarm): AlarmMessage {
  const topic = `${event.vendor}/${step(event.device.id)}/${event.channel ?? 0}/${event.kind}`;
  const message: AlarmMessage = { topic, payload: event, attachments };
  const [first] = attachments;
  if (first !== undefined) message.filename = first.filename;
  if (raw !== undefined) message.raw = raw;
  if (receipt !== undefined) message._msgid = receipt.id;
  return message;
}

export function stateMessage({ vendor, alarm, ...payload }: DeviceSign): StateMessage {
  const topic = deviceTopic(vendor, payload.device, 'state');
  if (alarm === undefined) return { topic, payload };
  return { topic, payload: { ...payload, alarm: alarm.event }, attachments: alarm.attachments };
}

/** Of a message about a device, which is no alarm. */
export function deviceTopic(vendor: VendorId, device: Device, what: string): string {
  return `${vendor}/${step(device.id)}/${what}`;
}

/** One step of an MQTT topic: no separators and no wildcards in it. */
function step(id: string): string {
  return id.replace(/[^\w.-]/g, '-');
}
