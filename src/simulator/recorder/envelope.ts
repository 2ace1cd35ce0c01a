import { type PictureName, picture } from '../picture.js';
import { dashedMac, type RecorderIdentity } from './identity.js';
import { contradictory, type Moment, wallSeconds } from './moments.js';
import type { SmartPictures } from './smart-pictures.js';

/** A smart alarm of a channel: `lcd`, `pid`, `pd_vd`, `fd` … */
export interface IntAlarm {
  readonly alarm_val: boolean;
  readonly int_subtype: string;
  readonly take_alarm_snap?: number;
}

/** What the recorder tells of a channel; all but its name may be left out (raysharp-vstarcam-others.md §1.5). */
export interface ChannelAlarm {
  readonly channel: string;
  readonly chn_alias?: string;
  readonly channel_name?: string;
  readonly motion_alarm?: boolean;
  readonly io_alarm?: boolean;
  readonly pir_alarm?: boolean;
  readonly videoloss?: boolean;
  readonly doorbell_call?: boolean;
  readonly int_alarm?: IntAlarm;
  readonly int_alarm_ex?: readonly IntAlarm[];
  /** `img_id` of the picture that belongs to it. */
  readonly take_alarm_snap?: number;
  readonly cc_alarm_num?: {
    readonly cc_in_num: number;
    readonly cc_out_num: number;
    readonly cc_total_num: number;
  };
  /** Says how it records, not that anything happened. */
  readonly record_flag?: Readonly<Record<string, string>>;
  readonly camera_connect_status?: {
    readonly connect_status: 'NotConfigured' | 'Online' | 'Offline' | 'Sleep' | 'NotPaired';
    readonly protocol?: string;
    readonly ability?: readonly string[];
  };
}

/** What the recorder tells of itself. */
export interface SystemAlarm {
  readonly device_name?: string;
  readonly hdd: {
    readonly hdd_alarm_type: 'Ok' | 'Error';
    readonly hdd_alarm_info?: 'Full' | 'Bad' | 'Unformat' | 'Readonly' | 'Warning' | 'NoDisk';
  };
}

/** A picture that belongs to an alarm of the same or of another push. */
export interface AlarmSnap {
  readonly channel: string;
  readonly img_id: number;
  readonly img_time: number;
  readonly img_encode: 'base64';
  readonly img_format: 'image/jpeg';
  readonly img_data: string;
}

/** The content of one push of the newer form, in the vendor's own names. */
export interface News {
  readonly system_alarm?: readonly SystemAlarm[];
  readonly channel_alarm?: readonly ChannelAlarm[];
  readonly alarm_snap_data?: readonly AlarmSnap[];
  readonly ai_snap_picture?: SmartPictures;
  /** A sign of life where there is nothing to tell. */
  readonly heat_alarm?: 'HeatAlarm';
}

/** A smart alarm as recorders tell it, once in each of two fields; the list alone says which picture is its own. */
export function smartAlarm(
  channel: string,
  subtype: string,
  active: boolean,
  pictureId?: number,
): ChannelAlarm {
  const alarm = { alarm_val: active, int_subtype: subtype };
  const taken = pictureId === undefined ? alarm : { ...alarm, take_alarm_snap: pictureId };
  return { int_alarm: alarm, int_alarm_ex: [taken], channel, record_flag: { s: 'G' } };
}

export const alarmSnap = (channel: string, id: number, moment: Moment, shown: PictureName): AlarmSnap => ({
  channel,
  img_id: id,
  img_time: wallSeconds(moment),
  img_encode: 'base64',
  img_format: 'image/jpeg',
  img_data: picture(shown).toString('base64'),
});

/** @param position running number of the push */
export function envelope(news: News, who: RecorderIdentity, moment: Moment, position: number): object {
  const { system_alarm, channel_alarm, ...others } = news;
  const sender = {
    device_name: who.name,
    mac: dashedMac(who),
    ip: who.address,
    phy: 'eth0',
    ChannelName: who.platform,
  };
  const alarm = {
    time: contradictory(moment),
    ...(system_alarm && { system_alarm }),
    ...(channel_alarm && { channel_alarm }),
  };
  const data = {
    dev_net_info: [sender],
    ...((system_alarm ?? channel_alarm) && { alarm_list: [alarm] }),
    ...others,
    subscribe_id: 1,
    data_pos: position,
  };
  return { data };
}
