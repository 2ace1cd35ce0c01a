import type { Limits } from '../limits.js';
import { readDeviceDocument } from '../wire/device-document.js';
import { text } from '../wire/fields.js';

/** What a device says about a login it did not take. */
export interface UserCheck {
  /** Even the right password is refused now. */
  readonly locked: boolean;
  /** Until it is unlocked; 0 when it does not say. */
  readonly lockedSeconds: number;
  /** Wrong logins it still takes before it locks; undefined when it does not say. */
  readonly triesLeft: number | undefined;
}

/**
 * Reads the `userCheck` document of a 401 (isapi.md §11.4). Anything else, as the HTML page of older firmwares or half
 * a document, says nothing. Never throws.
 */
export function parseUserCheck(body: Buffer, limits: Limits): UserCheck {
  const fields = readDeviceDocument(body, 'userCheck', limits);
  const number = (...names: string[]) => {
    const digits = text(fields, ...names);
    return digits !== undefined && /^\d{1,7}$/.test(digits) ? Number(digits) : undefined;
  };
  const locked = /^lock(?:ed)?$/i.test(text(fields, 'lockStatus') ?? '');
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
