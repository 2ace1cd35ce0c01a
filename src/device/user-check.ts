import { LIMITS } from '../limits.js';
import { parseXml, type XmlElement } from '../wire/xml.js';

/** What a device says about a login it did not take. */
export interface UserCheck {
  /** Even the right password is refused now. */
  readonly locked: boolean;
  /** Until it is unlocked; 0 when it does not say. */
  readonly lockedSeconds: number;
  /** Wrong logins it still takes before it locks; undefined when it does not say. */
  readonly triesLeft: number | undefined;
}

const SILENT: UserCheck = { locked: false, lockedSeconds: 0, triesLeft: undefined };

/**
 * Reads the `userCheck` document of a 401 (isapi.md §11.4). Anything else, as the HTML page of older firmwares or half
 * a document, says nothing. Never throws.
 */
export function parseUserCheck(body: Buffer): UserCheck {
  let content: XmlElement;
  try {
    const document = parseXml(body, LIMITS);
    if (document.root !== 'userCheck') return SILENT;
    content = document.content;
  } catch {
    return SILENT;
  }
  const number = (...names: string[]) => {
    const text = names.map((name) => content[name]).find((value) => typeof value === 'string');
    return text !== undefined && /^\s*\d{1,7}\s*$/.test(text) ? Number(text) : undefined;
  };
  const status = content['lockStatus'];
  const locked = typeof status === 'string' && /^\s*lock(?:ed)?\s*$/i.test(status);
  return {
    locked,
    lockedSeconds: locked ? (number('unlockTime', 'resLockTime') ?? 0) : 0,
    triesLeft: number('retryLoginTime', 'retryTimes'),
  };
}

/** The same for people; empty when the device said nothing. */
export function wordsOf({ locked, lockedSeconds, triesLeft }: UserCheck): string {
  if (locked) return lockedSeconds > 0 ? `locked for ${lockedSeconds} s` : 'locked';
  if (triesLeft === undefined) return '';
  return triesLeft === 1 ? '1 try left' : `${triesLeft} tries left`;
}
