import { offsetText } from '../clock.js';
import { AlarmError } from '../errors.js';
import type { Alarm, AlarmEvent, Draft } from '../event.js';
import type { Subscriber } from '../notification.js';
import { describe } from '../wording.js';
import { Stage } from './stage.js';

const FIXED = /^([+-])(\d{1,2}):?(\d{2})$/;
const HAS_OFFSET = /(?:Z|[+-]\d{2}:\d{2})$/;
const MINUTE_MS = 60_000;

/**
 * Tells the zone of devices that write the time of their wall clock and nothing else
 * (raysharp-vstarcam-others.md §1.7): their times get an offset, and their clocks can be compared with ours.
 */
export class DeviceZone extends Stage {
  readonly #offsetAt: (local: number) => number;

  /**
   * @param zone such as `Europe/Warsaw`, `+01:00`, or `local` for that of this machine
   * @throws AlarmError `ZONE_UNKNOWN`
   */
  constructor(zone: string, next: Subscriber) {
    super(next);
    this.#offsetAt = offsetsOf(zone);
  }

  alarm(alarm: Alarm): void {
    const { event } = alarm;
    if (event.timeRaw === undefined || HAS_OFFSET.test(event.time)) {
      this.next.alarm(alarm);
      return;
    }
    const local = Date.parse(`${event.time}Z`);
    const offset = this.#offsetAt(local);
    const zoned: Draft<AlarmEvent> = { ...event, time: event.time + offsetText(offset) };
    const skew = local - offset * MINUTE_MS - Date.parse(event.receivedAt);
    // `|| 0` for the minus zero that rounding gives, which JSON does not know.
    zoned.clockSkew = Math.round(skew / 1000) || 0;
    this.next.alarm({ ...alarm, event: Object.assign(zoned, describe(zoned, this.language)) });
  }
}

/** Minutes that a wall clock is ahead of UTC at a time of its own, given as if it were UTC. */
function offsetsOf(zone: string): (local: number) => number {
  const [, sign, hours, minutes] = FIXED.exec(zone) ?? [];
  if (sign !== undefined) {
    const fixed = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
    return () => fixed;
  }
  const formatter = formatterOf(zone);
  const at = (utc: number) => {
    const shown = Object.fromEntries(
      formatter.formatToParts(utc).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    return Math.round((Date.UTC(year, month - 1, day, hour, minute, second) - utc) / MINUTE_MS);
  };
  // The offset at the time that was meant may be another one: once more from there.
  return (local) => at(local - at(local) * MINUTE_MS);
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      ...(zone !== 'local' && { timeZone: zone }),
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    throw new AlarmError('ZONE_UNKNOWN', undefined, { cause: error });
  }
}
