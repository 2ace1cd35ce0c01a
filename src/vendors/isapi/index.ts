import { isAscii } from 'node:buffer';
import { AlarmError, type AlarmErrorCode } from '../../errors.js';
import type { Limits } from '../../limits.js';
import type { AlarmDraft, BodyPart, Notification, Reply, Vendor } from '../../notification.js';
import { decodeText } from '../../wire/charset.js';
import { isCutPicture } from '../../wire/classify.js';
import { child, children, type Fields, isFields, text } from '../../wire/fields.js';
import { parseJson } from '../../wire/json.js';
import { parseXml } from '../../wire/xml.js';
import { heartbeat } from './heartbeat.js';
import { pictureLinks } from './links.js';
import { readAlert } from './notification-alert.js';
import { isLinked, readPictures } from './pictures.js';
import { readQuery } from './query.js';
import { sameOf } from './same-event.js';

const ROOT = 'EventNotificationAlert';
/** First part of a subscribed stream (isapi.md §1.13). */
const GREETING = 'SubscribeEventResponse';

/** Hikvision ISAPI and its OEM brands. */
export const isapi: Vendor = { id: 'isapi', takesQuery: true, heartbeat, decode, sameOf, reply };

/** Alerts of a delivery with the pictures that belong to them. */
interface Group {
  readonly alerts: readonly Fields[];
  readonly pictures: BodyPart[];
  readonly truncated: boolean;
  readonly guessed: boolean;
}

/** The event is found by what a part holds, not by its name or type (isapi.md §3.2). */
function decode(notification: Notification, limits: Limits): AlarmDraft[] {
  const groups: Group[] = [];
  const early: BodyPart[] = [];
  let failure: AlarmError | undefined;
  let damaged = false;
  let greeted = false;
  let bytes = 0;
  for (const part of notification.parts) {
    if (part.kind !== 'xml' && part.kind !== 'json') {
      (groups.at(-1)?.pictures ?? early).push(part);
      continue;
    }
    try {
      bytes += part.bytes.length;
      if (bytes > limits.documentBytes) throw new AlarmError('DOCUMENT_TOO_LARGE');
      const alerts = readDocument(part, limits);
      greeted ||= alerts.length === 0;
      groups.push(groupOf(alerts, early.splice(0), part.truncated, isGuessed(part)));
    } catch (error) {
      if (!(error instanceof AlarmError)) throw error;
      failure ??= error;
      // A document about something else is passed over; a broken one takes its pictures with it.
      if (error.code === 'EVENT_UNKNOWN_ROOT') continue;
      damaged = true;
      groups.push(groupOf([], early.splice(0), true, false));
    }
  }
  if (groups.every(({ alerts }) => alerts.length === 0)) {
    // Only then: what stands in the query beside a document says the same once more, or something about the request.
    const asked = readQuery(notification.query, limits);
    if (asked === undefined && greeted && failure === undefined) return [];
    if (asked === undefined) throw failure ?? new AlarmError('DOCUMENT_MISSING');
    groups.unshift(groupOf([asked], early, false, false));
  }
  const truncated = notification.truncated || damaged;
  const [first] = groups;
  if (first !== undefined && groups.length === 1) return drafts(first, notification, truncated, limits);
  sortPictures(groups, limits);
  return groups.flatMap((group) => drafts(group, notification, truncated, limits));
}

function groupOf(alerts: Fields[], pictures: BodyPart[], truncated: boolean, guessed: boolean): Group {
  return { alerts, pictures, truncated, guessed };
}

/**
 * Pictures came to the document before them; those in front of the first document to it. One that only another
 * document, or another alert of the same one, names goes there: a comparison and the capture it is about share a
 * delivery.
 */
function sortPictures(groups: readonly Group[], limits: Limits): void {
  const linked = groups.map((group) => ({ group, links: linksOf(group, limits) }));
  for (const { group, links } of linked) {
    const strangers = group.pictures.filter((picture) => !isLinked(picture, links));
    for (const picture of strangers) {
      const owner = linked.find((other) => isLinked(picture, other.links));
      if (owner === undefined) continue;
      group.pictures.splice(group.pictures.indexOf(picture), 1);
      owner.group.pictures.push(picture);
    }
  }
}

