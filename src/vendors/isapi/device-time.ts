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

/** Reads a device's time; undefined when it is none, such as month 13. Never guesses a zone. */
export function readDeviceTime(raw: string): DeviceTime | undefined {
  const match = raw.length > 40 ? null : SPELLING.exec(raw.trim());
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second = '00', fraction, zulu, sign, zoneHours, zoneMinutes] =
    match;
  const two = (text: string | undefined) => (text ?? '').padStart(2, '0');
  const millis = fraction === undefined ? '' : `.${fraction.slice(0, 3).padEnd(3, '0')}`;
  const local = `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${second}${millis}`;
  if (!exists(local)) return undefined;
  if (zulu === undefined && zoneHours === undefined) return { iso: local };
  const zone = zulu === undefined ? `${sign ?? '+'}${two(zoneHours)}:${zoneMinutes}` : 'Z';
  const epoch = Date.parse(local + zone);
  return Number.isNaN(epoch) ? { iso: local } : { iso: local + zone, epoch };
}

/** Date.parse takes 31 February as 3 March: a date that exists comes back as it was written. */
function exists(local: string): boolean {
  const epoch = Date.parse(`${local}Z`);
  return !Number.isNaN(epoch) && new Date(epoch).toISOString().slice(0, 10) === local.slice(0, 10);
}
