import type { AlarmState } from '../../event.js';
import type { AlarmDraft } from '../../notification.js';
import { type Fields, text } from '../../wire/fields.js';
import { ALARM_TYPES } from './alarm-types.js';
import { describeWith, readDetections } from './detections.js';
import { entries, lowered, readChannel } from './names.js';
import type { Push } from './push.js';

/**
 * An event as one object: the POST of cameras (form A), the query of a GET, the same by UDP
 * (raysharp-vstarcam-others.md §1.4, §1.6).
 * @param data as the device named its fields
 */
export function readFlat(data: Fields, push: Push): AlarmDraft {
  const fields = lowered(data);
  const type = text(fields, 'eventtype') ?? 'unknown';
  const name = text(fields, 'channelname', 'chnnelname');
  const detections = entries(fields, 'picdata').map(lowered).flatMap(readDetections);
  const named = readChannel(name);
  const draft = push.draft(
    {
      type,
      kind: ALARM_TYPES.get(type.toLowerCase()) ?? 'unknown',
      state: readState(text(fields, 'eventaction')),
      channel: named ?? detections.find(({ channel }) => channel !== undefined)?.channel,
      channelName: named === undefined ? name : undefined,
      time: text(fields, 'eventtime'),
      document: data,
    },
    detections.flatMap(({ pictures }) => pictures),
  );
  describeWith(draft.event, detections);
  return draft;
}

function readState(action: string | undefined): AlarmState {
  switch (action?.toLowerCase()) {
    case 'start':
      return 'active';
    case 'stop':
      return 'inactive';
    default:
      return 'pulse';
  }
}
