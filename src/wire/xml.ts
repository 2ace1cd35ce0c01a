import { AlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import { decodeText } from './charset.js';
import { FORBIDDEN_KEYS } from './json.js';

/** An element without children is its text; with children an object; repeated, an array of these. */
export type XmlValue = string | XmlElement | XmlValue[];
/** Children by local name; text between them as `#text`. */
export interface XmlElement {
  [name: string]: XmlValue;
}

/** A parsed document: the local name of its root and what is in it. */
export interface XmlDocument {
  readonly root: string;
  readonly content: XmlElement;
}

/** An element that is not closed yet. */
interface Open {
  readonly name: string;
  children: XmlElement | undefined;
  text: string;
}

/** Characters that are not allowed in XML 1.0 §2.2 and that some firmwares leave in names. */
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f]/g;
const REFERENCE = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|amp|quot|apos));/gi;
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const NAME_END = /[\s"'&=<>/]/g;
const BLANK = /\s/;
const ATTRIBUTE = /([^\s"'&=<>/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * Bytes of an XML document to plain values: the part of XML 1.0 that devices write, and nothing that expands.
 * Text stays text (a plate 12E34, a serial 00123), and only local names are kept, as devices mix namespaces and
 * prefixes (isapi.md §4). Attributes of event documents say nothing but version and namespace: they are counted and
 * left out, unless they are asked for, as the bounds in a document of capabilities are. A bare `&` is text (isapi.md §1.7); tags that do not match, a second root and a missing end are errors.
 * @param contentType header of the part or request, for its `charset`
 * @param attributes whether they are kept, as children with `@` before their local name
 * @throws AlarmError `DOCUMENT_TOO_LARGE`, `XML_DOCTYPE`, `XML_TOO_COMPLEX`, `XML_INVALID`
 */
export function parseXml(
  bytes: Buffer,
  limits: Limits,
  contentType?: string,
  attributes = false,
): XmlDocument {
  if (bytes.length > limits.documentBytes) throw new AlarmError('DOCUMENT_TOO_LARGE');
  return new Reader(decodeText(bytes, contentType).text.replace(CONTROLS, ''), limits, attributes).read();
}

class Reader {
  readonly #text: string;
  readonly #limits: Limits;
  readonly #keepsAttributes: boolean;
  readonly #stack: Open[] = [];
  #at = 0;
  #elements = 0;
  #attributes = 0;
  #document: XmlDocument | undefined;

  constructor(text: string, limits: Limits, keepsAttributes: boolean) {
    this.#text = text;
    this.#limits = limits;
    this.#keepsAttributes = keepsAttributes;
  }

  read(): XmlDocument {
    const text = this.#text;
    for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', this.#at)) {
      if (open > this.#at) this.#addText(decode(text.slice(this.#at, open)));
      const kind = text[open + 1];
      if (kind === '/') this.#closeTag(open);
      else if (kind === '!') this.#readDeclaration(open);
      else if (kind === '?') this.#at = this.#endOf('?>', open + 2);
      else this.#openTag(open);
    }
    this.#addText(text.slice(this.#at));
    if (this.#document === undefined || this.#stack.length > 0)
      throw new AlarmError('XML_INVALID', 'its end is missing');
    return this.#document;
  }

  /** Comments say nothing, a CDATA section is text as it stands; anything else could expand (reliability.md §5.1). */
  #readDeclaration(open: number): void {
    if (this.#text.startsWith('<!--', open)) this.#at = this.#endOf('-->', open + 4);
    else if (this.#text.startsWith('<![CDATA[', open)) {
      this.#at = this.#endOf(']]>', open + 9);
      this.#addText(this.#text.slice(open + 9, this.#at - 3));
    } else throw new AlarmError('XML_DOCTYPE');
  }

  #openTag(open: number): void {
    const text = this.#text;
    const nameEnd = this.#endOfName(open + 1);
    const end = this.#endOfTag(nameEnd);
    const empty = text[end - 1] === '/';
    const name = text.slice(open + 1, nameEnd);
    const behind = nameEnd === end ? '' : text.slice(nameEnd, empty ? end - 1 : end);
    const broken = name === '' || (behind !== '' && !BLANK.test(behind.charAt(0)));
    if (broken || this.#document !== undefined) throw new AlarmError('XML_INVALID', 'its tags are broken');
    if (behind !== '') this.#countAttributes(behind);
    if (++this.#elements > this.#limits.xmlElements) throw new AlarmError('XML_TOO_COMPLEX');
    if (!empty && this.#stack.length >= this.#limits.depth) throw new AlarmError('XML_TOO_COMPLEX');
    this.#at = end + 1;
    const children = behind !== '' && this.#keepsAttributes ? attributesOf(behind) : undefined;
    const element: Open = { name: localName(name), children, text: '' };
    if (empty || this.#readLeaf(name, element)) this.#add(element);
    else this.#stack.push(element);
  }

  /** Most elements hold text alone and end right behind it: they are read in one go. False for any other. */
  #readLeaf(name: string, element: Open): boolean {
    const close = this.#text.indexOf('<', this.#at);
    const end = close + 2 + name.length;
    if (this.#text[close + 1] !== '/' || this.#text[end] !== '>') return false;
    if (!this.#text.startsWith(name, close + 2)) return false;
    element.text = decode(this.#text.slice(this.#at, close));
    this.#at = end + 1;
    return true;
  }

  #closeTag(open: number): void {
    const end = this.#endOf('>', open) - 1;
    const name = this.#text.slice(open + 2, end).trimEnd();
    const element = this.#stack.pop();
    if (element === undefined || element.name !== localName(name)) {
      throw new AlarmError('XML_INVALID', 'its tags do not match');
    }
    this.#at = end + 1;
    this.#add(element);
  }

  /** A finished element goes to its parent, or is the document. */
  #add({ name, children, text }: Open): void {
    const own = text.trim();
    const parent = this.#stack.at(-1);
    if (children !== undefined && own !== '') children['#text'] = own;
    if (parent === undefined) {
      const fit = !FORBIDDEN_KEYS.has(name) && (children !== undefined || own === '');
      if (!fit) throw new AlarmError('XML_INVALID', 'its root is no element with children');
      this.#document = { root: name, content: children ?? {} };
    } else if (!FORBIDDEN_KEYS.has(name)) {
      parent.children ??= {};
      append(parent.children, name, children ?? own);
    }
  }

  #addText(text: string): void {
    const parent = this.#stack.at(-1);
    // Blanks in front would be taken away at last: most of what stands between elements is nothing else.
    if (parent !== undefined) parent.text = parent.text === '' ? text.trimStart() : parent.text + text;
    else if (text.trim() !== '') throw new AlarmError('XML_INVALID', 'there is text around it');
  }

  #countAttributes(behind: string): void {
    let own = 0;
    for (let at = behind.indexOf('='); at >= 0; at = behind.indexOf('=', at + 1)) own++;
    this.#attributes += own;
    if (own > this.#limits.xmlAttributesPerElement || this.#attributes > this.#limits.xmlAttributes) {
      throw new AlarmError('XML_TOO_COMPLEX');
    }
  }

  /** Place of the first character that may not stand in a name. */
  #endOfName(from: number): number {
    NAME_END.lastIndex = from;
    return NAME_END.test(this.#text) ? NAME_END.lastIndex - 1 : this.#text.length;
  }

  /** Place of the `>` that ends a tag; one within quotes does not. */
  #endOfTag(from: number): number {
    const text = this.#text;
    for (let at = from; at < text.length; at++) {
      const character = text[at];
      if (character === '>') return at;
      if (character === '<') break;
      if (character === '"' || character === "'") at = this.#endOf(character, at + 1) - 1;
    }
    throw new AlarmError('XML_INVALID', 'a tag is not closed');
  }

  /** Place behind the next `mark`. */
  #endOf(mark: string, from: number): number {
    const at = this.#text.indexOf(mark, from);
    if (at < 0) throw new AlarmError('XML_INVALID', 'it breaks off');
    return at + mark.length;
  }
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1);

/** The attributes in a tag, behind its name; undefined when there are none. */
function attributesOf(behind: string): XmlElement | undefined {
  const found = [...behind.matchAll(ATTRIBUTE)].map(
    ([, name = '', double, single]) => [`@${localName(name)}`, decode(double ?? single ?? '')] as const,
  );
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

function append(children: XmlElement, name: string, value: XmlValue): void {
  const before = Object.hasOwn(children, name) ? children[name] : undefined;
  if (before === undefined) children[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else children[name] = [before, value];
}

/** References as the characters they stand for; what is no reference stays (XML 1.0 §4.1, §4.6). */
function decode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(REFERENCE, (found, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined) return NAMED[name.toLowerCase()] ?? found;
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return found;
    return String.fromCodePoint(code).replace(CONTROLS, '');
  });
}
