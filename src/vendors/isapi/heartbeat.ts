import { isAscii } from 'node:buffer';
import type { Device } from '../../event.js';
import type { Notification } from '../../notification.js';
import { readMac } from './mac.js';

/** Longer than any heartbeat that was seen. */
const LONGEST = 2_048;
const HEAD = /^\s*(?:<\?xml[^<>]*\?>\s*)?<(?:\w+:)?EventNotificationAlert(?:\s+[\w:]+="[^"<>]*")*\s*>/;
const NAME = /^[A-Za-z_][\w:.-]*$/;

/**
 * Recognises the usual heartbeat, an XML document of plain elements that says `videoloss` and `inactive`
 * (isapi.md §2.1), in one pass over its bytes. Gives up wherever more than that could be meant: what it does not take
 * is decoded like anything else, and every document it takes would be read as a heartbeat.
 */
export function heartbeat({ parts, truncated, address }: Notification): Device | undefined {
  const [part] = parts;
  if (truncated || parts.length !== 1 || part?.kind !== 'xml' || part.bytes.length > LONGEST)
    return undefined;
  if (!part.bytes.includes('videoloss') || !isAscii(part.bytes)) return undefined;
  const document = part.bytes.toString('latin1');
  const head = HEAD.exec(document)?.[0].length;
  if (head === undefined) return undefined;
  const said = readElements(document, head);
  if (said?.type !== 'videoloss' || said.state?.toLowerCase() !== 'inactive') return undefined;
  const mac = readMac(said.mac);
  return mac === undefined ? { id: address, address } : { id: mac, mac, address };
}

interface Said {
  type?: string;
  state?: string;
  mac?: string;
}

/** Elements without children up to the end of the root, which must be the end of all; else undefined. */
function readElements(document: string, head: number): Said | undefined {
  const said: Said = {};
  let at = head;
  for (;;) {
    const open = document.indexOf('<', at);
    const end = document.indexOf('>', open);
    if (open < 0 || end < 0 || document.slice(at, open).trim() !== '') return undefined;
    const tag = document.slice(open + 1, end);
    at = end + 1;
    if (tag.charCodeAt(0) === SLASH) return isEnd(document, head, tag, at) ? said : undefined;
    const empty = tag.charCodeAt(tag.length - 1) === SLASH;
    if (!NAME.test(empty ? tag.slice(0, -1) : tag)) return undefined;
    if (empty) continue;
    const close = document.indexOf('<', at);
    if (!document.startsWith(`</${tag}>`, close)) return undefined;
    if (!note(said, tag, document.slice(at, close))) return undefined;
    at = close + tag.length + 3;
  }
}

const SLASH = 0x2f;

/** The closing tag of the root, with nothing behind it. */
function isEnd(document: string, head: number, tag: string, at: number): boolean {
  const root = /<((?:\w+:)?EventNotificationAlert)[^<]*$/.exec(document.slice(0, head))?.[1];
  return tag === `/${root}` && document.slice(at).trim() === '';
}

/** False when the same was said before: which of the two counts is for the parser to tell. */
function note(said: Said, tag: string, text: string): boolean {
  if (text.includes('&')) return false;
  const name = tag.slice(tag.indexOf(':') + 1);
  const key =
    name === 'eventType'
      ? 'type'
      : name === 'eventState'
        ? 'state'
        : name === 'macAddress'
          ? 'mac'
          : undefined;
  if (key === undefined) return true;
  if (said[key] !== undefined) return false;
  said[key] = text.trim();
  return true;
}
