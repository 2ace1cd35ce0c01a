import { localIso } from '../../wire/calendar.js';

/** A time as a device wrote it, made ISO 8601. */
export interface DeviceTime {
  /** With the device's offset; without any when the device gave none. */
  readonly iso: string;
  /** Milliseconds since 1970; absent when the zone is not known. */
  readonly epoch?: number;
}

/**
 * Spellings seen (isapi.md §6): `+08:00`, one-digit `-8:00`, `Z`, no zone, a zone whose sign is missing
 * (`…:1500:00`), milliseconds, no seconds.
 */
const SPELLING =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.(\d{1,6}))?(?:(Z)|([+-])?(\d{1,2}):?(\d{2}))?$/i;

/** As nearly all devices write it, on a day that every month has: it is ISO 8601 already. */
const USUAL =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d[+-](?:[01]\d|2[0-3]):[0-5]\d$/;

/** Reads a device's time; undefined when it is none, such as month 13. Never guesses a zone. */
export function readDeviceTime(raw: string): DeviceTime | undefined {
  if (USUAL.test(raw)) return { iso: raw, epoch: Date.parse(raw) };
  const match = raw.length > 40 ? null : SPELLING.exec(raw.trim());
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = '00', fraction, zulu, sign, zoneHours, zoneMinutes] =
    match;
  const millis = fraction === undefined ? '' : `.${fraction.slice(0, 3).padEnd(3, '0')}`;
  const local = localIso([year, month, day, hour, minute, second].map(Number), millis);
  if (local === undefined) return undefined;
  if (zulu === undefined && zoneHours === undefined) return { iso: local };
  if (Number(zoneHours ?? 0) > 23 || Number(zoneMinutes ?? 0) > 59) return { iso: local };
  const iso = local + (zulu === undefined ? `${sign ?? '+'}${two(zoneHours)}:${zoneMinutes}` : 'Z');
  return { iso, epoch: Date.parse(iso) };
}

const two = (digits: string | undefined) => (digits?.length === 2 ? digits : `0${digits}`);
