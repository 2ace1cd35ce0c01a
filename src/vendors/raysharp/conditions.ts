import type { AlarmState } from '../../event.js';
import type { AlarmDraft } from '../../notification.js';
import { type Fields, text } from '../../wire/fields.js';
import type { ChannelEntry } from './channel-entry.js';
import { type Context, documentOf } from './context.js';
import { entries, flag, lowered } from './names.js';

/** A camera of a recorder; what is not set up is neither there nor gone. */
const CONNECTIONS: ReadonlyMap<string, AlarmState> = new Map([
  ['offline', 'active'],
  ['online', 'inactive'],
  // Cameras with a battery: reachable when something happens.
  ['sleep', 'pulse'],
]);

/** How things are with a camera: its picture, and its connection to the recorder. */
export function readChannelConditions({ fields, ...entry }: ChannelEntry, { push }: Context): AlarmDraft[] {
  const drafts: AlarmDraft[] = [];
  const lost = flag(fields.videoloss);
  if (lost !== undefined) {
    const state = lost ? 'active' : 'inactive';
    drafts.push(push.draft({ type: 'videoloss', kind: 'video-loss', state, ...entry }));
  }
  for (const status of entries(fields, 'camera_connect_status').map(lowered)) {
    const type = text(status, 'connect_status');
    const state = CONNECTIONS.get(type?.toLowerCase() ?? '');
    if (type !== undefined && state !== undefined)
      drafts.push(push.draft({ type, kind: 'offline', state, ...entry }));
  }
  return drafts.map((draft) => ({ ...draft, condition: true }));
}

/**
 * How things are with the disks: one that fails counts, whatever others of the same name say.
 * @param list the entry of `alarm_list` they stand in, names in lower case
 */
export function readSystemConditions(list: Fields, context: Context): AlarmDraft[] {
  const drafts = entries(list, 'system_alarm').flatMap((entry) => readDisks(entry, list, context));
  const byName = new Map<string, AlarmDraft>();
  for (const draft of drafts) {
    const name = draft.about ?? '';
    if (byName.get(name)?.event.state !== 'active') byName.set(name, draft);
  }
  return [...byName.values()];
}

function readDisks(entry: Fields, list: Fields, context: Context): AlarmDraft[] {
  const fields = lowered(entry);
  return entries(fields, 'hdd').flatMap((disk) => {
    const state = text(lowered(disk), 'hdd_alarm_type');
    if (state === undefined) return [];
    const well = state.toLowerCase() === 'ok';
    const draft = context.push.draft({
      type: (well ? undefined : text(lowered(disk), 'hdd_alarm_info')) ?? state,
      kind: 'disk',
      state: well ? 'inactive' : 'active',
      time: text(list, 'time'),
      document: documentOf(context, list.time, { system_alarm: entry }),
    });
    const name = text(fields, 'device_name');
    if (name !== undefined && draft.event.device.name === undefined)
      draft.event.device = { ...draft.event.device, name };
    return [{ ...draft, condition: true, ...(name !== undefined && { about: name }) }];
  });
}
