import type { AlarmDraft } from '../../notification.js';
import { type Fields, text } from '../../wire/fields.js';
import { channelOf } from './channel-entry.js';
import { type Context, documentOf, type Wanting } from './context.js';
import { lowered } from './names.js';

/**
 * Gives each event the picture it names (`take_alarm_snap` = `img_id`). What names one that is not there awaits it, and
 * a picture that nobody names here is an event of its own until another delivery asks for it.
 */
export function joinSnaps(
  snaps: readonly Fields[],
  events: readonly Wanting[],
  context: Context,
): { joined: AlarmDraft[]; left: AlarmDraft[] } {
  const pictures = new Map<string, Fields>();
  for (const snap of snaps) {
    const id = text(lowered(snap), 'img_id');
    if (id !== undefined && !pictures.has(id)) pictures.set(id, lowered(snap));
  }
  const wanted = new Set<string>();
  const joined = events.map(({ draft, wants }) => {
    if (wants === undefined) return draft;
    const picture = pictures.get(wants);
    if (picture === undefined) return context.push.mayBringPictures ? { ...draft, awaits: wants } : draft;
    wanted.add(wants);
    context.push.show(draft, [[picture.img_data, 'scene']]);
    return draft;
  });
  const left = snaps.filter((snap) => !wanted.has(text(lowered(snap), 'img_id') ?? ''));
  return { joined, left: left.flatMap((snap) => loose(snap, context)) };
}

function loose(snap: Fields, context: Context): AlarmDraft[] {
  const fields = lowered(snap);
  const draft = context.push.draft(
    {
      type: 'alarm_snap_data',
      kind: 'unknown',
      state: 'pulse',
      channel: channelOf(fields),
      channelName: text(fields, 'chn_alias', 'chn_alais') ?? context.channelName,
      time: text(fields, 'img_time'),
      document: documentOf(context, undefined, { alarm_snap_data: snap }),
    },
    [[fields.img_data, 'scene']],
  );
  if (draft.attachments.length === 0) return [];
  const id = text(fields, 'img_id');
  return [id === undefined ? draft : { ...draft, brings: id }];
}
