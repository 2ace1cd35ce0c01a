import { sameBytes } from './lines.js';

/**
 * What is to be done with the first bytes of a connection: wait for more, give them on as they are, or give on these
 * instead.
 */
export type HeadVerdict = 'incomplete' | 'as it is' | Buffer;

/** Alarms and signs of life come by no other method, so that nothing else is waited for or repaired. */
const METHODS = ['POST ', 'GET '].map((text) => Buffer.from(text));
const CLEAN = /^\w+ (?:[/*]|https?:\/\/)[\x21-\x7e]* HTTP\/1\.[01]\r\n(?:[^\r\n]+\r\n)*\r\n$/i;
const LENGTH_AGAIN = /\ncontent-length:[^\n]*\n(?:[^\n]*\n)*?content-length:/i;

/**
 * Judges the head of a request, up to its first empty line. Of what Node's parser refuses, that which cameras and
 * recorders send is repaired (wire-notes.md §2): blanks and other bytes in the target that do not belong there, no slash
 * before it, blanks around it, line feeds alone, the same length twice. A repaired head says `Connection: close`, so that
 * the parser takes nothing behind its request for another one. All else is left to the parser. Never throws.
 * @param searched how many of the bytes were there before, when the verdict was `incomplete`
 */
export function judgeHead(bytes: Buffer, searched = 0): HeadVerdict {
  const begins = (method: Buffer) => sameBytes(bytes, 0, method, 0, Math.min(bytes.length, method.length));
  if (!METHODS.some(begins)) return 'as it is';
  const end = endOfHead(bytes, searched);
  if (end === undefined) return 'incomplete';
  const head = bytes.toString('latin1', 0, end);
  if (CLEAN.test(head) && !LENGTH_AGAIN.test(head)) return 'as it is';
  const repaired = repairHead(head);
  if (repaired === undefined) return 'as it is';
  return Buffer.concat([Buffer.from(repaired, 'latin1'), bytes.subarray(end)]);
}

/**
 * A request target as it should have been sent: what may not stand in one percent-encoded, with a slash before it unless
 * it is a whole URL.
 * @param target one character per byte
 */
export function repairTarget(target: string): string {
  const encoded = target.replace(/[^\x21-\x7e]/g, percentEncoded);
  return /^(?:[/*]|https?:\/\/)/i.test(encoded) ? encoded : `/${encoded}`;
}

const percentEncoded = (character: string) =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

const LF = 0x0a;
const CR = 0x0d;

/** Place behind the first empty line, whatever its line ends are. */
function endOfHead(bytes: Buffer, searched: number): number | undefined {
  for (let at = Math.max(0, searched - 2); at < bytes.length; at++) {
    if (bytes[at] !== LF) continue;
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return undefined;
}

/** Line ends inside of lines, NUL and folded lines are not what devices send: they are for the parser to refuse. */
const SUSPECT_LINE = /[\r\n\0]|^[ \t]/;
const LENGTH = /^content-length:/i;
const PROPER_LENGTH = /^content-length:[ \t]*(\d+)[ \t]*$/i;
const CONNECTION = /^(?:proxy-)?connection:/i;

function repairHead(head: string): string | undefined {
  const lineEnd = head.includes('\r') ? '\r\n' : '\n';
  if (!head.endsWith(lineEnd + lineEnd)) return undefined;
  const [first = '', ...lines] = head.slice(0, -2 * lineEnd.length).split(lineEnd);
  const requestLine = repairRequestLine(first);
  if (requestLine === undefined || [first, ...lines].some((line) => SUSPECT_LINE.test(line)))
    return undefined;
  const lengths = lines.filter((line) => LENGTH.test(line)).map((line) => PROPER_LENGTH.exec(line)?.[1]);
  if (lengths.some((length) => length === undefined || length !== lengths[0])) return undefined;
  const others = lines.filter((line) => !LENGTH.test(line) && !CONNECTION.test(line));
  const framing = lengths.slice(0, 1).map((length) => `Content-Length: ${length}`);
  return [requestLine, 'Connection: close', ...framing, ...others, '', ''].join('\r\n');
}

/** All between method and version is the target. A second version in it was not put there by a device. */
function repairRequestLine(line: string): string | undefined {
  const text = withoutBlanks(line);
  const methodEnd = text.indexOf(' ');
  const versionAt = text.lastIndexOf(' ') + 1;
  const target = withoutBlanks(text.slice(methodEnd, versionAt));
  const version = text.slice(versionAt);
  if (target === '' || / HTTP\//i.test(target) || !/^HTTP\/1\.[01]$/.test(version)) return undefined;
  return `${text.slice(0, methodEnd)} ${repairTarget(target)} ${version}`;
}

/** Not `trim()`: a byte that it takes for a blank may be part of a letter in UTF-8. */
function withoutBlanks(text: string): string {
  let from = 0;
  let end = text.length;
  while (text[from] === ' ') from++;
  while (end > from && text[end - 1] === ' ') end--;
  return text.slice(from, end);
}
