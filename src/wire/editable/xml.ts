import { AlarmError } from '../../errors.js';
import type { Limits } from '../../limits.js';
import { parseXml } from '../xml.js';
import { type Edit, EditableDocument, type EditNode, type NewValue } from './document.js';

/** An element in the text of a document. */
export interface XmlNode extends EditNode {
  readonly children: XmlNode[];
  /** Offsets of what is between its tags; equal for `<a/>` and `<a></a>`. */
  from: number;
  to: number;
  /** With its prefix and colon. */
  readonly tag: string;
  /** In the start tag, behind the name, as they stand. */
  readonly attributes: string;
}

/** Of a document that `parseXml` took: comments, CDATA, declarations; a closing tag; an opening one. */
const TOKEN =
  /<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<\/[^>]*>|<([^\s/>]+)((?:[^"'<>]|"[^"]*"|'[^']*')*)>/gs;

/** An XML document to be changed in place. */
export class EditableXml extends EditableDocument<XmlNode> {
  readonly format = 'xml';
  readonly root: XmlNode;
  readonly #limits: Limits;
  /** What is to be in elements that have no end tag. */
  readonly #filled = new Map<XmlNode, string>();

  /** @throws AlarmError as `parseXml`, for what is no XML or too much of it */
  constructor(bytes: Buffer, limits: Limits) {
    super(bytes.toString('latin1'));
    this.#limits = limits;
    parseXml(bytes, limits);
    // UTF-16, which no device was seen to answer with, has other bytes than are looked for here.
    if (bytes.includes(0)) throw new AlarmError('XML_INVALID', 'its character set cannot be edited');
    this.root = this.#read();
  }

  set(node: XmlNode, value: string): void {
    const text = escaped(value);
    if (node.from === node.end) this.#filled.set(node, text);
    else this.replace(node.from, node.to, text);
  }

  add(parent: XmlNode, name: string, value: NewValue, after = parent.children.at(-1)): void {
    const prefix = parent.tag.slice(0, parent.tag.indexOf(':') + 1);
    const element = render(prefix, name, value);
    if (after !== undefined) this.replace(after.end, after.end, this.#blankBefore(after) + element);
    else if (parent.from === parent.end) this.#filled.set(parent, (this.#filled.get(parent) ?? '') + element);
    else this.replace(parent.from, parent.from, element);
  }

  isList(): boolean {
    return false;
  }

  remove(_parent: XmlNode, node: XmlNode): void {
    this.cut(node);
  }

  /** Takes an element out, and says what stood there: it, with the line break and indent in front of it. */
  cut(node: XmlNode): string {
    const start = node.start - this.#blankBefore(node).length;
    this.replaceBytes(start, node.end, '');
    return this.source.slice(start, node.end);
  }

  /**
   * Puts in what was cut out of this document or one like it.
   * @param place its index among the children; the last one where there are fewer
   */
  paste(parent: XmlNode, place: number, source: string): void {
    const before = parent.children[Math.min(place, parent.children.length) - 1];
    if (before !== undefined) this.replaceBytes(before.end, before.end, source);
    else if (parent.from === parent.end) {
      const { start, end, tag, attributes } = parent;
      this.replaceBytes(start, end, `<${tag}${attributes}>${source}</${tag}>`);
    } else this.replaceBytes(parent.from, parent.from, source);
  }

  /** Line break and indent in front of an element. */
  #blankBefore({ start }: XmlNode): string {
    return /[ \t\r\n]*$/.exec(this.source.slice(Math.max(0, start - 256), start))?.[0] ?? '';
  }

  /**
   * An element as a document of its own, with the name spaces that its root declares: they may be those of the element.
   * The version goes with the name space of a generation (isapi.md §8.2). Other attributes of the root say something of
   * the whole, such as how many there are in it.
   */
  alone(node: XmlNode): Buffer {
    const own = new Set(generationOf(node.attributes).map(([, name]) => name));
    const inherited = generationOf(this.root.attributes).filter(
      ([, name]) => !own.has(name) && (name !== 'version' || own.size === 0),
    );
    const attributes = node.attributes + inherited.map(([declaration]) => declaration).join('');
    const rest = this.sourceOf(node).slice(1 + node.tag.length + node.attributes.length);
    const text = `<?xml version="1.0" encoding="UTF-8"?>\n<${node.tag}${attributes}${rest}\n`;
    return Buffer.from(text, 'latin1');
  }

  protected override edits(): Edit[] {
    const filled = [...this.#filled].map(([{ start, end, tag, attributes }, content]) => {
      const text = `<${tag}${attributes}>${Buffer.from(content).toString('latin1')}</${tag}>`;
      return { start, end, text };
    });
    return [...super.edits(), ...filled];
  }

  #read(): XmlNode {
    const stack: XmlNode[] = [];
    let root: XmlNode | undefined;
    for (const match of this.source.matchAll(TOKEN)) {
      const [token, tag, inside = ''] = match;
      const start = match.index;
      const end = start + token.length;
      if (tag !== undefined) {
        const empty = inside.endsWith('/');
        const attributes = (empty ? inside.slice(0, -1) : inside).trimEnd();
        const node = new Element(this.source, this.#limits, tag, attributes, start, end);
        stack.at(-1)?.children.push(node);
        root ??= node;
        if (!empty) stack.push(node);
      } else if (token.startsWith('</')) {
        const node = stack.pop() as Element;
        node.to = start;
        node.end = end;
      }
    }
    return root as XmlNode;
  }
}

class Element implements XmlNode {
  readonly name: string;
  readonly tag: string;
  readonly attributes: string;
  readonly children: XmlNode[] = [];
  readonly start: number;
  readonly from: number;
  end: number;
  to: number;
  readonly #source: string;
  readonly #limits: Limits;

  constructor(source: string, limits: Limits, tag: string, attributes: string, start: number, end: number) {
    this.#source = source;
    this.#limits = limits;
    this.tag = tag;
    this.name = tag.slice(tag.indexOf(':') + 1);
    this.attributes = attributes;
    this.start = start;
    this.from = end;
    this.to = end;
    this.end = end;
  }

  get text(): string | undefined {
    if (this.children.length > 0) return undefined;
    const content = Buffer.from(`<x><t>${this.#source.slice(this.from, this.to)}</t></x>`, 'latin1');
    const { t } = parseXml(content, this.#limits).content;
    return typeof t === 'string' ? t : '';
  }
}

/** Attributes with the blank in front of each, and their names: `xmlns`, the same with a prefix, `version`. */
const generationOf = (attributes: string) => [
  ...attributes.matchAll(/\s+(xmlns(?::[^\s=]+)?|version)\s*=\s*(?:"[^"]*"|'[^']*')/g),
];

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function render(prefix: string, name: string, value: NewValue): string {
  const content =
    typeof value === 'string' || typeof value === 'number'
      ? escaped(String(value))
      : value.map(([inner, further]) => render(prefix, inner, further)).join('');
  return `<${prefix}${name}>${content}</${prefix}${name}>`;
}
