import { type PictureName, picture } from '../picture.js';
import { type Moment, padded } from './moments.js';

/** An alarm of recorders before 2020, whose kinds are numbers (raysharp-vstarcam-others.md §1.10). */
export interface OlderAlarm {
  readonly type: number;
  readonly status: 0 | 1;
  /** From 0 in the lines of 2017; the document of 2019 does not say. */
  readonly channel: number;
}

/** The lines of 2017. */
export const linesOf2017 = (alarm: OlderAlarm, moment: Moment): Buffer =>
  Buffer.from(
    [
      `EventType=${alarm.type}`,
      `Status=${alarm.status}`,
      `Channel=${alarm.channel}`,
      `TriggerTime=${padded(moment)}`,
      '',
    ].join('\r\n'),
  );

/** The JSON of 2019. `asPrinted`: with the blank too much and the comma too little that its document shows. */
export const alarmOf2019 = (alarm: OlderAlarm, id: number, moment: Moment, asPrinted = false): Buffer =>
  Buffer.from(
    [
      '{',
      `"eventType":${alarm.type},`,
      `"status":${alarm.status},`,
      `"channel":${alarm.channel},`,
      asPrinted ? `"triggerTime":" ${padded(moment)}"` : `"triggerTime":"${padded(moment)}",`,
      `"id":${id},`,
      '"chid":1',
      '}',
    ].join('\n'),
  );

/** The picture of 2019, which follows in a request of its own. `type`: 0 a face, 1 a person, 2 a car. */
export const pictureOf2019 = (type: 0 | 1 | 2, id: number, moment: Moment, shown: PictureName): Buffer =>
  Buffer.from(
    [
      '{',
      `"id":${id},`,
      `"eventType":${type},`,
      '"imageType":0,',
      `"imageName":"${padded(moment)}.jpg",`,
      `"imageBase64":"${picture(shown).toString('base64')}"`,
      '}',
    ].join('\n'),
  );
