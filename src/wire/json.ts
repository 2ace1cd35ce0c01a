import { AlarmError, asAlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import { decodeText } from './charset.js';

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [name: string]: JsonValue;
}

/**
 * Keys that every object has: as data they would change what an object is, or hide what it can (reliability.md §5.3).
 * They never reach a message.
 */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  'prototype',
]);

/**
 * Bytes of a JSON document to plain values. Forbidden keys are left out; integers too long for a number stay text.
 * @throws AlarmError `DOCUMENT_TOO_LARGE`, `JSON_INVALID`, `JSON_TOO_COMPLEX`
 */
export function parseJson(bytes: Buffer, limits: Limits, contentType?: string): JsonValue {
  if (bytes.length > limits.documentBytes) throw new AlarmError('DOCUMENT_TOO_LARGE');
  return parseJsonText(decodeText(bytes, contentType).text, limits);
}

/** The same for text. @throws AlarmError as `parseJson` */
export function parseJsonText(json: string, limits: Limits): JsonValue {
  if (json.length > limits.documentBytes) throw new AlarmError('DOCUMENT_TOO_LARGE');
  const text = quoteLongIntegers(json);
  checkDepth(text, limits.depth);
  const value = parse(text);
  const budget = { keys: limits.jsonKeys };
  return plain(value as JsonValue, budget);
}

/** Devices send a string with the NUL behind it, or a name with a tab in it: such characters are blanks to them. */
const CONTROLS = /[\0-\x1f]/g;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(text.replace(CONTROLS, ' '));
    } catch (error) {
      throw asAlarmError(error, 'JSON_INVALID');
    }
  }
}

/** A copy without forbidden keys, counting on the way. Depth was checked before. */
function plain(value: JsonValue, budget: { keys: number }): JsonValue {
  // JSON knows no minus zero.
  if (value === 0) return 0;
  if (value === null || typeof value !== 'object') return value;
  const entries = Array.isArray(value) ? [] : Object.entries(value);
  budget.keys -= Array.isArray(value) ? value.length : entries.length;
  if (budget.keys < 0) throw new AlarmError('JSON_TOO_COMPLEX');
  if (Array.isArray(value)) return value.map((item) => plain(item, budget));
  const copy: JsonObject = {};
  for (const [key, item] of entries) if (!FORBIDDEN_KEYS.has(key)) copy[key] = plain(item, budget);
  return copy;
}

/** JSON.parse takes 100,000 levels that Node-RED's clone cannot: counted in the text, outside of strings. */
function checkDepth(text: string, limit: number): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > limit) throw new AlarmError('JSON_TOO_COMPLEX');
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
}

/** Ids of 16 digits and more lose their last ones as numbers (wire-notes.md §1): they become strings. */
function quoteLongIntegers(text: string): string {
  if (!/\d{16}|\d[eE]\+?\d{3}/.test(text)) return text;
  let out = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x2d || isDigit(code)) {
      let end = at + 1;
      while (isDigit(text.charCodeAt(end)) || '.eE+-'.includes(text[end] ?? ' ')) end++;
      const literal = text.slice(at, end);
      const number = Number(literal);
      const lost = /^-?\d{16,}$/.test(literal) && !Number.isSafeInteger(number);
      if (lost || Math.abs(number) === Number.POSITIVE_INFINITY) {
        out += `${text.slice(from, at)}"${literal}"`;
        from = end;
      }
      at = end - 1;
    }
  }
  return out + text.slice(from);
}

const isDigit = (code: number) => code >= 0x30 && code <= 0x39;

/** The closing quote of the string that opens at `at`. */
function endOfString(text: string, at: number): number {
  for (let end = at + 1; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === 0x5c) end++;
    else if (code === 0x22) return end;
  }
  return text.length;
}