const linksOf = ({ alerts }: Group, { depth }: Limits) =>
  new Map(alerts.flatMap((alert) => [...pictureLinks(alert, depth)]));

/** One of each alert of a document. */
function drafts(group: Group, notification: Notification, damaged: boolean, limits: Limits): AlarmDraft[] {
  return alertsOf(group, limits).flatMap((one) => {
    const { alerts, pictures, guessed } = one;
    const truncated =
      damaged || one.truncated || pictures.some((part) => part.truncated || isCutPicture(part.bytes));
    return alerts.map((alert) => {
      const event = readAlert(alert, notification, limits);
      if (truncated) event.truncated = true;
      if (guessed) event.guessed = true;
      return { event, attachments: pictures.length > 0 ? readPictures(pictures, linksOf(one, limits)) : [] };
    });
  });
}

/** Of several alerts in one document each gets the pictures it names; the first one also those that none does. */
function alertsOf(group: Group, limits: Limits): Group[] {
  if (group.alerts.length < 2) return [group];
  const each = group.alerts.map((alert, index) => {
    return { ...group, alerts: [alert], pictures: index === 0 ? [...group.pictures] : [] };
  });
  sortPictures(each, limits);
  return each;
}

/** Whether the text of a document is not sure: it was in no character set that it could claim. */
const isGuessed = (part: BodyPart) =>
  !isAscii(part.bytes) && decodeText(part.bytes, part.contentType).guessed;

function readDocument(part: BodyPart, limits: Limits): Fields[] {
  const each = (alert: Fields) => eachEvent(alert, limits.durationsPerEvent);
  if (part.truncated && part.bytes.length >= limits.documentBytes) throw new AlarmError('DOCUMENT_TOO_LARGE');
  if (part.kind === 'xml') {
    const { root, content } = parseXml(part.bytes, limits, part.contentType);
    if (root === GREETING) return greet(content);
    const alerts = root === ROOT ? each(content) : wrapped(content).flatMap(each);
    return few(alerts, 'XML_TOO_COMPLEX', limits);
  }
  const value = parseJson(part.bytes, limits, part.contentType);
  const alerts = (Array.isArray(value) ? value : [value]).flatMap((item) => {
    if (!isFields(item)) throw new AlarmError('EVENT_UNKNOWN_ROOT');
    const greeting = child(item, GREETING);
    if (greeting !== undefined) return greet(greeting);
    return ('eventType' in item || 'DurationList' in item ? [item] : wrapped(item)).flatMap(each);
  });
  return few(alerts, 'JSON_TOO_COMPLEX', limits);
}

/** A subscription holds no event; what it leaves out must be told, or its alarms are waited for in vain. */
function greet(greeting: Fields): [] {
  const failed = children(child(greeting, 'FailedEventList'), 'FailedEvent');
  const types = failed
    .map((event) => text(event, 'type') ?? '')
    .filter((type) => /^[\w.-]{1,64}$/.test(type));
  if (failed.length > 0) throw new AlarmError('SUBSCRIPTION_INCOMPLETE', types.join(', '));
  return [];
}

/** So many would hold everything else up. */
function few(alerts: Fields[], otherwise: AlarmErrorCode, limits: Limits): Fields[] {
  if (alerts.length > limits.alertsPerDocument) throw new AlarmError(otherwise);
  return alerts;
}

/** A `duration` may name several events that go on: each is one of its own. */
function eachEvent(alert: Fields, most: number): Fields[] {
  if (!('DurationList' in alert)) return [alert];
  const durations = children(child(alert, 'DurationList'), 'Duration');
  return durations.length < 2
    ? [alert]
    : durations.slice(0, most).map((Duration) => ({ ...alert, DurationList: { Duration } }));
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
