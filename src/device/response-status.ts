import type { Limits } from '../limits.js';
import { readDeviceDocument } from '../wire/device-document.js';
import { text } from '../wire/fields.js';

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** What a device says of a request it did not do (isapi.md §11.1). */
export interface ResponseStatus {
  /** 2 busy, 3 device error, 4 invalid operation, 5 and 6 bad content, 7 reboot needed; 0 and 1 are fine. */
  readonly code: number;
  /** The vendor's word for why, such as `notSupport`. */
  readonly reason: string;
}

/** Reads a ResponseStatus document, XML or JSON; undefined when the body is something else. Never throws. */
export function readResponseStatus(body: Buffer, limits: Limits): ResponseStatus | undefined {
  const fields = readDeviceDocument(body, 'ResponseStatus', limits);
  const code = text(fields, 'statusCode');
  if (code === undefined || !Number.isInteger(Number(code))) return undefined;
  const reason = [text(fields, 'subStatusCode'), text(fields, 'statusString')].find(isWord);
  return { code: Number(code), reason: reason ?? '' };
}

/** A refusal of the user, not of the way: devices answer both with 403. */
export function isForbidden({ status, body }: Answer, limits: Limits): boolean {
  const said = readResponseStatus(body, limits);
  return said === undefined ? status === 403 : isPrivilege(said.reason);
}

/** Whether a device's word for a refusal is about what the user may do (isapi.md §11.1). */
export const isPrivilege = (reason: string): boolean => /privilege|authori[sz]ation/i.test(reason);

/** Why a device did not do what it was asked, for people. */
export function refusalWords({ status, body }: Answer, limits: Limits): string {
  const said = readResponseStatus(body, limits);
  return said === undefined ? `status ${status}` : `status ${status}, ${said.code} ${said.reason}`.trim();
}

/** The vendor's words are told to people: only what is a word. */
const isWord = (value: string | undefined) => value !== undefined && /^[\w ]{1,64}$/.test(value);
