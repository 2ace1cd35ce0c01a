/** A day and a time of day as they stand on a clock on the wall: `2026-11-22`, `08-15-30`. */
export interface WallTime {
  readonly day: string;
  readonly time: string;
}

/** ISO 8601 by the clock of a device, as written: whoever looks for an alarm has that clock in mind. */
export function wallTimeOf(iso: string): WallTime | undefined {
  const [, day, hour, minute, second] =
    /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-6]\d)/.exec(iso) ?? [];
  return day === undefined || !isDay(day) ? undefined : { day, time: `${hour}-${minute}-${second}` };
}

/** The same by the clock of this machine. @param now milliseconds since 1970 */
export function wallTimeHere(now: number): WallTime {
  const date = new Date(now);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return { day: dayHere(now), time: parts.map(twoDigits).join('-') };
}

/** The day it is on this machine. @param now milliseconds since 1970 @param later so many days, or earlier */
export function dayHere(now: number, later = 0): string {
  const date = new Date(now);
  date.setDate(date.getDate() + later);
  const year = String(date.getFullYear()).padStart(4, '0');
  return [year, twoDigits(date.getMonth() + 1), twoDigits(date.getDate())].join('-');
}

/** Whether this is a day, written as one. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

const twoDigits = (number: number) => String(number).padStart(2, '0');
