/** No clock begins earlier: 1900 is where NTP counts from. Zones of years before, and of two digits, are no use to anyone. */
const FIRST_YEAR = 1900;

/**
 * A date and time of the calendar as ISO 8601 without an offset; undefined for month 13, 31 April or 25 o'clock, and for
 * a year that no clock shows.
 */
export function localIso(
  [year, month, day, hour, minute, second]: readonly number[],
  millis = '',
): string | undefined {
  const all = [year, month, day, hour, minute, second] as number[];
  if (!all.every(Number.isInteger) || !exists(all)) return undefined;
  const [y = 0, ...rest] = all;
  const [mo, d, h, mi, s] = rest.map((part) => String(part).padStart(2, '0'));
  return `${String(y).padStart(4, '0')}-${mo}-${d}T${h}:${mi}:${s}${millis}`;
}

function exists([
  year = 0,
  month = 0,
  day = 0,
  hour = 0,
  minute = 0,
  second = 0,
]: readonly number[]): boolean {
  if (year < FIRST_YEAR || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59)
    return false;
  return day <= 28 || day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}
