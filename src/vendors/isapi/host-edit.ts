import type { EditableDocument, EditNode, NewValue } from '../../wire/editable/document.js';
import type { HostChange } from './host-changes.js';
import { type HostSlot, stepOf } from './http-hosts.js';

/** Order of the guide: where an element goes that a slot does not have yet (isapi.md §8.3). */
const ORDER = [
  'id',
  'url',
  'protocolType',
  'parameterFormatType',
  'addressingFormatType',
  'hostName',
  'ipAddress',
  'ipv6Address',
  'portNo',
  'userName',
  'password',
  'httpAuthenticationMethod',
  'uploadImagesDataType',
];

/** Makes the changes in the document that the slot stands in. */
export function applyChanges(
  document: EditableDocument,
  slot: HostSlot,
  changes: readonly HostChange[],
): void {
  for (const { path, to, value = valueFor(path, to) } of changes) {
    const node = slot.find(path);
    if (node === undefined) insert(document, slot, path, value);
    else if (node.children.length === 0 && !isStructure(value)) document.set(node, to);
    else replace(document, slot, path, value);
  }
}

const HEARTBEAT = 'SubscribeEvent/heartbeat';
const NUMBERS = new Set(['portNo', HEARTBEAT]);
const valueFor = (path: string, to: string): NewValue => (NUMBERS.has(path) ? Number(to) : to);

type Structure = Exclude<NewValue, string | number>;
const isStructure = (value: NewValue): value is Structure => Array.isArray(value);

/** A new element, with those around it that are not there either. */
function insert(document: EditableDocument, slot: HostSlot, path: string, value: NewValue): void {
  const steps = path.split('/');
  let depth = steps.length - 1;
  while (depth > 0 && slot.find(steps.slice(0, depth).join('/')) === undefined) depth--;
  const [first = '', ...inner] = steps.slice(depth).map((step) => stepOf(step).name);
  const content = inner.reduceRight<NewValue>((within, name) => [[name, within]], value);
  // A new subscription is to bring all events.
  const isNew = path === HEARTBEAT && depth === 0 && isStructure(content);
  const all = isNew ? [...content, ['eventMode', 'all'] as const] : content;
  const parent = depth === 0 ? slot.node : (slot.find(steps.slice(0, depth).join('/')) as EditNode);
  add(document, parent, first, all, depth === 0 ? placeFor(slot, first) : undefined);
}

/** In the place of what was there: a device may want its own order. */
function replace(document: EditableDocument, slot: HostSlot, path: string, value: NewValue): void {
  const steps = path.split('/');
  const { name } = stepOf(steps.pop() ?? '');
  const parent = steps.length === 0 ? slot.node : (slot.find(steps.join('/')) as EditNode);
  const node = slot.find(path) as EditNode;
  const gone = document.isList(parent, name) ? parent.children.filter((each) => each.name === name) : [node];
  for (const each of gone) document.remove(parent, each);
  add(document, parent, name, value, node);
}

/** What are elements of one name within another are items of a list where the device has one. */
function add(
  document: EditableDocument,
  parent: EditNode,
  name: string,
  value: NewValue,
  after: EditNode | undefined,
): void {
  if (!isStructure(value) || !document.isList(parent, name)) document.add(parent, name, value, after);
  else for (const [, item] of value) document.add(parent, name, item, after);
}

/** Behind the last one that the guide has in front of it; at the end when it has none. */
function placeFor(slot: HostSlot, name: string): EditNode | undefined {
  const place = ORDER.indexOf(name);
  const before = slot.node.children.filter(
    (child) => ORDER.includes(child.name) && ORDER.indexOf(child.name) < place,
  );
  return place < 0 ? undefined : before.at(-1);
}
