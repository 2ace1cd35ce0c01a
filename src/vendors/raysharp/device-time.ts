import { localIso } from '../../wire/calendar.js';

/** A time as the device wrote it, made ISO 8601. */
export interface DeviceTime {
  readonly raw: string;
  /** With the device's offset; without any when the device gave none. */
  readonly iso: string;
  /** Milliseconds since 1970; absent when the zone is not known. */
  readonly epoch?: number;
}

const YEAR_FIRST =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ]{1,2}(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d{1,6})?(Z?)\s?(?:([+-]\d{1,2}):?(\d{2}))?$/i;
const MONTH_FIRST = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) ?(\d{1,2}):(\d{1,2}):(\d{1,2})$/;
/** From 2001 on, in seconds or milliseconds. */
const UNIX = /^(\d{9,10})(?:\d{3})?$/;
const LONGEST = 40;

/**
 * Reads every spelling of raysharp-vstarcam-others.md §1.7. Never guesses a zone: unix seconds are those of the wall
 * clock taken as UTC. `…Z+05:30` has two readings, the local time or UTC; the one nearer to `receivedAt` is taken.
 * @returns undefined when it is no time
 */
export function readDeviceTime(raw: string | undefined, receivedAt: Date): DeviceTime | undefined {
  if (raw === undefined || raw.length > LONGEST) return undefined;
  const seconds = UNIX.exec(raw)?.[1];
  if (seconds !== undefined) return { raw, iso: new Date(Number(seconds) * 1000).toISOString().slice(0, 19) };
  const american = MONTH_FIRST.exec(raw);
  if (american !== null) {
    const [, month, day, year, ...clock] = american;
    const iso = localIso([year, month, day, ...clock].map(Number));
    return iso === undefined ? undefined : { raw, iso };
  }
  const match = YEAR_FIRST.exec(raw);
  const iso = match === null ? undefined : localIso(match.slice(1, 7).map(Number));
  if (match === null || iso === undefined) return undefined;
  const [, , , , , , , zulu = '', hours, minutes = ''] = match;
  if (hours === undefined) return zulu === '' ? { raw, iso } : withEpoch(raw, `${iso}Z`);
  if (Math.abs(Number(hours)) > 23 || Number(minutes) > 59) return { raw, iso };
  const offset = `${hours[0]}${hours.slice(1).padStart(2, '0')}:${minutes}`;
  const local = withEpoch(raw, iso + offset);
  if (zulu === '') return local;
  const sign = offset.startsWith('-') ? -1 : 1;
  const ahead = sign * (Math.abs(Number(hours)) * 60 + Number(minutes)) * 60_000;
  const shown = new Date(Date.parse(`${iso}Z`) + ahead).toISOString().slice(0, 19);
  const universal = withEpoch(raw, shown + offset);
  const distance = ({ epoch = 0 }: DeviceTime) => Math.abs(epoch - receivedAt.getTime());
  return distance(universal) < distance(local) ? universal : local;
}

const withEpoch = (raw: string, iso: string): DeviceTime => ({ raw, iso, epoch: Date.parse(iso) });
