import type { BodyPart } from '../../notification.js';
import { FORBIDDEN_KEYS } from '../../wire/json.js';

/** Fields of a form that are told; a camera sends two. */
const MOST_FIELDS = 20;
const LONGEST = 256;

/** What a camera sent, in whatever form: words by lower-case names, and bytes that may be pictures and films. */
export interface Form {
  readonly words: ReadonlyMap<string, string>;
  /** The words under the names they came with, for the document. */
  readonly document: Readonly<Record<string, string>>;
  readonly files: readonly BodyPart[];
}

/** Where a picture or film is, by the names cameras give it; anything else is one by its bytes. */
const FILES = new Set(['picture', 'pic', 'image', 'file', 'video']);

/** The parts of a form, or of the text of one (RFC 7578; `name=value&…`). */
export function readForm(parts: readonly BodyPart[]): Form {
  const pairs: [string, string][] = [];
  const files: BodyPart[] = [];
  for (const part of parts) {
    const name = part.name?.toLowerCase() ?? '';
    const isFile = FILES.has(name) || part.kind === 'jpeg' || part.kind === 'png' || name === '';
    if (!isFile) pairs.push([part.name ?? '', part.bytes.toString('utf8')]);
    else if (parts.length === 1 && name === '' && part.kind === 'unknown') pairs.push(...readText(part));
    else files.push(part);
  }
  return { ...wordsOf(pairs), files };
}

/** Words as pairs of name and value, the first of a name counts. */
export function wordsOf(pairs: readonly (readonly [string, string])[]): Pick<Form, 'words' | 'document'> {
  const words = new Map<string, string>();
  const document: Record<string, string> = {};
  for (const [raw, value] of pairs) {
    const name = raw.trim();
    const usable = /^[\w-]{1,64}$/.test(name) && !FORBIDDEN_KEYS.has(name) && !words.has(name.toLowerCase());
    if (!usable || words.size >= MOST_FIELDS || value.length > LONGEST) continue;
    const word = value.replace(/[\p{Cc}]+/gu, ' ').trim();
    words.set(name.toLowerCase(), word);
    document[name] = word;
  }
  return { words, document };
}

function readText({ bytes }: BodyPart): [string, string][] {
  if (bytes.length > MOST_FIELDS * 2 * LONGEST) return [];
  return [...new URLSearchParams(bytes.toString('latin1').trim())];
}
