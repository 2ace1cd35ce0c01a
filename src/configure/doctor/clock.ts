import type { Check } from '../check.js';

const UNITS = [
  ['year', 31_557_600],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;
/** A clock before that began at 1970, or at the day its firmware was made. */
const NEVER_SET = Date.UTC(2010, 0, 1);

/** In the largest unit that fits, rounded. @param seconds not negative */
export function duration(seconds: number): string {
  const [unit, size] = UNITS.find(([, each]) => seconds >= each) ?? ['second', 1];
  const count = Math.round(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/**
 * A clock that is wrong gives alarms the wrong time, arms detectors at other hours than were meant, and is said to make
 * logins fail (isapi.md §11.5).
 * @param skew seconds, device minus ours; undefined when it could not be told
 * @param now milliseconds since 1970
 * @param most milliseconds that are good
 */
export function checkClock(skew: number | undefined, now: number, most: number): Check {
  const id = 'clock';
  if (skew === undefined)
    return {
      id,
      result: 'unknown',
      text: 'The time of the device could not be told: its user may not read it, or its time zone is not set.',
    };
  if (Math.abs(skew) * 1000 <= most) return { id, result: 'ok', text: 'The clock of the device is right.' };
  const what =
    now + skew * 1000 < NEVER_SET
      ? 'was never set'
      : `is ${duration(Math.abs(skew))} ${skew > 0 ? 'fast' : 'slow'}`;
  return {
    id,
    result: 'problem',
    text: `The clock of the device ${what}: set its time or its NTP server.`,
  };
}
