import { AlarmError } from '../../errors.js';
import { classify } from '../../wire/classify.js';
import { childOf, type EditableDocument, type EditNode, nodesNamed } from '../../wire/editable/document.js';
import { EditableJson, type JsonNode } from '../../wire/editable/json.js';
import { EditableXml, type XmlNode } from '../../wire/editable/xml.js';
import { label } from './label.js';

const SLOT = 'HttpHostNotification';
const LIST = 'HttpHostNotificationList';
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

  /** What stands in an element of it, `a/b` for one within another; undefined when there is no such element. */
  field(path: string): string | undefined {
    return this.find(path)?.text;
  }

  find(path: string): EditNode | undefined {
    let node: EditNode | undefined = this.node;
    for (const name of path.split('/')) node = childOf(node, name);
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
    const named = /hostname/i.test(this.field('addressingFormatType') ?? '');
    const addresses = this.addressInUrl
      ? []
      : [this.field('ipAddress'), this.field('ipv6Address')].map((each) => each ?? '');
    const names = named ? [this.field('hostName') ?? '', ...addresses] : addresses;
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

const bare = (hostname: string) => hostname.replace(/^\[|\]$/g, '');

/** What a device answered when it was asked whom it pushes to, to be changed in place. */
export class HttpHosts {
  readonly document: EditableDocument;
  readonly slots: readonly HostSlot[];

  /** @throws AlarmError `CONFIG_UNREADABLE` for anything but a list of hosts */
  constructor(body: Buffer) {
    this.document = read(body);
    const { root } = this.document;
    const list = this.document.format === 'xml' ? root : (childOf(root, LIST) ?? root);
    const known = this.document.format === 'json' ? childOf(list, SLOT) !== undefined : list.name === LIST;
    if (!known) throw new AlarmError('CONFIG_UNREADABLE', label(list.name));
    this.slots = nodesNamed(list, SLOT).map((node) => new HostSlot(node));
  }

  slot(id: string): HostSlot | undefined {
    return this.slots.find((slot) => slot.id === id);
  }

  /** The same list with one more slot in it, for nobody yet; for devices that have none before it is made. */
  withNewSlot(): HttpHosts {
    const { document } = this;
    const fields = NEW_SLOT.map(([name, value]) => [name, value] as const);
    document.add(document.root, SLOT, fields);
    return new HttpHosts(document.bytes());
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
function read(body: Buffer): EditableDocument {
  try {
    return classify(body) === 'json' ? new EditableJson(body) : new EditableXml(body);
  } catch (error) {
    throw new AlarmError('CONFIG_UNREADABLE', undefined, { cause: error });
  }
}
