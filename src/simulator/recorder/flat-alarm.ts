import { dashedMac, type RecorderIdentity } from './identity.js';
import { type Moment, unpadded } from './moments.js';

/** An alarm of the flat form, which cameras of 2023 push, and of GET (raysharp-vstarcam-others.md §1.4, §1.6). */
export interface FlatAlarm {
  /** `VideoMotion`, `LCD` …; some of the vendor's own words end in a blank. */
  readonly type: string;
  readonly action: 'start' | 'stop';
  readonly channelName: string;
  /** The `PicData`: an object named `SnapedObjInfo`, `PlateInfo` or `FaceInfo`. */
  readonly picture?: Readonly<Record<string, object>>;
}

export interface FlatStyle {
  /** In `{"result":"success","data":…}`, which is how the document shows it. */
  readonly wrapped: boolean;
  /** The document's table has the one, its sample the other. */
  readonly macName: 'MACAddress' | 'MacAddress';
}

/** As the sample in the document has it, which is 231 bytes long. */
export const PRINTED_STYLE: FlatStyle = { wrapped: true, macName: 'MacAddress' };

export function flatAlarm(
  alarm: FlatAlarm,
  who: RecorderIdentity,
  moment: Moment,
  style: FlatStyle = PRINTED_STYLE,
): object {
  const data = {
    EventType: alarm.type,
    EventTime: unpadded(moment),
    EventAction: alarm.action,
    ChannelName: alarm.channelName,
    DeviceName: who.name,
    IPAddress: who.address,
    [style.macName]: dashedMac(who),
    ...(alarm.picture && { PicData: alarm.picture }),
  };
  return style.wrapped ? { result: 'success', data } : data;
}
