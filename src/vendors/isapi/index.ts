import { AlarmError } from '../../errors.js';
import { LIMITS } from '../../limits.js';
import type { AlarmDraft, BodyPart, Notification, Reply, Vendor } from '../../notification.js';
import { parseJson } from '../../wire/json.js';
import { parseXml } from '../../wire/xml.js';
import { child, children, type Fields, isFields } from './fields.js';
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
  let damaged = false;
  for (const part of notification.parts) {
    if (part.kind !== 'xml' && part.kind !== 'json') {
      (groups.at(-1)?.pictures ?? early).push(part);
      continue;
    }
    try {
      groups.push({ alerts: readDocument(part), pictures: early.splice(0), truncated: part.truncated });
    } catch (error) {
      if (!(error instanceof AlarmError)) throw error;
      failure ??= error;
      // A document about something else is passed over; a broken one takes its pictures with it.
      if (error.code === 'EVENT_UNKNOWN_ROOT') continue;
      damaged = true;
      groups.push({ alerts: [], pictures: early.splice(0), truncated: true });
    }
  }
  if (groups.every(({ alerts }) => alerts.length === 0)) throw failure ?? new AlarmError('DOCUMENT_MISSING');
  const truncated = notification.truncated || damaged;
  return groups.flatMap((group) => drafts(group, notification, truncated));
}

/** Of several alerts in one document the first one gets the pictures: nothing says whose they are. */
function drafts(group: Group, notification: Notification, damaged: boolean): AlarmDraft[] {
  const truncated = damaged || group.truncated || group.pictures.some((part) => part.truncated);
  return group.alerts.map((alert, index) => {
    const event = readAlert(alert, notification);
    if (truncated) event.truncated = true;
    return { event, attachments: index === 0 ? readPictures(group.pictures) : [] };
  });
}

function readDocument(part: BodyPart): Fields[] {
  if (part.truncated && part.bytes.length >= LIMITS.documentBytes) throw new AlarmError('DOCUMENT_TOO_LARGE');
  if (part.kind === 'xml') {
    const { root, content } = parseXml(part.bytes, LIMITS, part.contentType);
    return (root === ROOT ? [content] : wrapped(content)).flatMap(eachEvent);
  }
  const value = parseJson(part.bytes, LIMITS, part.contentType);
  return (Array.isArray(value) ? value : [value]).flatMap((item) => {
    if (!isFields(item)) throw new AlarmError('EVENT_UNKNOWN_ROOT');
    return ('eventType' in item || 'DurationList' in item ? [item] : wrapped(item)).flatMap(eachEvent);
  });
}

/** A `duration` may name several events that go on: each is one of its own. */
function eachEvent(alert: Fields): Fields[] {
  if (!('DurationList' in alert)) return [alert];
  const durations = children(child(alert, 'DurationList'), 'Duration');
  return durations.length < 2
    ? [alert]
    : durations.map((Duration) => ({ ...alert, DurationList: { Duration } }));
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
