import { AlarmError } from '../../errors.js';
import { childOf, nodesNamed } from '../../wire/editable/document.js';
import { EditableXml, type XmlNode } from '../../wire/editable/xml.js';
import { label } from './label.js';

const TRIGGER = 'EventTrigger';
const NOTIFICATIONS = 'EventTriggerNotificationList';
const NOTIFICATION = 'EventTriggerNotification';
const CENTER = 'center';

/** What a device does when something happens (isapi.md §9). */
export interface Trigger {
  /** As `VMD-1`. */
  readonly id: string;
  readonly eventType: string;
  readonly channel: string | undefined;
  /** Whether it tells the surveillance center: without that it is neither pushed nor streamed. */
  readonly center: boolean;
}

/**
 * Reads a list of triggers, or a single one.
 * @throws AlarmError `CONFIG_UNREADABLE` for anything else
 */
export function readTriggers(body: Buffer): Trigger[] {
  const { root } = editable(body);
  const nodes = nodesNamed(root, TRIGGER);
  if (nodes.length === 0 && !/^Event(?:TriggerList|Notification)$/.test(root.name))
    throw new AlarmError('CONFIG_UNREADABLE', label(root.name));
  return nodes.map((node) => {
    const field = (name: string) => label(childOf(node, name)?.text);
    const id = field('id') ?? '';
    const channel = field('videoInputChannelID') ?? field('dynVideoInputChannelID') ?? field('inputIOPortID');
    return {
      id,
      eventType: field('eventType') ?? id.replace(/-.*$/, ''),
      channel,
      center: centers(node).length > 0,
    };
  });
}

/**
 * The document of one trigger that tells the surveillance center, or does not: presence is the switch. Everything else
 * in it stays as it is.
 * @throws AlarmError `CONFIG_UNREADABLE`
 */
export function withCenter(body: Buffer, center: boolean): Buffer {
  const document = editable(body);
  const [trigger] = nodesNamed(document.root, TRIGGER);
  if (trigger === undefined) throw new AlarmError('CONFIG_UNREADABLE', label(document.root.name));
  const list = childOf(trigger, NOTIFICATIONS);
  const there = centers(trigger);
  if (!center && list !== undefined) for (const node of there) document.remove(list, node);
  if (center && there.length === 0) {
    const recurrence = recurrenceOf(trigger);
    const notification: [string, string][] = [
      ['id', CENTER],
      ['notificationMethod', CENTER],
    ];
    if (recurrence !== undefined) notification.push(['notificationRecurrence', recurrence]);
    if (list === undefined) document.add(trigger, NOTIFICATIONS, [[NOTIFICATION, notification]]);
    else document.add(list, NOTIFICATION, notification);
  }
  return document.bytes();
}

/**
 * What one trigger notifies as a document of its own, as devices take it that refuse the whole trigger.
 * @throws AlarmError `CONFIG_UNREADABLE`
 */
export function notificationsOf(trigger: Buffer): Buffer {
  const document = editable(trigger);
  const [list] = nodesNamed(document.root, NOTIFICATIONS);
  if (list === undefined) throw new AlarmError('CONFIG_UNREADABLE');
  return document.alone(list);
}

/** As the device does it for its other notifications: recorders do not know it (isapi.md §9.2). */
function recurrenceOf(trigger: XmlNode): string | undefined {
  const [other] = nodesNamed(trigger, NOTIFICATION);
  return other === undefined ? 'beginning' : childOf(other, 'notificationRecurrence')?.text;
}

const centers = (trigger: XmlNode) =>
  nodesNamed(trigger, NOTIFICATION).filter(
    (node) => childOf(node, 'notificationMethod')?.text?.trim().toLowerCase() === CENTER,
  );

/** @throws AlarmError `CONFIG_UNREADABLE` */
function editable(body: Buffer): EditableXml {
  try {
    return new EditableXml(body);
  } catch (error) {
    throw new AlarmError('CONFIG_UNREADABLE', undefined, { cause: error });
  }
}
