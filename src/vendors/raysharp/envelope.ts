import type { AlarmEvent } from '../../event.js';
import type { AlarmDraft } from '../../notification.js';
import { type Fields, text } from '../../wire/fields.js';
import { channelOf, countingOf, readAlarms, readEntry } from './channel-entry.js';
import { readChannelConditions, readSystemConditions } from './conditions.js';
import { type Context, documentOf, type Wanting } from './context.js';
import { type Detection, describeWith, readDetections } from './detections.js';
import { type Channel, entries, lowered, readChannel } from './names.js';
import type { Push } from './push.js';
import { joinSnaps } from './snaps.js';

/** Names in lower case: one of them makes an envelope. */
const NAMES = [
  'alarm_list',
  'channel_alarm',
  'system_alarm',
  'alarm_snap_data',
  'ai_snap_picture',
  'cccount',
  'hmlist',
  'log_collect',
  'videoloss_status',
  'dev_net_info',
];

export const isEnvelope = (fields: Fields) => NAMES.some((name) => name in fields);

/**
 * The `data` envelope of recorders (form B, raysharp-vstarcam-others.md §1.5): alarms, pictures and how things are, of
 * any number of channels.
 * @param fields names in lower case
 */
export function readEnvelope(fields: Fields, push: Push): AlarmDraft[] {
  const [device] = entries(fields, 'dev_net_info');
  // The entries of a list may also stand in the envelope itself.
  const lists = [...entries(fields, 'alarm_list').map(lowered), fields];
  const detections = entries(fields, 'ai_snap_picture').map(lowered).flatMap(readDetections);
  const context: Context = { push, device, channelName: onlyName(device, lists, detections) };
  const events: Wanting[] = lists.flatMap((list) => readList(list, context));
  const { joined, left } = joinSnaps(entries(fields, 'alarm_snap_data'), events, context);
  const own = detections.filter((detection) => !belongs(detection, joined, push));
  return [
    ...joined,
    ...own.map((detection) => seen(detection, context)),
    ...entries(fields, 'cccount').map((entry) => readCount(entry, context)),
    ...left,
  ];
}

function readList(list: Fields, context: Context): Wanting[] {
  const channels = entries(list, 'channel_alarm').flatMap((entry) => {
    const channel = readEntry(entry, list, context);
    const conditions = readChannelConditions(channel, context);
    return [...readAlarms(channel, context), ...conditions.map((draft) => ({ draft }))];
  });
  const system = readSystemConditions(list, context);
  return [...channels, ...system.map((draft) => ({ draft }))];
}

/** Shows a detection with the alarm of this delivery that it is about, if there is one. */
function belongs(detection: Detection, drafts: readonly AlarmDraft[], push: Push): boolean {
  const owner = drafts.find(({ event, condition }) => {
    const fits = condition !== true && detection.alarms.includes(event.type.toLowerCase());
    const taken = detection.plate !== undefined && event.plate !== undefined;
    return fits && !taken && event.state === 'active' && isAt(detection.channel, event);
  });
  if (owner === undefined) return false;
  push.show(owner, detection.pictures);
  describeWith(owner.event, [detection]);
  push.tell(owner, detection.type, detection.document);
  return true;
}

/** The number alone where that is all a detection says. */
function isAt(channel: Channel | undefined, { channel: number, channelRaw }: AlarmEvent): boolean {
  if (channel === undefined || !/\D/.test(channel.raw)) return channel?.number === number;
  return channel.raw.toLowerCase() === channelRaw?.toLowerCase();
}

function seen(detection: Detection, context: Context): AlarmDraft {
  const { type, document, pictures, channelName = context.channelName } = detection;
  const draft = context.push.draft(
    {
      ...detection,
      state: 'pulse',
      channelName,
      document: documentOf(context, undefined, { [type]: document }),
    },
    pictures,
  );
  describeWith(draft.event, [detection]);
  return draft;
}

/** A count that comes by itself. */
function readCount(entry: Fields, context: Context): AlarmDraft {
  const fields = lowered(entry);
  const draft = context.push.draft({
    type: 'ccCount',
    kind: 'counting',
    state: 'pulse',
    channel: channelOf(fields),
    channelName: text(fields, 'chn_alias', 'chn_alais') ?? context.channelName,
    document: documentOf(context, undefined, { ccCount: entry }),
  });
  draft.event.counting = countingOf(
    fields,
    ['cc_in_sum_num', 'ccin_num'],
    ['cc_out_sum_num', 'cc_out_sun_num', 'ccout_num'],
  );
  return draft;
}

/** A camera gives the name of its only channel; a recorder that of its own network page. */
function onlyName(
  device: Fields | undefined,
  lists: readonly Fields[],
  detections: readonly Detection[],
): string | undefined {
  if (device === undefined) return undefined;
  const name = text(lowered(device), 'channelname', 'chnnelname');
  const channels = new Set(detections.map(({ channel }) => channel?.raw));
  for (const list of lists)
    for (const entry of entries(list, 'channel_alarm')) channels.add(channelOf(lowered(entry))?.raw);
  return channels.size > 1 || readChannel(name) !== undefined ? undefined : name;
}
