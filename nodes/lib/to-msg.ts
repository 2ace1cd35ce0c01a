import {
  type Alarm,
  type AlarmEvent,
  type Attachment,
  type Device,
  type DeviceSign,
  describe,
} from '../../src/index.js';

/** The event as plain JSON, with words for people. */
export type AlarmPayload = AlarmEvent & { title: string; text: string };

/** Output 1 of every source node; `attachments` is what the e-mail node takes. */
export type AlarmMessage = {
  topic: string;
  payload: AlarmPayload;
  attachments: readonly Attachment[];
  filename?: string;
};

/** Output 2 of every source node. */
export type StateMessage = {
  topic: string;
  payload: Omit<DeviceSign, 'vendor'>;
};

/** @param language of `title` and `text` */
export function alarmMessage({ event, attachments }: Alarm, language: string): AlarmMessage {
  const { title, text } = describe(event, language);
  const [first] = attachments;
  return {
    topic: [event.vendor, step(event.device.id), event.channel ?? 0, event.kind].join('/'),
    payload: { ...event, title, text },
    attachments,
    ...(first !== undefined && { filename: first.filename }),
  };
}

export function stateMessage({ vendor, ...payload }: DeviceSign): StateMessage {
  return { topic: `${vendor}/${step(payload.device.id)}/state`, payload };
}

/** How a device is called where there is little room. */
export function shortName(device: Device): string {
  return device.name ?? device.address ?? device.id;
}

/** One step of an MQTT topic: no separators and no wildcards in it. */
function step(id: string): string {
  return id.replace(/[^\w.-]/g, '-');
}
