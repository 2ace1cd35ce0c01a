import type { PushTarget } from '../http-push.js';
import type { DatagramTarget } from './datagram.js';
import { alarmSnap, type News, smartAlarm } from './envelope.js';
import type { EventPushRecorder } from './event-push-recorder.js';
import type { FlatAlarm } from './flat-alarm.js';

/** Somebody crosses a line in the yard; its beginning comes with a picture. */
export function lineCrossing(recorder: EventPushRecorder, begins: boolean): News {
  const yard = { chn_alias: 'Yard' };
  if (!begins) return { channel_alarm: [{ ...smartAlarm('CH2', 'lcd', false), ...yard }] };
  const id = recorder.newPicture();
  return {
    channel_alarm: [{ ...smartAlarm('CH2', 'lcd', true, id), ...yard }],
    alarm_snap_data: [alarmSnap('CH2', id, recorder.moment, 'yard-scene')],
  };
}

/** Something moves at the door. */
export const motion = (begins: boolean): FlatAlarm => ({
  type: 'VideoMotion',
  action: begins ? 'start' : 'stop',
  channelName: 'Door',
});

/** Somebody is where nobody should be. */
export const intrusion = (begins: boolean): FlatAlarm => ({ ...motion(begins), type: 'PID' });

/** One way in which a recorder tells of an alarm over HTTP. */
export interface RecorderPush {
  readonly name: string;
  readonly push: (recorder: EventPushRecorder, target: PushTarget, begins: boolean) => Promise<string>;
}

export const RECORDER_PUSHES: readonly RecorderPush[] = [
  {
    name: 'lcd on CH2 (Yard), POST',
    push: (recorder, target, begins) => recorder.push(target, lineCrossing(recorder, begins)),
  },
  {
    name: 'VideoMotion (Door), POST of the flat form',
    push: (recorder, target, begins) => recorder.pushFlat(target, motion(begins)),
  },
  {
    name: 'PID (Door), GET',
    push: (recorder, target, begins) => recorder.pushQuery(target, intrusion(begins)),
  },
];

/** One way in which it tells of an alarm by UDP. */
export interface RecorderCast {
  readonly name: string;
  readonly cast: (recorder: EventPushRecorder, target: DatagramTarget, begins: boolean) => Promise<void>;
}

export const RECORDER_CASTS: readonly RecorderCast[] = [
  {
    name: 'lcd on CH2 (Yard), UDP',
    cast: (recorder, target, begins) => recorder.cast(target, lineCrossing(recorder, begins)),
  },
  {
    name: 'VideoMotion (Door), UDP of the flat form',
    cast: (recorder, target, begins) => recorder.castFlat(target, motion(begins)),
  },
];
