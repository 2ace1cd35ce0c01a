import type { FlatAlarm } from './flat-alarm.js';
import { dashedMac, plainMac, type RecorderIdentity } from './identity.js';
import { type Moment, unpadded } from './moments.js';

/** One document shows dashes and a channel name, another neither (raysharp-vstarcam-others.md §1.6). */
export interface QueryStyle {
  readonly mac: 'dashes' | 'plain';
  readonly channelName: boolean;
}

export const PRINTED_QUERY: QueryStyle = { mac: 'dashes', channelName: true };

/** An alarm as the query of a GET: nothing in it is encoded, so that a blank is a blank. */
export function eventQuery(
  alarm: FlatAlarm,
  who: RecorderIdentity,
  moment: Moment,
  style: QueryStyle = PRINTED_QUERY,
): string {
  return [
    `EventType=${alarm.type}`,
    `EventTime=${unpadded(moment)}`,
    `EventAction=${alarm.action}`,
    ...(style.channelName ? [`ChannelName=${alarm.channelName}`] : []),
    `MACAddress=${style.mac === 'dashes' ? dashedMac(who) : plainMac(who)}`,
  ].join('&');
}
