import { AlarmError } from '../../errors.js';
import type { Limits } from '../../limits.js';
import { childOf, nodesNamed } from '../../wire/editable/document.js';
import { EditableXml, type XmlNode } from '../../wire/editable/xml.js';
import { label } from '../../wire/label.js';

const TRIGGER = 'EventTrigger';
export const NOTIFICATION = 'EventTriggerNotification';
/** The method that pushes and streams an event. */
export const CENTER = 'center';

/** What a device does when something happens (isapi.md §9). */
export interface Trigger {
  /** As `VMD-1`. */
  readonly id: string;
  readonly eventType: string;
  readonly channel: string | undefined;
  /** Whether it tells the surveillance center: without that it is neither pushed nor streamed. */
  readonly center: boolean;
}

/** For a list of triggers, which is longer than what comes with alarms. */
export const triggerLimits = (limits: Limits): Limits => ({
  ...limits,
  documentBytes: limits.triggersBytes,
  xmlElements: limits.triggersElements,
  xmlAttributes: limits.triggersAttributes,
});

/** A trigger with the text it was read from. */
interface Found {
  readonly trigger: Trigger;
  readonly document: EditableXml;
  readonly node: XmlNode;
}

/** The triggers of a device as it gave them: in one list, or each by itself. */
export class TriggerDocuments {
  readonly #found: readonly Found[];

  /** @throws AlarmError `CONFIG_UNREADABLE` for what holds no triggers */
  constructor(bodies: readonly Buffer[], limits: Limits) {
    this.#found = bodies.flatMap((body) => foundIn(body, limits));
  }

  get triggers(): readonly Trigger[] {
    return this.#found.map(({ trigger }) => trigger);
  }

  /** Whether the device gave more of them than it was asked for by name. */
  get isList(): boolean {
    return this.#found.some(({ document, node }) => node !== document.root);
  }

  /** A trigger as a document of its own, as it is written; undefined when there is none of that id. */
  documentOf(id: string): Buffer | undefined {
    const found = this.#found.find(({ trigger }) => trigger.id === id);
    if (found === undefined) return undefined;
    const { document, node } = found;
    return node === document.root ? document.bytes() : document.alone(node);
  }

  /**
   * How often this device tells the center of one event, by what is armed already; else how often it does anything.
   * @returns undefined where it does not say so at all, as recorders (isapi.md §9.2)
   */
  get recurrence(): string | undefined {
    const notifying = this.#found.flatMap(({ node }) => centersIn(node));
    const [pattern] =
      notifying.length > 0 ? notifying : this.#found.flatMap(({ node }) => nodesNamed(node, NOTIFICATION));
    return pattern === undefined ? USUAL_RECURRENCE : recurrenceOf(pattern)?.text;
  }
}

/** Where there is nothing to go by: what cameras are delivered with. */
const USUAL_RECURRENCE = 'beginning';

/**
 * Reads a list of triggers, or a single one.
 * @throws AlarmError `CONFIG_UNREADABLE` for anything else
 */
export const readTriggers = (body: Buffer, limits: Limits): readonly Trigger[] =>
  new TriggerDocuments([body], limits).triggers;

/** The `EventTriggerNotification` in a trigger that are of the method `center`. */
export const centersIn = (trigger: XmlNode): XmlNode[] =>
  nodesNamed(trigger, NOTIFICATION).filter(
    (node) => childOf(node, 'notificationMethod')?.text?.trim().toLowerCase() === CENTER,
  );

/** When a notification is repeated: `beginning`, `beginningandend` or `recurring`; recorders have none (isapi.md §9.2). */
export const recurrenceOf = (notification: XmlNode): XmlNode | undefined =>
  childOf(notification, 'notificationRecurrence');

/**
 * A document of one trigger, and where in it the trigger is.
 * @throws AlarmError `CONFIG_UNREADABLE`
 */
export function openTrigger(
  body: Buffer,
  limits: Limits,
): { readonly document: EditableXml; readonly trigger: XmlNode } {
  const document = editable(body, limits);
  const [trigger] = nodesNamed(document.root, TRIGGER);
  if (trigger === undefined) throw new AlarmError('CONFIG_UNREADABLE', label(document.root.name));
  return { document, trigger };
}

/** Whether two documents of a trigger say the same, in whatever namespace and with whatever blanks. */
export const sayTheSame = (one: Buffer, other: Buffer, limits: Limits): boolean =>
  isSame(openTrigger(one, limits).trigger, openTrigger(other, limits).trigger);

function isSame(one: XmlNode, other: XmlNode): boolean {
  if (one.name !== other.name || one.children.length !== other.children.length) return false;
  if (one.children.length === 0) return one.text?.trim() === other.text?.trim();
  return one.children.every((child, at) => isSame(child, other.children[at] as XmlNode));
}

function foundIn(body: Buffer, limits: Limits): Found[] {
  const document = editable(body, limits);
  const { root } = document;
  const nodes = nodesNamed(root, TRIGGER);
  if (nodes.length === 0 && !/^Event(?:TriggerList|Notification)$/.test(root.name))
    throw new AlarmError('CONFIG_UNREADABLE', label(root.name));
  return nodes.map((node) => ({ trigger: triggerOf(node), document, node }));
}

function triggerOf(node: XmlNode): Trigger {
  const field = (name: string) => label(childOf(node, name)?.text);
  const id = field('id') ?? '';
  const channel = field('videoInputChannelID') ?? field('dynVideoInputChannelID') ?? field('inputIOPortID');
  const center = centersIn(node).length > 0;
  return { id, eventType: field('eventType') ?? id.replace(/-.*$/, ''), channel, center };
}

/** @throws AlarmError `CONFIG_UNREADABLE` */
function editable(body: Buffer, limits: Limits): EditableXml {
  try {
    return new EditableXml(body, triggerLimits(limits));
  } catch (error) {
    throw new AlarmError('CONFIG_UNREADABLE', undefined, { cause: error });
  }
}
