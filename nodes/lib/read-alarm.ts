import { type Attachment, type Item, isAttachment, isEvent } from '../../src/index.js';

/** The alarm in a message, and the message itself; undefined for a message without one. Never throws. */
export function readAlarm<T extends object>(message: T): Item<T> | undefined {
  try {
    const { payload, attachments } = message as {
      readonly payload?: unknown;
      readonly attachments?: unknown;
    };
    if (typeof payload !== 'object') return undefined;
    // Read once, as what a flow has made may say something else the next time, and flows change what they are given.
    const event: unknown = { ...payload };
    if (!isEvent(event) || Number.isNaN(Date.parse(event.receivedAt))) return undefined;
    const pictures: readonly Attachment[] = Array.isArray(attachments)
      ? attachments.filter(isAttachment)
      : [];
    return { event, attachments: pictures, message };
  } catch {
    // Whatever a flow has made of it.
    return undefined;
  }
}
