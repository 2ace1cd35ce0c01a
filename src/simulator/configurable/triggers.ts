import type { Behaviour } from './behaviour.js';
import { readDocument, type Tree, textOf, treesOf } from './documents.js';
import type { Word } from './response-status.js';
import { document, type Hand, triggerInside, triggerList } from './trigger-documents.js';

const LIST = 'EventTriggerNotificationList';
/** What stands between the tags of the root, if anything does. */
const INSIDE = /<(?:[\w.-]+:)?(EventTrigger|EventTriggerNotificationList)(?:\s[^>]*)?>([\s\S]*)<\/[^<]*>\s*$/;
/** The notifications of a trigger, also when there are none. */
const NOTIFICATIONS =
  /(<EventTriggerNotificationList(?:\s[^>]*?)?)(?:\/>|>([\s\S]*?)<\/EventTriggerNotificationList\s*>)/;

/** The triggers of a device: texts that are changed in place (isapi.md §9). */
export class Triggers {
  readonly #behaviour: Behaviour;
  /** What stands between the tags, by id; bytes as characters of Latin-1. */
  readonly #insides = new Map<string, string>();

  /** @param behaviour may change at any time */
  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
    this.reset();
  }

  reset(): void {
    this.#insides.clear();
    for (const trigger of this.#behaviour.triggers ?? []) {
      this.#insides.set(trigger.id, triggerInside(trigger, this.#hand));
    }
  }

  /** Those that are there, as a GET gives them. */
  get documents(): Map<string, Buffer> {
    return new Map([...this.#insides].map(([id, inside]) => [id, this.#document('EventTrigger', inside)]));
  }

  get list(): Buffer {
    const insides = [...this.#insides.values()];
    return Buffer.from(triggerList(insides, this.#behaviour.triggerRoot, this.#hand), 'latin1');
  }

  trigger(id: string): Buffer | undefined {
    const inside = this.#insides.get(id);
    return inside === undefined ? undefined : this.#document('EventTrigger', inside);
  }

  notifications(id: string): Buffer | undefined {
    const inside = this.#insides.get(id);
    if (inside === undefined) return undefined;
    return this.#document(LIST, NOTIFICATIONS.exec(inside)?.[2] ?? '\n');
  }

  /** PUT of a trigger; one that was deleted comes back. */
  put(id: string, body: Buffer): Word {
    const { triggers = [], missingTrigger } = this.#behaviour;
    if (!triggers.some((trigger) => trigger.id === id)) return missingTrigger;
    const sent = readDocument(body, 'xml');
    if (sent === undefined) return 'badXmlFormat';
    const isTrigger = sent.root === 'EventTrigger' && textOf(sent.content, 'id') === id;
    const inside = isTrigger ? INSIDE.exec(body.toString('latin1'))?.[2] : undefined;
    const lists = treesOf(sent.content, LIST);
    if (inside === undefined || lists.some((list) => !this.#takes(list))) return 'badXmlContent';
    return this.#store(id, inside);
  }

  /** PUT of what a trigger sets off, in place of all that it did. */
  putNotifications(id: string, body: Buffer): Word {
    const before = this.#insides.get(id);
    if (before === undefined) return this.#behaviour.missingTrigger;
    const sent = readDocument(body, 'xml');
    if (sent === undefined) return 'badXmlFormat';
    if (sent.root !== LIST || !this.#takes(sent.content)) return 'badXmlContent';
    const inside = INSIDE.exec(body.toString('latin1'))?.[2] ?? '';
    const replaced = (_: string, open: string) => `${open}>${inside}</${LIST}>`;
    return this.#store(id, before.replace(NOTIFICATIONS, replaced));
  }

  remove(id: string): Word {
    if (!this.#insides.has(id)) return this.#behaviour.missingTrigger;
    if (this.#behaviour.keeping !== 'never') this.#insides.delete(id);
    return 'ok';
  }

  get #hand(): Hand {
    const { namespace, triggerStyle: style, blankFirst } = this.#behaviour;
    return { namespace, style, blankFirst };
  }

  /** Whether all that is set off says how, and nothing that the device does not know. */
  #takes(list: Tree): boolean {
    const refused = this.#behaviour.recurrence === 'refused';
    return treesOf(list, 'EventTriggerNotification').every(
      (one) => textOf(one, 'notificationMethod') && !(refused && 'notificationRecurrence' in one),
    );
  }

  #document(root: string, inside: string): Buffer {
    return Buffer.from(document(root, inside, this.#hand), 'latin1');
  }

  #store(id: string, inside: string): Word {
    if (this.#behaviour.keeping !== 'never') this.#insides.set(id, inside);
    return 'ok';
  }
}
