import { AlarmError } from '../errors.js';
import type { Attachment } from '../event.js';
import type { Limits } from '../limits.js';
import { alarmTopic } from '../topic.js';
import { isAttachment, isEvent } from './incoming.js';
import type { Outgoing } from './message.js';

/**
 * The alarm message that was sent over MQTT with its pictures inside, as it was.
 * @param payload text, bytes or an object
 * @throws AlarmError `NOT_AN_ALARM`
 */
export function restoredAlarm(payload: unknown, limits: Limits): Outgoing {
  const { attachments = [], raw, ...event } = objectOf(payload, limits);
  if (!isEvent(event) || !Array.isArray(attachments)) throw new AlarmError('NOT_AN_ALARM');
  const pictures = attachments.map(attachmentOf);
  const [first] = pictures;
  return {
    topic: alarmTopic(event),
    payload: event,
    attachments: pictures,
    ...(first !== undefined && { filename: first.filename }),
    ...(typeof raw === 'string' && { raw: Buffer.from(raw, 'base64') }),
  };
}

function objectOf(payload: unknown, { restoredBytes }: Limits): Readonly<Record<string, unknown>> {
  const value =
    typeof payload === 'string' || Buffer.isBuffer(payload) ? parsed(payload, restoredBytes) : payload;
  if (typeof value !== 'object' || value === null) throw new AlarmError('NOT_AN_ALARM');
  return value as Record<string, unknown>;
}

function parsed(json: string | Buffer, most: number): unknown {
  if (json.length > most) throw new AlarmError('NOT_AN_ALARM');
  try {
    return JSON.parse(json.toString());
  } catch (cause) {
    throw new AlarmError('NOT_AN_ALARM', undefined, { cause });
  }
}

/** In the order of keys that alarms have. @throws AlarmError `NOT_AN_ALARM` */
function attachmentOf(value: unknown): Attachment {
  const { filename, contentType, content, cid, role } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof content !== 'string') throw new AlarmError('NOT_AN_ALARM');
  const attachment = { filename, contentType, content: Buffer.from(content, 'base64'), cid, role };
  if (!isAttachment(attachment)) throw new AlarmError('NOT_AN_ALARM');
  return attachment;
}
