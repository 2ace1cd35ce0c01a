import { XMLParser } from 'fast-xml-parser';
import { AlarmError, asAlarmError } from '../errors.js';
import { LIMITS, type Limits } from '../limits.js';
import { decodeText } from './charset.js';

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
  htmlEntities: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: LIMITS.depth,
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
  const text = withoutControls(decodeText(bytes, charset).text);
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
  if (root === undefined || root === '#text') throw new AlarmError('XML_INVALID', 'it has no element');
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

function withoutControls(text: string): string {
  return text.replace(CONTROLS, '');
}

/** Counts before anything is built: declarations that expand, elements, attributes. One pass over the text. */
function checkShape(text: string, limits: Limits): void {
  let elements = 0;
  let attributes = 0;
  let at = text.indexOf('<');
  while (at >= 0) {
    const next = text.indexOf('<', at + 1);
    const kind = text.charCodeAt(at + 1);
    if (kind === 0x21 && !text.startsWith('<!--', at) && !text.startsWith('<![CDATA[', at)) {
      throw new AlarmError('XML_DOCTYPE');
    }
    if (kind !== 0x2f && kind !== 0x21) {
      const close = text.indexOf('>', at);
      const end = Math.min(close < 0 ? text.length : close, next < 0 ? text.length : next);
      let own = 0;
      for (let mark = text.indexOf('=', at); mark >= 0 && mark < end; mark = text.indexOf('=', mark + 1))
        own++;
      attributes += own;
      if (
        ++elements > limits.xmlElements ||
        own > limits.xmlAttributesPerElement ||
        attributes > limits.xmlAttributes
      ) {
        throw new AlarmError('XML_TOO_COMPLEX');
      }
    }
    at = next;
  }
}
