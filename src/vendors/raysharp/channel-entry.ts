import type { AlarmState } from '../../event.js';
import type { AlarmDraft } from '../../notification.js';
import { type Fields, number, text } from '../../wire/fields.js';
import { ALARM_TYPES } from './alarm-types.js';
import { type Context, documentOf, type Wanting } from './context.js';
import { type Channel, entries, flag, lowered, readChannel, readIndex } from './names.js';

/** One entry of `channel_alarm`: a camera at one moment. */
export interface ChannelEntry {
  /** Names in lower case. */
  readonly fields: Fields;
  readonly channel: Channel | undefined;
  readonly channelName: string | undefined;
  readonly time: string | undefined;
  readonly document: Fields;
}

/** @param list the entry of `alarm_list` that it stands in, names in lower case */
export function readEntry(entry: Fields, list: Fields, context: Context): ChannelEntry {
  const fields = lowered(entry);
  return {
    fields,
    channel: channelOf(fields),
    channelName: text(fields, 'chn_alias', 'chn_alais', 'channel_name') ?? context.channelName,
    time: text(list, 'time'),
    document: documentOf(context, list.time, { channel_alarm: entry }),
  };
}

/** A word that is no channel of ours is kept as it is; one that is a number counts from 1. */
export function channelOf(fields: Fields): Channel | undefined {
  const raw = text(fields, 'channel', 'chnnel', 'strchn');
  if (raw === undefined) return readIndex(text(fields, 'chn'));
  return readChannel(/^\d+$/.test(raw) ? `CH${raw}` : raw) ?? { raw };
}

/** Something that begins or ends in a channel. */
interface Item {
  readonly type: string;
  readonly state: AlarmState;
  /** The device's name for its picture. */
  readonly snap?: string | undefined;
}

/**
 * The alarms of an entry. `alarm_state` says again what goes on, and most other fields how things are: they begin
 * nothing (raysharp-vstarcam-others.md §1.5).
 */
export function readAlarms({ fields, ...entry }: ChannelEntry, { push }: Context): Wanting[] {
  const items = [...intelligent(fields), ...motion(fields), ...switches(fields), ...doorbells(fields)];
  return items.map(({ type, state, snap }) => {
    const kind = ALARM_TYPES.get(type.toLowerCase()) ?? 'unknown';
    const draft = push.draft({ type, kind, state, ...entry });
    const [counted] = type.toLowerCase() === 'cc' ? counts(fields) : [];
    if (counted !== undefined) draft.event.counting = counted;
    const wants = snap ?? snapOf(fields);
    const restated: AlarmDraft = { ...draft, restated: true };
    return wants === undefined ? { draft: restated } : { draft: restated, wants };
  });
}

/** `int_alarm`, and the same once more with its picture in `int_alarm_ex`. */
function intelligent(fields: Fields): Item[] {
  const items = new Map<string, Item>();
  for (const name of ['int_alarm', 'int_alarm_ex']) {
    for (const alarm of entries(fields, name).map(lowered)) {
      const begins = flag(alarm.alarm_val);
      const type = text(alarm, 'int_subtype') ?? 'int_alarm';
      if (begins === undefined) continue;
      items.set(type.toLowerCase(), { type, state: stateOf(begins), snap: snapOf(alarm) });
    }
  }
  return [...items.values()];
}

function motion(fields: Fields): Item[] {
  const [report] = entries(fields, 'motion_report').map(lowered);
  const begins = flag(report?.alarm_state);
  if (begins === undefined) return switched(fields, 'motion_alarm');
  return [{ type: text(report, 'alarm_type') ?? 'motion_report', state: stateOf(begins) }];
}

const switches = (fields: Fields) => [...switched(fields, 'io_alarm'), ...switched(fields, 'pir_alarm')];

function doorbells(fields: Fields): Item[] {
  const calls = entries(fields, 'talkback_alarm').map((call) => flag(lowered(call).talkback_close));
  const rings = calls.filter((closed) => closed !== undefined);
  return [
    ...switched(fields, 'doorbell_call'),
    ...rings.map((closed) => ({ type: 'talkback_alarm', state: stateOf(!closed) })),
  ];
}

function switched(fields: Fields, type: string): Item[] {
  const begins = flag(fields[type]);
  return begins === undefined ? [] : [{ type, state: stateOf(begins) }];
}

const stateOf = (begins: boolean): AlarmState => (begins ? 'active' : 'inactive');

function snapOf(fields: Fields): string | undefined {
  const id = number(fields, 'take_alarm_snap');
  return id !== undefined && id > 0 ? text(fields, 'take_alarm_snap') : undefined;
}

function counts(fields: Fields) {
  return [...entries(fields, 'cc_alarm_num'), ...entries(fields, 'cc_alrm_num')]
    .map(lowered)
    .map((counted) => countingOf(counted, ['cc_in_num'], ['cc_out_num']));
}

/** People in and out, by the first of these names that says something. */
export function countingOf(fields: Fields, into: readonly string[], out: readonly string[]) {
  const enter = number(fields, ...into);
  const exit = number(fields, ...out);
  return { ...(enter !== undefined && { enter }), ...(exit !== undefined && { exit }) };
}
