import { type Attachment, type Item, isAttachment, isEvent } from '../../src/index.js';

/** The alarm in a message, and the message itself; undefined for a message without one. Never throws. */
export function readAlarm<T extends object>(message: T): Item<T> | undefined {
  try {
    const { payload, attachments } = message as {
      readonly payload?: unknown;
      readonly attachments?: unknown;
    };
    if (!isEvent(payload) || Number.isNaN(Date.parse(payload.receivedAt))) return undefined;
    const pictures: readonly Attachment[] = Array.isArray(attachments)
      ? attachments.filter(isAttachment)
      : [];
    return { event: payload, attachments: pictures, message };
  } catch {
    // Whatever a flow has made of it.
    return undefined;
  }
}
