import type { PartKind } from '../notification.js';
import { sameBytes } from './lines.js';

const JPEG_END = Buffer.from([0xff, 0xd9]);
/** The last chunk's name and checksum (PNG §11.2.5). */
const PNG_END = Buffer.from([0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]);
const TRAILER = 64;
/** Some firmwares send an empty line before the document; nobody sends a page of them. */
const LEADING_BLANKS = 256;

/**
 * What a part is, by its first bytes: names and content types of cameras are not reliable
 * (isapi.md §3.2: `image/pjpeg`, `application/octet-stream`, documents without any type).
 */
export function classify(bytes: Buffer): PartKind {
  if (bytes.length === 0) return 'empty';
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'jpeg';
  if (bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47) return 'png';
  switch (firstCharacter(bytes)) {
    case '<':
      return 'xml';
    case '{':
    case '[':
      return 'json';
    default:
      return 'unknown';
  }
}

/**
 * Whether a part looks complete in itself. `undefined` where its kind has no end to look for.
 * Only a strong hint for framing: the parsers have the last word.
 */
export function looksWhole(bytes: Buffer): boolean | undefined {
  switch (classify(bytes)) {
    case 'xml':
      return endsWithItsRoot(bytes);
    case 'json':
      return closesItsBraces(bytes);
    case 'jpeg':
      return endsWith(bytes, JPEG_END);
    case 'png':
      return endsWith(bytes, PNG_END);
    default:
      return undefined;
  }
}

/** Cameras append their own data behind the end of a picture: no more than this was seen. */
const APPENDIX = 4_096;

/** Whether a picture breaks off: its end marker is nowhere near its end. */
export function isCutPicture(bytes: Buffer): boolean {
  const kind = classify(bytes);
  if (!isPicture(kind)) return false;
  return bytes.subarray(-APPENDIX).lastIndexOf(kind === 'png' ? PNG_END : JPEG_END) < 0;
}

/** Kinds that are shown and not read. */
export const isPicture = (kind: PartKind) => kind === 'jpeg' || kind === 'png';

/** With a line end behind it at most; some cameras append a few bytes of their own, which proves nothing. */
function endsWith(bytes: Buffer, sign: Buffer): boolean | undefined {
  const tail = bytes.subarray(-TRAILER);
  const at = tail.lastIndexOf(sign);
  if (at < 0) return false;
  const behind = tail.subarray(at + sign.length);
  return behind.length <= 2 && behind.every((byte) => byte === 0x0d || byte === 0x0a) ? true : undefined;
}

/** First character behind a byte order mark and blanks; the zero bytes of UTF-16 count as blanks. */
function firstCharacter(bytes: Buffer): string | undefined {
  const end = Math.min(bytes.length, LEADING_BLANKS);
  for (let at = markLength(bytes); at < end; at++) {
    const byte = bytes[at] as number;
    if (byte > 0x20) return String.fromCharCode(byte);
  }
  return undefined;
}

/** Length of the byte order mark: of UTF-8, or of UTF-16 in either order. */
function markLength(bytes: Buffer): number {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 3;
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff) ? 2 : 0;
}

/** `<a …>…</a>`: the last closing tag is that of the first element. */
function endsWithItsRoot(bytes: Buffer): boolean {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] as number) <= 0x20) end--;
  const close = end > 0 ? bytes.lastIndexOf(0x3c, end - 1) : -1;
  if (close < 0 || bytes[end - 1] !== 0x3e || bytes[close + 1] !== 0x2f) return false;
  let nameEnd = end - 1;
  while ((bytes[nameEnd - 1] as number) <= 0x20) nameEnd--;
  const open = firstElement(bytes);
  if (open < 0) return false;
  const length = nameEnd - (close + 2);
  const same = sameBytes(bytes, close + 2, bytes, open, length);
  const behind = bytes[open + length] as number;
  return length > 0 && same && (behind <= 0x20 || behind === 0x3e || behind === 0x2f);
}

/** Place of the name of the first element, behind declarations and comments; -1 for none. */
function firstElement(bytes: Buffer): number {
  for (let at = bytes.indexOf(0x3c); at >= 0; at = bytes.indexOf(0x3c, at + 1)) {
    const next = bytes[at + 1];
    if (next !== 0x3f && next !== 0x21) return at + 1;
  }
  return -1;
}

/** `{…}` or `[…]`: nothing but blanks follows the bracket that closes the first one. */
function closesItsBraces(bytes: Buffer): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) depth++;
    else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) {
      return bytes.subarray(at + 1).every((behind) => behind <= 0x20);
    }
  }
  return false;
}
