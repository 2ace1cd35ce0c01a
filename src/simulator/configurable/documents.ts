import { LIMITS } from '../../limits.js';
import { type JsonValue, parseJson } from '../../wire/json.js';
import { parseXml, type XmlElement, type XmlValue } from '../../wire/xml.js';

/** Elements of a document by name, in their order; attributes of XML stand before them as `@name`. */
export type Tree = XmlElement;

export interface Document {
  readonly root: string;
  readonly content: Tree;
}

/**
 * Reads what a client sent, as strictly as a device does: undefined for what is not well-formed. A document of JSON has
 * the first of its keys as its root. Keys are read without their blanks, numbers as text.
 */
export function readDocument(body: Buffer, format: 'xml' | 'json'): Document | undefined {
  try {
    if (format === 'xml') return parseXml(body, LIMITS, undefined, true);
    const value = asTree(parseJson(body, LIMITS));
    if (typeof value === 'string' || Array.isArray(value)) return undefined;
    const root = 'HttpHostNotification' in value ? 'HttpHostNotification' : Object.keys(value)[0];
    return root === undefined ? undefined : { root, content: value };
  } catch {
    return undefined;
  }
}

function asTree(value: JsonValue): XmlValue {
  if (Array.isArray(value)) return value.map(asTree);
  if (typeof value !== 'object' || value === null) return value === null ? '' : String(value);
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name.trim(), asTree(inside)]));
}

/** The elements of one name that have children. */
export function treesOf(tree: Tree, name: string): Tree[] {
  const value = tree[name];
  return [value ?? []].flat().filter((one): one is Tree => typeof one === 'object');
}

/** The text of an element; undefined when it is not there. Empty text is there. */
export function textOf(tree: Tree, name: string): string | undefined {
  const value = [tree[name]].flat()[0];
  return typeof value === 'object' && !Array.isArray(value) ? textOf(value, '#text') : (value as string);
}

const isElement = (name: string) => !name.startsWith('@') && name !== '#text';

/** Whether an element without text stands anywhere in it. */
export function hasEmptyElement(tree: Tree): boolean {
  return Object.entries(tree).some(([name, value]) =>
    [value]
      .flat()
      .some(
        (one) => isElement(name) && (typeof one === 'string' ? one === '' : hasEmptyElement(one as Tree)),
      ),
  );
}

/** A document written anew in a device's own hand: one element per line, blanks for each level. */
export function render(tree: Tree, indent: string, lineEnd: string): string {
  const write = (name: string, value: XmlValue): string => {
    if (typeof value === 'string') return `${indent}<${name}>${escaped(value)}</${name}>${lineEnd}`;
    if (Array.isArray(value)) return value.map((one) => write(name, one)).join('');
    const attributes = Object.entries(value)
      .filter(([key]) => key.startsWith('@'))
      .map(([key, text]) => ` ${key.slice(1)}="${escaped(text as string)}"`)
      .join('');
    const own = textOf(value, '#text');
    const inside =
      own === undefined ? `${lineEnd}${render(value, `${indent} `, lineEnd)}${indent}` : escaped(own);
    return `${indent}<${name}${attributes}>${inside}</${name}>${lineEnd}`;
  };
  return Object.entries(tree)
    .filter(([name]) => isElement(name))
    .map(([name, value]) => write(name, value))
    .join('');
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
