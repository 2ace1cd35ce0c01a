import { type Document, readDocument, render, type Tree, textOf, treesOf } from './documents.js';
import type { HostsBehaviour } from './hosts-behaviour.js';
import type { Word } from './response-status.js';
import { refusalOf } from './slot-rules.js';
import { type Slot, slotsOf, withoutPassword } from './slots.js';

const SLOT = 'HttpHostNotification';
const LIST = 'HttpHostNotificationList';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** The httpHosts of a device: a text that is changed in place (isapi.md §8). */
export class Hosts {
  /** As they were written, by the id of their slot: a GET does not show them. */
  readonly passwords = new Map<string, string>();
  readonly #behaviour: HostsBehaviour;
  /** Bytes as characters of Latin-1. */
  #text = '';
  /** What it comes back with after a start. */
  #saved = '';

  /** @param behaviour may change at any time */
  constructor(behaviour: HostsBehaviour) {
    this.#behaviour = behaviour;
    this.#load(behaviour.configured ?? behaviour.hosts);
  }

  /** The list as a GET gives it. */
  get bytes(): Buffer {
    return Buffer.from(this.#text, 'latin1');
  }

  reboot(): void {
    if (this.#behaviour.keeping === 'until reboot') this.#text = this.#saved;
  }

  reset(): void {
    this.passwords.clear();
    this.#load(this.#behaviour.hosts);
  }

  /** A slot as a document of its own; undefined when there is none. */
  slot(id: string): Buffer | undefined {
    const slot = this.#find(id);
    if (slot === undefined) return undefined;
    const inside = this.#text.slice(slot.from, slot.to);
    const { format, namespace } = this.#behaviour;
    const text =
      format === 'json'
        ? `{\n"${SLOT}": ${inside}\n}\n`
        : `${DECLARATION}<${SLOT} ${namespace}>${inside}</${SLOT}>\n`;
    return Buffer.from(text, 'latin1');
  }

  /** PUT of the whole list. */
  putList(body: Buffer): Word {
    const { format, fewerSlots, adds } = this.#behaviour;
    const sent = this.#read(body, LIST);
    if (typeof sent === 'string') return sent;
    if (this.#isForeign(sent)) return this.#factory();
    const slots = treesOf(sent.content, SLOT);
    const ids = slots.map((slot) => textOf(slot, 'id') ?? '');
    const own = this.#slots.map(({ id }) => id);
    const isFixed = adds === 0;
    if (isFixed && ids.length < own.length) return fewerSlots;
    if (new Set(ids).size < ids.length || ids.length > (isFixed ? own.length : adds)) return 'badXmlContent';
    if (isFixed && ids.some((id) => !own.includes(id))) return 'invalidID';
    for (const slot of slots) {
      const refusal = refusalOf(slot, this.#behaviour);
      if (refusal !== undefined) return refusal;
    }
    let text = this.#isVerbatim ? body.toString('latin1') : this.#text;
    // From the end, so that the places of those before stay.
    for (const { id, from, to } of slotsOf(text, format).reverse()) {
      const tree = slots.find((slot) => textOf(slot, 'id') === id) as Tree;
      const inside = this.#isVerbatim ? text.slice(from, to) : this.#rendered(tree);
      text = text.slice(0, from) + this.#keepPassword(id, inside, tree) + text.slice(to);
    }
    return this.#store(text);
  }

  /** PUT of one slot. */
  putSlot(id: string, body: Buffer): Word {
    const slot = this.#find(id);
    if (slot === undefined) return 'invalidID';
    const sent = this.#read(body, SLOT);
    if (typeof sent === 'string') return sent;
    if (this.#isForeign(sent)) return this.#factory(id);
    const tree = this.#slotOf(sent);
    if ((textOf(tree, 'id') ?? id) !== id) return 'badParameters';
    const refusal = refusalOf(tree, this.#behaviour);
    if (refusal !== undefined) return refusal;
    return this.#store(this.#replaced(slot, this.#keepPassword(id, this.#inside(body, tree), tree)));
  }

  /** POST of one more slot. */
  add(body: Buffer): Word {
    const { adds, namespace } = this.#behaviour;
    const sent = this.#read(body, SLOT);
    if (typeof sent === 'string') return sent;
    if (this.#slots.length >= adds) return 'badParameters';
    const tree = this.#slotOf(sent);
    const refusal = refusalOf(tree, this.#behaviour);
    if (refusal !== undefined) return refusal;
    const id = textOf(tree, 'id') || String(1 + Math.max(0, ...this.#slots.map((slot) => Number(slot.id))));
    if (this.#find(id) !== undefined) return 'invalidID';
    const numbered = this.#rendered({ id, ...tree });
    const inside = this.#keepPassword(id, numbered, tree);
    const end = this.#text.lastIndexOf(`</${LIST}`);
    return this.#store(
      `${this.#text.slice(0, end)}<${SLOT} ${namespace}>${inside}</${SLOT}>\n${this.#text.slice(end)}`,
    );
  }

  /** DELETE of one slot. */
  remove(id: string): Word {
    const slot = this.#find(id);
    if (slot === undefined) return 'invalidID';
    const { deletes } = this.#behaviour;
    if (deletes === 'refused') return 'notSupport';
    this.passwords.delete(id);
    if (deletes === 'resets') return this.#factory(id);
    return this.#store(this.#text.slice(0, slot.outerFrom) + this.#text.slice(slot.outerTo).trimStart());
  }

  /** JSON always is. */
  get #isVerbatim(): boolean {
    return this.#behaviour.writing === 'verbatim' || this.#behaviour.format === 'json';
  }

  get #slots(): Slot[] {
    return slotsOf(this.#text, this.#behaviour.format);
  }

  #find(id: string): Slot | undefined {
    return this.#slots.find((slot) => slot.id === id);
  }

  #load(list: string | undefined): void {
    this.#text = Buffer.from(list ?? '').toString('latin1');
    this.#saved = this.#text;
  }

  #store(text: string): Word {
    const { keeping, rebootRequired } = this.#behaviour;
    if (keeping !== 'never') this.#text = text;
    if (keeping === 'always') this.#saved = text;
    return rebootRequired ? 'rebootRequired' : 'ok';
  }

  /** What the factory wrote, of one slot or of all. */
  #factory(id?: string): Word {
    const { hosts = '', format } = this.#behaviour;
    const list = Buffer.from(hosts).toString('latin1');
    if (id === undefined) return this.#store(list);
    const slot = this.#find(id);
    const origin = slotsOf(list, format).find((one) => one.id === id);
    if (slot === undefined || origin === undefined) return 'invalidID';
    return this.#store(this.#replaced(slot, list.slice(origin.from, origin.to)));
  }

  #replaced({ from, to }: Slot, inside: string): string {
    return this.#text.slice(0, from) + inside + this.#text.slice(to);
  }

  #read(body: Buffer, root: string): Document | Word {
    const { format } = this.#behaviour;
    const document = readDocument(body, format);
    if (document === undefined) return 'badXmlFormat';
    // In JSON the name of a slot holds one, or all of them (seed 001).
    const isRoot = format === 'json' ? document.root === SLOT : document.root === root;
    return isRoot ? document : 'badXmlContent';
  }

  /** The slot in a document of one. */
  #slotOf({ content }: Document): Tree {
    return this.#behaviour.format === 'json' ? (treesOf(content, SLOT)[0] ?? {}) : content;
  }

  /** What a body of one slot is stored as. */
  #inside(body: Buffer, tree: Tree): string {
    const { format } = this.#behaviour;
    if (!this.#isVerbatim) return this.#rendered(tree);
    const text = body.toString('latin1');
    const [slot] = slotsOf(text, format);
    return slot === undefined ? '' : text.slice(slot.from, slot.to);
  }

  /** Written anew: nothing but the known fields, in their order. */
  #rendered(tree: Tree): string {
    const { fields, writing } = this.#behaviour;
    const whole: Tree = { ...(writing === 'all' ? this.#emptied : {}), ...tree };
    const known = fields.flatMap((name) => {
      const value = whole[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    return Buffer.from(`\n${render(Object.fromEntries(known), '', '\n')}`).toString('latin1');
  }

  /** The fields of a slot as the factory wrote them, without their text. */
  get #emptied(): Tree {
    const { hosts = '', format } = this.#behaviour;
    const list = readDocument(Buffer.from(hosts), format)?.content ?? {};
    const entries = Object.entries(treesOf(list, SLOT)[0] ?? {});
    return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === 'string' ? '' : value]));
  }

  /** One that is left out stays what it was. */
  #keepPassword(id: string, inside: string, tree: Tree): string {
    const { text } = withoutPassword(inside, this.#behaviour.format);
    const password = textOf(tree, 'password');
    if (password !== undefined && this.#behaviour.keeping !== 'never') this.passwords.set(id, password);
    return text;
  }

  /** Whether a body is of another generation than the device. */
  #isForeign({ content }: Document): boolean {
    const { foreignBodies, namespace } = this.#behaviour;
    if (foreignBodies === 'read') return false;
    return !namespace.includes(`xmlns="${textOf(content, '@xmlns') ?? ''}"`);
  }
}
