import {
  type Alarm,
  type AlarmEvent,
  type Attachment,
  alarmTopic,
  type DeviceSign,
  deviceTopic,
} from '../../src/index.js';

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
  const message: AlarmMessage = { topic: alarmTopic(event), payload: event, attachments };
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
