import { AlarmError, type AlarmErrorCode } from '../errors.js';
import type { Limits } from '../limits.js';
import type { DeviceAnswer, DeviceClient } from './device-client.js';
import { readResponseStatus } from './response-status.js';

/** How the documents of a maker are read; undefined for one that is something else. */
export interface InfoDocuments<Info> {
  readInfo(body: Buffer, limits: Limits, contentType?: string): Info | undefined;
  /** Milliseconds since 1970. */
  readClock(body: Buffer, limits: Limits, contentType?: string): number | undefined;
}

export interface InfoOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly signal?: AbortSignal;
}

/** What a device says it is, and how far its clock is from ours. */
export type CheckedInfo<Info> = Info & {
  /** Seconds: device minus ours, as in events; absent when it cannot be told. */
  readonly clockSkew?: number;
};

/**
 * Asks a device what it is and what time it has. The time is a bonus: without it there is no skew. Nothing more is
 * asked of a device that refused the first question, so that a wrong password counts once.
 * @throws AlarmError `DEVICE_FORBIDDEN`, `DEVICE_INFO_REFUSED`, `DEVICE_NOT_ACTIVATED`, `DEVICE_NOT_ISAPI`,
 *   `DEVICE_REDIRECTS`, and those of the client
 */
export async function askDeviceInfo<Info extends object>(
  client: Pick<DeviceClient, 'request' | 'generalLimits'>,
  documents: InfoDocuments<Info>,
  { now = Date.now, signal }: InfoOptions = {},
): Promise<CheckedInfo<Info>> {
  const limits = client.generalLimits;
  const ask = (path: string) =>
    client.request({ path, maxBytes: limits.documentBytes, ...(signal !== undefined && { signal }) });
  const answer = await ask('/ISAPI/System/deviceInfo');
  const info = documents.readInfo(answer.body, limits, answer.headers.get('content-type'));
  if (info === undefined || answer.status !== 200) throw refusalOf(answer, limits);
  const before = now();
  try {
    const { status, body, headers } = await ask('/ISAPI/System/time');
    const clock = status === 200 ? documents.readClock(body, limits, headers.get('content-type')) : undefined;
    if (clock === undefined) return info;
    // The device read its clock between the question and the answer. `|| 0` for minus zero, which JSON does not know.
    return { ...info, clockSkew: Math.round((clock - (before + now()) / 2) / 1000) || 0 };
  } catch (error) {
    if (error instanceof AlarmError) return info;
    throw error;
  }
}

/** The words of devices for "not you" and "not yet" (isapi.md §11.1). */
const WORDS: Readonly<Record<string, AlarmErrorCode>> = {
  lowprivilege: 'DEVICE_FORBIDDEN',
  badauthorization: 'DEVICE_FORBIDDEN',
  notactivated: 'DEVICE_NOT_ACTIVATED',
};

function refusalOf({ status, body }: DeviceAnswer, limits: Limits): AlarmError {
  const said = readResponseStatus(body, limits);
  const reason = said?.reason ?? '';
  const detail = reason === '' ? `status ${status}` : `status ${status}, ${reason}`;
  const word = reason.toLowerCase();
  const known = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  if (known !== undefined) return new AlarmError(known, detail);
  if (status >= 300 && status < 400) return new AlarmError('DEVICE_REDIRECTS', detail);
  if (status === 403) return new AlarmError('DEVICE_FORBIDDEN', detail);
  const device = said !== undefined || status >= 500;
  return new AlarmError(device ? 'DEVICE_INFO_REFUSED' : 'DEVICE_NOT_ISAPI', detail);
}
