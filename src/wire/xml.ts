import { XMLParser } from 'fast-xml-parser';
import { AlarmError, asAlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import { decodeText } from './charset.js';

const [EXCLAMATION_MARK, SLASH, LESS, EQUALS, GREATER, QUESTION_MARK] = [0x21, 0x2f, 0x3c, 0x3d, 0x3e, 0x3f];

/** An element without children is its text; with children an object; repeated, an array of these. */
export type XmlValue = string | XmlElement | XmlValue[];
/** Children by local name. */
export interface XmlElement {
  readonly [name: string]: XmlValue;
}

/** A parsed document: the local name of its root and what is in it. */
export interface XmlDocument {
  readonly root: string;
  readonly content: XmlElement;
}

/**
 * Text stays text (a plate 12E34, a serial 00123), and only local names are kept, as devices mix namespaces and
 * prefixes (isapi.md §4). Attributes of event documents say nothing but version and namespace.
 * One parser for all documents: building one costs as much as a small parse (performance.md).
 */
const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  jPath: false,
});

/**
 * Bytes of an XML document to plain values. Tolerant of what cameras get wrong inside (a bare `&`, control
 * characters), strict about size and shape, so that no document holds up the process.
 * @param charset as announced in the content type
 * @throws AlarmError `DOCUMENT_TOO_LARGE`, `XML_DOCTYPE`, `XML_TOO_COMPLEX`, `XML_INVALID`
 */
export function parseXml(bytes: Buffer, limits: Limits, charset?: string): XmlDocument {
  if (bytes.length > limits.documentBytes) throw new AlarmError('DOCUMENT_TOO_LARGE');
  const text = withReferences(decodeText(bytes, charset).text.replace(CONTROLS, ''));
  checkShape(text, limits);
  const [root, content] = firstElement(parse(text));
  if (!endsWith(text, root)) throw new AlarmError('XML_INVALID', 'its end is missing');
  return { root, content };
}

function parse(text: string): Record<string, XmlValue> {
  try {
    return parser.parse(text) as Record<string, XmlValue>;
  } catch (error) {
    throw asAlarmError(error, 'XML_INVALID');
  }
}

function firstElement(document: Record<string, XmlValue>): [string, XmlElement] {
  const [root] = Object.keys(document);
  if (root === undefined || root === '' || root === '#text')
    throw new AlarmError('XML_INVALID', 'it has no element');
  const value = document[root];
  if (typeof value === 'object' && !Array.isArray(value)) return [root, value];
  if (value === '') return [root, {}];
  throw new AlarmError('XML_INVALID', 'it is not one element with children');
}

/** The parser takes a document that breaks off: a whole one ends with its root's closing tag, or is one empty tag. */
function endsWith(text: string, root: string): boolean {
  const end = text.trimEnd();
  if (!end.endsWith('>')) return false;
  const tag = end.slice(end.lastIndexOf('<') + 1, -1);
  const name = tag.startsWith('/')
    ? tag.slice(1).trim()
    : tag.endsWith('/')
      ? (tag.split(/[\s/]/, 1)[0] ?? '')
      : '';
  return name.slice(name.indexOf(':') + 1) === root;
}

const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f]/g;

/**
 * Numeric references as the characters they stand for (XML 1.0 §4.1). The parser can do that too, at twice the price
 * for every document; hardly any has one. Those of markup stay, for the parser to see as text.
 */
function withReferences(text: string): string {
  if (!text.includes('&#')) return text;
  // What a CDATA section holds is meant as it is.
  const [first = '', ...sections] = text.split('<![CDATA[');
  const rest = sections.map((section) => {
    const end = section.indexOf(']]>');
    return end < 0 ? section : section.slice(0, end) + replaceReferences(section.slice(end));
  });
  return [replaceReferences(first), ...rest].join('<![CDATA[');
}

function replaceReferences(text: string): string {
  return text.replace(TAG_OR_REFERENCE, (found, decimal?: string, hexadecimal?: string) => {
    if (decimal === undefined && hexadecimal === undefined) return found;
    const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
    if (code < 0x20 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return found;
    const character = String.fromCodePoint(code);
    return MARKUP[character] ?? character;
  });
}

/** Tags come first, so that references in their attributes are passed over. Each `<` is looked at once. */
const TAG_OR_REFERENCE = /<[^<>]*>|&#(?:(\d{1,7})|x([\da-f]{1,6}));/gi;
const MARKUP: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Counts before anything is built: declarations that expand, elements, levels, attributes. One pass over the text. */
function checkShape(text: string, limits: Limits): void {
  let [elements, attributes, depth] = [0, 0, 0];
  for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', open + 1)) {
    const kind = text.charCodeAt(open + 1);
    if (kind === EXCLAMATION_MARK) {
      if (!text.startsWith('--', open + 2) && !text.startsWith('[CDATA[', open + 2))
        throw new AlarmError('XML_DOCTYPE');
    } else if (kind === SLASH) depth--;
    else if (kind !== QUESTION_MARK) {
      const tag = readTag(text, open + 1);
      attributes += tag.attributes;
      elements++;
      if (!tag.empty) depth++;
      const tooMany = elements > limits.xmlElements || depth > limits.depth;
      if (tooMany || attributes > limits.xmlAttributes || tag.attributes > limits.xmlAttributesPerElement) {
        throw new AlarmError('XML_TOO_COMPLEX');
      }
    }
  }
}

/** The tag that begins before `from`: how many equals signs it has, and whether it closes itself. */
function readTag(text: string, from: number): { attributes: number; empty: boolean } {
  let attributes = 0;
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === GREATER || code === LESS) break;
    if (code === EQUALS) attributes++;
  }
  return { attributes, empty: text.charCodeAt(at - 1) === SLASH };
}
