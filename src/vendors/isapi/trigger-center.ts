import type { Limits } from '../../limits.js';
import { childOf, nodesNamed } from '../../wire/editable/document.js';
import type { EditableXml, XmlNode } from '../../wire/editable/xml.js';
import { CENTER, centersIn, NOTIFICATION, openTrigger, recurrenceOf, TriggerDocuments } from './triggers.js';

const LIST = 'EventTriggerNotificationList';

/** A notification as it stood in a trigger before it was taken out. */
export interface CutNotification {
  /** Its element, and the blanks in front of it; one character for each byte. */
  readonly source: string;
  /** Its index among all notifications of the trigger. */
  readonly place: number;
}

/** How a trigger is to tell the center. */
export interface CenterPattern {
  /** What was taken out of this trigger: it comes back as it was. */
  readonly cut?: readonly CutNotification[];
  /** Otherwise how often it tells; undefined for a device that does not say. By itself as its other notifications. */
  readonly recurrence?: string | undefined;
}

/**
 * The document of one trigger that tells the surveillance center, or does not: presence is the switch (isapi.md §9.2).
 * Everything else in it stays as it is, byte by byte.
 * @throws AlarmError `CONFIG_UNREADABLE`
 */
export function withCenter(
  body: Buffer,
  center: boolean,
  limits: Limits,
  { cut = [], recurrence }: CenterPattern = new TriggerDocuments([body], limits),
): Buffer {
  const { document, trigger } = openTrigger(body, limits);
  const there = centersIn(trigger);
  if (!center) for (const node of there) document.cut(node);
  else if (there.length === 0 && cut.length > 0) pasteAll(document, trigger, cut);
  else if (there.length === 0) {
    const notification: [string, string][] = [
      ['id', CENTER],
      ['notificationMethod', CENTER],
    ];
    if (recurrence !== undefined) notification.push(['notificationRecurrence', recurrence]);
    const list = childOf(trigger, LIST);
    if (list === undefined) document.add(trigger, LIST, [[NOTIFICATION, notification]]);
    else document.add(list, NOTIFICATION, notification);
  }
  return document.bytes();
}

/**
 * What `withCenter` takes out of a trigger, to be remembered before.
 * @throws AlarmError `CONFIG_UNREADABLE`
 */
export function centersOf(body: Buffer, limits: Limits): readonly CutNotification[] {
  const { document, trigger } = openTrigger(body, limits);
  const all = nodesNamed(trigger, NOTIFICATION);
  return centersIn(trigger).map((node) => ({ source: document.cut(node), place: all.indexOf(node) }));
}

/**
 * The same trigger, where how often it tells the center is not said: recorders refuse that (isapi.md §9.2).
 * @returns undefined when it was not said anyhow
 * @throws AlarmError `CONFIG_UNREADABLE`
 */
export function withoutRecurrence(body: Buffer, limits: Limits): Buffer | undefined {
  const { document, trigger } = openTrigger(body, limits);
  const said = centersIn(trigger).flatMap((node) => recurrenceOf(node) ?? []);
  for (const node of said) document.cut(node);
  return said.length === 0 ? undefined : document.bytes();
}

/**
 * What one trigger notifies as a document of its own, as devices take it that refuse the whole trigger.
 * @returns undefined when it has no list of that
 * @throws AlarmError `CONFIG_UNREADABLE`
 */
export function notificationsOf(body: Buffer, limits: Limits): Buffer | undefined {
  const { document, trigger } = openTrigger(body, limits);
  const list = childOf(trigger, LIST);
  return list && document.alone(list);
}

function pasteAll(document: EditableXml, trigger: XmlNode, cut: readonly CutNotification[]): void {
  const sorted = [...cut].sort((one, other) => one.place - other.place);
  const list = childOf(trigger, LIST);
  const together = sorted.map(({ source }) => source).join('');
  if (list === undefined) {
    // Some devices do not write an empty list.
    const tag = trigger.tag.replace(/[^:]*$/, LIST);
    document.paste(trigger, trigger.children.length, `<${tag}>${together}</${tag}>`);
  } else if (list.children.length === 0) document.paste(list, 0, together);
  // Those in front of it that were cut too are not among the children.
  else for (const [at, { source, place }] of sorted.entries()) document.paste(list, place - at, source);
}
