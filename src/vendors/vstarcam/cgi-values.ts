import type { Limits } from '../../limits.js';
import { decodeText } from '../../wire/charset.js';
import { isFields } from '../../wire/fields.js';
import { parseJsonText } from '../../wire/json.js';

/** Values by their names, in small letters and without blanks. */
export type CgiValues = ReadonlyMap<string, string>;

/** Ends what has no quotes around it. */
const BARE_END = /[;\r\n]/;
/** With all around it; the longest of them has 18 letters. */
const LONGEST_NAME = 128;
/** `var` and the name, with the place in a list; the documents have blanks within names, from their line breaks. */
const NAME = /^(?:(?:var|let)\s)?([\w ]{1,64})(?:\[ ?(\d{1,3}) ?\])?$/;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
};

/**
 * Reads what a CGI of this family answers: JavaScript assignments with or without `var`, quotes and line ends, with
 * lists, whose first value counts (raysharp-vstarcam-others.md §2.2), or JSON. Only the names asked for are kept. One
 * pass, never throws.
 * @param names in small letters
 * @returns undefined for what is neither, as HTML or half an answer
 */
export function readCgiValues(
  body: Buffer,
  names: ReadonlySet<string>,
  limits: Limits,
): CgiValues | undefined {
  if (body.length > limits.cgiBytes) return undefined;
  const text = decodeText(body).text.trimStart();
  if (text === '' || text.startsWith('<')) return undefined;
  return text.startsWith('{') ? readJson(text, names, limits) : readAssignments(text, names);
}

/** The values stand in the object, or in one within it. */
function readJson(text: string, names: ReadonlySet<string>, limits: Limits): CgiValues | undefined {
  const values = new Map<string, string>();
  const keep = (fields: Readonly<Record<string, unknown>>) => {
    for (const [name, value] of Object.entries(fields)) {
      const plain = nameOf(name);
      const first: unknown = Array.isArray(value) ? (value[0] ?? '') : (value ?? '');
      if (names.has(plain) && !isFields(first)) values.set(plain, String(first));
    }
  };
  try {
    const document: unknown = parseJsonText(text, limits);
    if (!isFields(document)) return undefined;
    for (const inner of Object.values(document).filter(isFields)) keep(inner);
    keep(document);
    return values;
  } catch {
    return undefined;
  }
}

function readAssignments(text: string, names: ReadonlySet<string>): CgiValues | undefined {
  const values = new Map<string, string>();
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? '';
    if (BARE_END.test(sign)) from = at + 1;
    if (sign !== '=') continue;
    const [, name = '', index = '0'] =
      NAME.exec(text.slice(Math.max(from, at - LONGEST_NAME), at).trim()) ?? [];
    const read = valueAt(text, at + 1);
    if (read === undefined) return undefined;
    const plain = nameOf(name);
    if (names.has(plain) && Number(index) === 0) values.set(plain, read.value);
    from = read.end;
    at = read.end - 1;
  }
  return values;
}

/** The value that begins here, and where it ends; undefined when it is broken off. */
function valueAt(text: string, from: number): { readonly value: string; readonly end: number } | undefined {
  let at = from;
  const skip = (what: RegExp) => {
    while (at < text.length && what.test(text[at] ?? '')) at++;
  };
  skip(/[ \t]/);
  const list = /^(?:new\s{1,4}Array\s{0,4}\(|\[)/.exec(text.slice(at, at + 24))?.[0] ?? '';
  at += list.length;
  if (list !== '') skip(/\s/);
  const quote = text[at] ?? '';
  if (quote === '"' || quote === "'") {
    const read = quoted(text, at + 1, quote);
    return read === undefined || list === '' ? read : { value: read.value, end: bareEnd(text, read.end) };
  }
  const end = bareEnd(text, at);
  const bare = text.slice(at, end);
  if (bare === '' && end === text.length) return undefined;
  return { value: (list === '' ? bare : (/^[^,)\]]*/.exec(bare)?.[0] ?? '')).trim(), end };
}

function bareEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && !BARE_END.test(text[end] ?? '')) end++;
  return end;
}

/** From behind the opening quote. */
function quoted(text: string, from: number, quote: string) {
  let value = '';
  for (let at = from; at < text.length; at++) {
    const sign = text[at] ?? '';
    if (sign === quote) return { value, end: at + 1 };
    if (sign !== '\\') {
      value += sign;
      continue;
    }
    const [whole = '', code = ''] =
      /^(?:u([\da-fA-F]{4})|x[\da-fA-F]{2})/.exec(text.slice(at + 1, at + 6)) ?? [];
    const next = text[at + 1] ?? '';
    value +=
      whole === ''
        ? (ESCAPES[next] ?? next)
        : String.fromCharCode(Number.parseInt(code || whole.slice(1), 16));
    at += whole.length || 1;
  }
  return undefined;
}

const nameOf = (name: string) => name.replaceAll(' ', '').toLowerCase();
