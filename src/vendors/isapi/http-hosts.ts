import { AlarmError } from '../../errors.js';
import type { Limits } from '../../limits.js';
import { classify } from '../../wire/classify.js';
import type { EditableDocument, EditNode } from '../../wire/editable/document.js';
import { EditableJson, type JsonNode } from '../../wire/editable/json.js';
import { EditableXml, type XmlNode } from '../../wire/editable/xml.js';
import { label } from '../../wire/label.js';
import { addSlot, SLOT, slotsIn } from './host-list.js';

/** Some devices put the kind of address where others put the address (seed 001). */
const ADDRESS_KINDS = new Set(['ipv4', 'ipv6']);
const NO_ADDRESS = new Set(['', '0.0.0.0', '::', '0:0:0:0:0:0:0:0']);

/** In the order of the guide (isapi.md §8.3). */
const NEW_SLOT = [
  ['id', '1'],
  ['url', ''],
  ['protocolType', 'HTTP'],
  ['parameterFormatType', 'XML'],
  ['addressingFormatType', 'ipaddress'],
  ['ipAddress', ''],
  ['portNo', 0],
  ['httpAuthenticationMethod', 'none'],
] as const;

/** One of the places where a device remembers whom it pushes to (isapi.md §8). */
export class HostSlot {
  readonly node: EditNode;

  constructor(node: EditNode) {
    this.node = node;
  }

  get id(): string {
    return this.field('id') ?? '';
  }

  /**
   * What stands in an element of it, `a/b` for one within another and `a[2]` for the second one of that name; undefined
   * when there is no such element.
   */
  field(path: string): string | undefined {
    return this.find(path)?.text;
  }

  find(path: string): EditNode | undefined {
    let node: EditNode | undefined = this.node;
    for (const step of path.split('/')) {
      const { name, number } = stepOf(step);
      node = node?.children.filter((child) => child.name === name)[number - 1];
    }
    return node;
  }

  /** For the maker's own platform: never touched. */
  get isEhome(): boolean {
    return /ehome|isup/i.test(this.field('protocolType') ?? '');
  }

  /** Whether the address stands in the url alone, and its element says which kind it is. */
  get addressInUrl(): boolean {
    return ADDRESS_KINDS.has((this.field('ipAddress') ?? '').toLowerCase());
  }

  get isFree(): boolean {
    return !this.isEhome && this.host === undefined;
  }

  /** Where it pushes to; undefined for nowhere. */
  get host(): string | undefined {
    const url = this.field('url') ?? '';
    if (/^https?:/i.test(url)) {
      const host = URL.canParse(url) ? bare(new URL(url).hostname) : 'unreadable address';
      return NO_ADDRESS.has(host) ? undefined : host;
    }
    const kind = this.field('addressingFormatType') ?? '';
    const elements = /ipv6/i.test(kind) ? ['ipv6Address', 'ipAddress'] : ['ipAddress', 'ipv6Address'];
    const addresses = this.addressInUrl ? [] : elements.map((name) => this.field(name) ?? '');
    const names = /hostname/i.test(kind) ? [this.field('hostName') ?? '', ...addresses] : addresses;
    return names.find((each) => !NO_ADDRESS.has(each.trim()));
  }

  get port(): number {
    const url = this.field('url') ?? '';
    if (URL.canParse(url)) return Number(new URL(url).port || (url.startsWith('https') ? 443 : 80));
    return Number(this.field('portNo') ?? 0);
  }

  /** Of its url, with a slash in front; devices leave it out (seed 003). */
  get path(): string {
    const url = this.field('url') ?? '';
    if (/^https?:/i.test(url) && URL.canParse(url)) return new URL(url).pathname;
    return `/${url.replace(/^\/+/, '')}`;
  }
}

/** `name` or `name[number]`, numbers from 1. */
export function stepOf(step: string): { readonly name: string; readonly number: number } {
  const [, name = step, number = '1'] = /^(.*)\[(\d+)\]$/.exec(step) ?? [];
  return { name, number: Number(number) };
}

const bare = (hostname: string) => hostname.replace(/^\[|\]$/g, '');

/** What a device answered when it was asked whom it pushes to, to be changed in place. */
export class HttpHosts {
  readonly document: EditableDocument;
  readonly slots: readonly HostSlot[];
  readonly #limits: Limits;

  /** @throws AlarmError `CONFIG_UNREADABLE` for anything but a list of hosts */
  constructor(body: Buffer, limits: Limits) {
    this.#limits = limits;
    this.document = read(body, limits);
    this.slots = slotsIn(this.document).map((node) => new HostSlot(node));
  }

  /** Another state of the same list. @throws AlarmError `CONFIG_UNREADABLE` */
  reread(body: Buffer): HttpHosts {
    return new HttpHosts(body, this.#limits);
  }

  /** @throws AlarmError as {@link requireIds} */
  slot(id: string): HostSlot | undefined {
    this.requireIds();
    return this.slots.find((slot) => slot.id === id);
  }

  /**
   * For whoever is going to write: without an id of its own for each slot, that of somebody else may be overwritten.
   * @throws AlarmError `CONFIG_UNREADABLE`
   */
  requireIds(): void {
    const ids = this.slots.map(({ id }) => id.trim());
    if (ids.includes('')) throw new AlarmError('CONFIG_UNREADABLE', 'one of its places has no number');
    const twice = ids.find((id, place) => ids.indexOf(id) !== place);
    if (twice !== undefined)
      throw new AlarmError('CONFIG_UNREADABLE', `two of its places have the number ${label(twice)}`);
  }

  /** The same list with one more slot in it, for nobody yet; for devices that have none before it is made. */
  withNewSlot(): HttpHosts {
    const fields = NEW_SLOT.map(([name, value]) => [name, value] as const);
    addSlot(this.document, fields);
    return this.reread(this.document.bytes());
  }

  /** A slot as a document of its own, for the address of that slot alone. */
  alone(slot: HostSlot): Buffer {
    const { document } = this;
    if (document instanceof EditableJson)
      return Buffer.from(`{"${SLOT}": ${document.valueAt(slot.node as JsonNode)}}`, 'latin1');
    return (document as EditableXml).alone(slot.node as XmlNode);
  }
}

/** @throws AlarmError `CONFIG_UNREADABLE` */
function read(body: Buffer, limits: Limits): EditableDocument {
  try {
    return classify(body) === 'json' ? new EditableJson(body, limits) : new EditableXml(body, limits);
  } catch (error) {
    throw new AlarmError('CONFIG_UNREADABLE', undefined, { cause: error });
  }
}
