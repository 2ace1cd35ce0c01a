import { AlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import type { Fields } from './fields.js';
import { isFields } from './fields.js';

/** No id, name or word of a device is longer; what is, and has no blank at its begin, are bytes in base64. */
const LONGEST = 256;
const BASE64 = /^[\w+/=:;,.\\-]+$/;
const MARK = '\u0000';
const ESCAPED_MARK = '\\u0000';

/**
 * Long values of a JSON text, such as pictures in base64, taken out of it: what is left can be read within the limits of a document, and a picture
 * is decoded once, when somebody wants it.
 */
export class LongStrings {
  /** The text with a mark in place of each long value. */
  readonly text: string;
  /** As they stand in the JSON, escapes and all. */
  readonly #long: string[] = [];

  /**
   * @param text JSON, or what claims to be some
   * @throws AlarmError `DOCUMENT_TOO_LARGE` when what is left is more than a document may be, however long it goes on
   */
  constructor(text: string, { documentBytes }: Limits) {
    let short = '';
    let from = 0;
    for (let open = text.indexOf('"'); open >= 0; ) {
      if (short.length + open - from > documentBytes) throw new AlarmError('DOCUMENT_TOO_LARGE');
      const close = closingQuote(text, open, documentBytes);
      if (close < 0) break;
      const long = close - open - 1 > LONGEST && BASE64.test(text.slice(open + 1, open + LONGEST));
      if (long && !isKey(text, close)) {
        short += `${text.slice(from, open)}"${ESCAPED_MARK}${this.#long.length}"`;
        this.#long.push(text.slice(open + 1, close));
        from = close + 1;
      }
      open = text.indexOf('"', close + 1);
    }
    this.text = short + text.slice(from);
  }

  /** The whole of a value that was read from {@link text}; undefined for what is no text. */
  whole(value: unknown): string | undefined {
    if (typeof value !== 'string') return undefined;
    const raw = this.#of(value);
    if (raw === undefined) return value;
    if (!raw.includes('\\')) return raw;
    try {
      return JSON.parse(`"${raw}"`);
    } catch {
      return undefined;
    }
  }

  /** A document for people and flows: long values are told by their length. */
  told(fields: Fields): Record<string, unknown> {
    return this.#tell(fields) as Record<string, unknown>;
  }

  #tell(value: unknown): unknown {
    if (typeof value === 'string') {
      const raw = this.#of(value);
      return raw === undefined ? value : `(${raw.length} bytes)`;
    }
    if (Array.isArray(value)) return value.map((item) => this.#tell(item));
    if (!isFields(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#tell(item)]));
  }

  #of(value: string): string | undefined {
    return value.startsWith(MARK) ? this.#long[Number(value.slice(1))] : undefined;
  }
}

/**
 * Of the string that opens at `open`; -1 when it does not end. Bytes in base64 hold no escaped quotation marks and no
 * rows of backslashes: a string that does must fit into a document.
 */
function closingQuote(text: string, open: number, most: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (escapes <= most && text[at - 1 - escapes] === '\\') escapes++;
    if (escapes > 0 && at - open > most) throw new AlarmError('DOCUMENT_TOO_LARGE');
    if (escapes % 2 === 0) return at;
  }
  return -1;
}

/** Whether a colon follows: names stay. */
function isKey(text: string, close: number): boolean {
  let at = close + 1;
  while (text.charCodeAt(at) <= 0x20) at++;
  return text[at] === ':';
}
