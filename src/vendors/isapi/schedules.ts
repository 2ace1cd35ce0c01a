import type { Limits } from '../../limits.js';
import { readDeviceDocument } from '../../wire/device-document.js';
import { child, children, type Fields, text } from '../../wire/fields.js';

/** When a detector is armed in a week. */
export interface Schedule {
  readonly id: string;
  readonly channel: string | undefined;
  /** Whether there is any time of the week at which it is. */
  readonly armed: boolean;
}

/**
 * Reads the schedules of all channels, or a single one (`/ISAPI/Event/schedules/…`, isapi.md §9.2). One that says
 * nothing of its week is left out; anything else is an empty list. Never throws.
 */
export function readSchedules(body: Buffer, limits: Limits): Schedule[] {
  const all = children(readDeviceDocument(body, 'ScheduleList', limits), 'Schedule');
  const single = all.length === 0 ? readDeviceDocument(body, 'Schedule', limits) : undefined;
  return [...all, ...(single === undefined ? [] : [single])]
    .filter((fields) => 'TimeBlockList' in fields)
    .map((fields) => {
      const id = text(fields, 'id') ?? '';
      const channel = text(fields, 'videoInputChannelID', 'dynVideoInputChannelID');
      const blocks = children(child(fields, 'TimeBlockList'), 'TimeBlock');
      return { id, channel: channel ?? /\d+$/.exec(id)?.[0], armed: blocks.some(hasLength) };
    });
}

/** A day that nothing is armed at is left out, or ends when it begins. */
function hasLength(block: Fields): boolean {
  return children(block, 'TimeRange').some(
    (range) => text(range, 'beginTime') !== text(range, 'endTime') && text(range, 'endTime') !== undefined,
  );
}
