import { AlarmError } from '../../errors.js';
import { LIMITS } from '../../limits.js';
import type { AlarmDraft, BodyPart, Notification, Reply, Vendor } from '../../notification.js';
import { parseParameters } from '../../wire/header.js';
import { parseJson } from '../../wire/json.js';
import { parseXml } from '../../wire/xml.js';
import { type Fields, isFields } from './fields.js';
import { readAlert } from './notification-alert.js';
import { readPictures } from './pictures.js';

const ROOT = 'EventNotificationAlert';

/** Hikvision ISAPI and its OEM brands. */
export const isapi: Vendor = { id: 'isapi', decode, reply };

/** A document of a delivery with the pictures that follow it. */
interface Group {
  readonly alerts: readonly Fields[];
  readonly pictures: BodyPart[];
  readonly truncated: boolean;
}

/**
 * The event is found by what a part holds, not by its name or type (isapi.md §3.2). Pictures belong to the document
 * before them; those in front of the first document belong to it.
 */
function decode(notification: Notification): AlarmDraft[] {
  const groups: Group[] = [];
  const early: BodyPart[] = [];
  let failure: AlarmError | undefined;
  for (const part of notification.parts) {
    if (part.kind === 'xml' || part.kind === 'json') {
      try {
        groups.push({ alerts: readDocument(part), pictures: early.splice(0), truncated: part.truncated });
      } catch (error) {
        if (!(error instanceof AlarmError)) throw error;
        failure ??= error;
      }
    } else (groups.at(-1)?.pictures ?? early).push(part);
  }
  if (groups.length === 0) throw failure ?? new AlarmError('DOCUMENT_MISSING');
  return groups.flatMap((group) => drafts(group, notification));
}

/** Of several alerts in one document the first one gets the pictures: nothing says whose they are. */
function drafts(group: Group, notification: Notification): AlarmDraft[] {
  const truncated =
    notification.truncated || group.truncated || group.pictures.some((part) => part.truncated);
  return group.alerts.map((alert, index) => ({
    event: { ...readAlert(alert, notification), ...(truncated && { truncated }) },
    attachments: index === 0 ? readPictures(group.pictures) : [],
  }));
}

function readDocument(part: BodyPart): Fields[] {
  const charset = parseParameters(part.contentType ?? '').parameters.get('charset');
  if (part.kind === 'xml') {
    const { root, content } = parseXml(part.bytes, LIMITS, charset);
    return root === ROOT ? [content] : wrapped(content);
  }
  const value = parseJson(part.bytes, LIMITS, charset);
  return (Array.isArray(value) ? value : [value]).flatMap((item) => {
    if (!isFields(item)) throw new AlarmError('EVENT_UNKNOWN_ROOT');
    return 'eventType' in item ? [item] : wrapped(item);
  });
}

/** Some gateways wrap the alert once more (isapi.md §4). */
function wrapped(content: Fields): Fields[] {
  const inner = [content[ROOT]].flat().filter(isFields);
  if (inner.length === 0) throw new AlarmError('EVENT_UNKNOWN_ROOT');
  return inner;
}

/** An empty 200 is enough, and without one the device does not send what follows (isapi.md §3.4). */
function reply(): Reply {
  return { status: 200, headers: {}, body: '' };
}
