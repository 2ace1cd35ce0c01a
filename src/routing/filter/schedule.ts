import { AlarmError } from '../../errors.js';

/** Tells whether alarms pass at a time, in milliseconds since 1970. */
export type Schedule = (time: number) => boolean;

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const MINUTE_MS = 60_000;
/** 1970 began on a Thursday. */
const THURSDAY = 3;

/**
 * The hours of a week in which alarms pass, as JSON: `{"mon":[["22:00","06:00"]],…}`. A span whose end is not behind its
 * start goes on into the next day; a day that is missing has none; an empty text is always.
 * @param zone such as `Europe/Warsaw` or `+01:00`; empty or `local` for that of this machine
 * @throws AlarmError `SCHEDULE_INVALID`, `ZONE_UNKNOWN`
 */
export function readSchedule(text: string, zone: string): Schedule {
  const minuteOf = weekMinute(zone);
  if (text.trim() === '') return () => true;
  const spans = readDays(text).flatMap((day, index) =>
    day.map(
      ([from, to]) => [index * DAY_MINUTES + from, to > from ? to - from : to - from + DAY_MINUTES] as const,
    ),
  );
  return (time) => {
    const minute = minuteOf(time);
    return spans.some(([start, length]) => (minute - start + WEEK_MINUTES) % WEEK_MINUTES < length);
  };
}

/** Spans of each day in minutes since its midnight. */
function readDays(text: string): (readonly [number, number])[][] {
  let week: unknown;
  try {
    week = JSON.parse(text);
  } catch (error) {
    throw new AlarmError('SCHEDULE_INVALID', undefined, { cause: error });
  }
  if (typeof week !== 'object' || week === null || Array.isArray(week))
    throw new AlarmError('SCHEDULE_INVALID');
  const unknown = Object.keys(week).some((day) => !(DAYS as readonly string[]).includes(day));
  if (unknown) throw new AlarmError('SCHEDULE_INVALID');
  return DAYS.map((day) => {
    const spans: unknown = (week as Record<string, unknown>)[day] ?? [];
    if (!Array.isArray(spans)) throw new AlarmError('SCHEDULE_INVALID');
    return spans.map((span: unknown) => {
      if (!Array.isArray(span) || span.length !== 2) throw new AlarmError('SCHEDULE_INVALID');
      return [minutes(span[0]), minutes(span[1])] as const;
    });
  });
}

/** `22:30` in minutes; `24:00` is the end of a day. */
function minutes(text: unknown): number {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(String(text)) ?? [];
  const all = Number(hour) * 60 + Number(minute);
  if (!(Number(minute) < 60 && all <= DAY_MINUTES)) throw new AlarmError('SCHEDULE_INVALID');
  return all;
}

/** Minutes since Monday's midnight on the clocks of a zone. */
function weekMinute(zone: string): (time: number) => number {
  const [, sign, hours, rest] = /^([+-])(\d{1,2}):?(\d{2})$/.exec(zone) ?? [];
  if (sign !== undefined) {
    const offset = (Number(hours) * 60 + Number(rest)) * (sign === '-' ? -1 : 1);
    return (time) => {
      const minute = Math.floor(time / MINUTE_MS) + offset + THURSDAY * DAY_MINUTES;
      return ((minute % WEEK_MINUTES) + WEEK_MINUTES) % WEEK_MINUTES;
    };
  }
  const formatter = formatterOf(zone);
  return (time) => {
    const shown = new Map(formatter.formatToParts(time).map(({ type, value }) => [type, value]));
    const day = DAYS.indexOf((shown.get('weekday') ?? '').toLowerCase() as (typeof DAYS)[number]);
    return day * DAY_MINUTES + Number(shown.get('hour')) * 60 + Number(shown.get('minute'));
  };
}

function formatterOf(zone: string): Intl.DateTimeFormat {
  const own = zone === '' || zone === 'local';
  try {
    return new Intl.DateTimeFormat('en-US', {
      ...(!own && { timeZone: zone }),
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  } catch (error) {
    throw new AlarmError('ZONE_UNKNOWN', undefined, { cause: error });
  }
}
