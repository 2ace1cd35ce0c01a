import { AlarmError } from '../errors.js';
import { LIMITS } from '../limits.js';
import { classify } from '../wire/classify.js';
import { parseJson } from '../wire/json.js';
import { parseXml } from '../wire/xml.js';

/** What a device says of a request it did not do (isapi.md §11.1). */
export interface ResponseStatus {
  /** 2 busy, 3 device error, 4 invalid operation, 5 and 6 bad content, 7 reboot needed; 0 and 1 are fine. */
  readonly code: number;
  /** The vendor's word for why, such as `notSupport`. */
  readonly reason: string;
}

/** Reads a ResponseStatus document, XML or JSON; undefined when the body is something else. Never throws. */
export function readResponseStatus(body: Buffer): ResponseStatus | undefined {
  try {
    const fields = classify(body) === 'xml' ? parseXml(body, LIMITS).content : parseJson(body, LIMITS);
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return undefined;
    const code = Number(fields['statusCode']);
    if (!('statusCode' in fields) || !Number.isInteger(code)) return undefined;
    const reason = [fields['subStatusCode'], fields['statusString']].find(isWord);
    return { code, reason: reason ?? '' };
  } catch (error) {
    if (error instanceof AlarmError) return undefined;
    throw error;
  }
}

/** The vendor's words are told to people: only what is a word. */
function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[\w ]{1,64}$/.test(value);
}
