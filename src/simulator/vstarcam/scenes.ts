import { picture } from '../picture.js';
import { ALARM_CODES, type CameraAlarm } from './push-form.js';

const box = (type: string, content: Buffer) => {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(content.length + 8);
  return Buffer.concat([size, Buffer.from(type), content]);
};

/** An MP4 by its boxes, with nothing in it to play (ISO/IEC 14496-12 §4.3, §8.1.2). */
export const EMPTY_FILM = Buffer.concat([
  box('ftyp', Buffer.from('isom\0\0\x02\0isommp42', 'latin1')),
  box('free', Buffer.from('drawn for this project')),
]);

/** Something that happens in front of a simulated doorbell. */
export interface CameraScene {
  readonly name: string;
  readonly alarm: () => CameraAlarm;
}

export const DOORBELL_SCENES: readonly CameraScene[] = [
  {
    name: 'doorbell',
    alarm: () => ({ code: ALARM_CODES.doorbell, picture: picture('door-scene'), film: EMPTY_FILM }),
  },
  { name: 'person', alarm: () => ({ code: ALARM_CODES.person, picture: picture('yard-scene') }) },
  { name: 'motion', alarm: () => ({ code: ALARM_CODES.motion, picture: picture('door-scene') }) },
];
