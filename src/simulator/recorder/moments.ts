/** A moment, and the clock of the device that writes it down. */
export interface Moment {
  readonly at: Date;
  /** Minutes east of UTC that the clock shows. */
  readonly zone: number;
}

const wallClock = ({ at, zone }: Moment) => new Date(at.getTime() + zone * 60_000);
const two = (value: number) => String(value).padStart(2, '0');

/** `2023-7-13 7:28:10`: local time, no number padded (raysharp-vstarcam-others.md §1.4). */
export function unpadded(moment: Moment): string {
  const wall = wallClock(moment);
  const date = [wall.getUTCFullYear(), wall.getUTCMonth() + 1, wall.getUTCDate()].join('-');
  return `${date} ${[wall.getUTCHours(), wall.getUTCMinutes(), wall.getUTCSeconds()].join(':')}`;
}

/** `2016-06-24 16:57:24`: local time as the older forms have it (raysharp-vstarcam-others.md §1.10). */
export const padded = (moment: Moment): string =>
  wallClock(moment).toISOString().slice(0, 19).replace('T', ' ');

/** `2025-07-31T07:46:02Z+05:30`: local time with a Z that says UTC and an offset (raysharp-vstarcam-others.md §1.7). */
export function contradictory(moment: Moment): string {
  const size = Math.abs(moment.zone);
  const offset = `${moment.zone < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${wallClock(moment).toISOString().slice(0, 19)}Z${offset}`;
}

/** Seconds since 1970 as if the local wall clock showed UTC (raysharp-vstarcam-others.md §1.7). */
export const wallSeconds = (moment: Moment): number => Math.floor(wallClock(moment).getTime() / 1000);
