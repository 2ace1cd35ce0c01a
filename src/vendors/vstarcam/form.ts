import { AlarmError } from '../../errors.js';
import type { BodyPart } from '../../notification.js';
import type { Fields } from '../../wire/fields.js';
import { FORBIDDEN_KEYS } from '../../wire/json.js';

/** Fields of a form that are told beside the two of the document. */
const MOST_FIELDS = 20;
const LONGEST = 256;
/** Bytes of a word that are looked at: more than the longest has, with blanks around it. */
const MOST_BYTES = 8 * LONGEST;
/** Ids of cameras are short (`VC0000000ABCD`); what somebody else puts there is no longer than a name. */
const LONGEST_ID = 64;
/** As of a form that puts quotation marks around numbers. */
const QUOTED = /^"(.*)"$/;

/** What a camera sent, in whatever form. */
export interface Form {
  readonly vuid: string | undefined;
  /** Of the alarm; absent in a heartbeat. */
  readonly type: string | undefined;
  /** Everything else that was said in words. */
  readonly more: Fields;
  /** Bytes that may be pictures and films. */
  readonly files: readonly BodyPart[];
}

/** Where a picture or film is, by the names cameras give it; anything else is one by its bytes. */
export const FILE_NAMES = ['picture', 'pic', 'image', 'file', 'video'];

/**
 * The parts of a form, or the text of one (RFC 7578; `name=value&…`).
 * @param truncated whether the delivery broke off
 * @throws AlarmError `DOCUMENT_MISSING` when it broke off in its words: half a word is another one
 */
export function readForm(parts: readonly BodyPart[], truncated: boolean): Form {
  const pairs: [string, string][] = [];
  const files: BodyPart[] = [];
  for (const part of parts) {
    const name = part.name?.toLowerCase() ?? '';
    const isFile = FILE_NAMES.includes(name) || part.kind === 'jpeg' || part.kind === 'png' || name === '';
    const isText = parts.length === 1 && name === '' && part.kind === 'unknown';
    if ((!isFile && part.truncated) || (isText && truncated)) throw new AlarmError('DOCUMENT_MISSING');
    if (!isFile) pairs.push([part.name ?? '', part.bytes.toString('utf8', 0, MOST_BYTES)]);
    else if (isText) pairs.push(...readText(part));
    else files.push(part);
  }
  return { ...wordsOf(pairs), files };
}

/** Words as pairs of name and value, the first of a name counts. */
export function wordsOf(pairs: readonly (readonly [string, string])[]): Omit<Form, 'files'> {
  const own = new Map<string, string>();
  const more = new Map<string, string>();
  for (const [raw, value] of pairs) {
    const name = raw.trim();
    const lower = name.toLowerCase();
    const word = value.replace(/\p{Cc}+/gu, ' ').trim();
    if (lower === 'vuid' || lower === 'type') {
      const bare = word.replace(QUOTED, '$1').trim().slice(0, LONGEST_ID);
      if (bare !== '' && !own.has(lower)) own.set(lower, bare);
    } else if (more.size < MOST_FIELDS && !more.has(name) && isUsable(name) && value.length <= LONGEST)
      more.set(name, word);
  }
  return { vuid: own.get('vuid'), type: own.get('type'), more: Object.fromEntries(more) };
}

const isUsable = (name: string) => /^[\w-]{1,64}$/.test(name) && !FORBIDDEN_KEYS.has(name);

function readText({ bytes }: BodyPart): [string, string][] {
  if (bytes.length > MOST_FIELDS * 2 * LONGEST) return [];
  return [...new URLSearchParams(bytes.toString('latin1').trim())];
}
