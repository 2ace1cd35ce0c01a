import { type Clock, SYSTEM_CLOCK } from '../../clock.js';
import { atIntervals } from '../at-intervals.js';
import { isWholeAnswer, type PushTarget, send } from '../http-push.js';
import type { PictureName } from '../picture.js';
import { type DatagramTarget, sendDatagram } from './datagram.js';
import { envelope, type News } from './envelope.js';
import { eventQuery, type QueryStyle } from './event-query.js';
import { type FlatAlarm, type FlatStyle, flatAlarm } from './flat-alarm.js';
import type { RecorderIdentity } from './identity.js';
import { jsonBytes } from './json-bytes.js';
import type { Moment } from './moments.js';
import { alarmOf2019, linesOf2017, type OlderAlarm, pictureOf2019 } from './older-forms.js';
import { asked, type PushLogin, unasked } from './push-login.js';
import {
  getRequest,
  keepAliveRequest,
  type PushRequest,
  postRequest,
  requestBytes,
  requestOf2017,
  requestOf2019,
} from './push-requests.js';

export interface RecorderSettings {
  readonly who: RecorderIdentity;
  /** Minutes east of UTC of its clock. */
  readonly zone: number;
  readonly login?: PushLogin;
}

const USUAL: RecorderSettings = {
  who: {
    name: 'SIM-NVR-16',
    mac: '00:00:5e:00:53:31',
    address: '192.0.2.31',
    platform: 'Node-RED',
  },
  zone: 60,
};

/** `id` of the older forms. */
const OLD_ID = 123_456;

/**
 * A recorder with an event push platform (seed 000; raysharp-vstarcam-others.md §1), which sends all the forms that
 * its vendor ever documented. Each push has a connection of its own; all give back the whole answer, and throw the
 * socket's error when there is none.
 */
export class EventPushRecorder {
  readonly settings: RecorderSettings;
  readonly #clock: Clock;
  #position = 0;
  #picture = 700;

  constructor(settings: Partial<RecorderSettings> = {}, clock: Clock = SYSTEM_CLOCK) {
    this.settings = { ...USUAL, ...settings };
    this.#clock = clock;
  }

  /** Now, by its clock. */
  get moment(): Moment {
    return { at: new Date(this.#clock.now()), zone: this.settings.zone };
  }

  /** An `img_id` it did not use before. */
  newPicture(): number {
    return ++this.#picture;
  }

  /** The newer form. */
  push(target: PushTarget, news: News): Promise<string> {
    return this.#send(target, postRequest(target, jsonBytes(this.#newer(news))));
  }

  /** The flat form. */
  pushFlat(target: PushTarget, alarm: FlatAlarm, style?: FlatStyle): Promise<string> {
    return this.#send(target, postRequest(target, jsonBytes(this.#flat(alarm, style))));
  }

  /** By GET, which has no picture. */
  pushQuery(target: PushTarget, alarm: FlatAlarm, style?: QueryStyle): Promise<string> {
    return this.#send(target, getRequest(target, eventQuery(alarm, this.settings.who, this.moment, style)));
  }

  /** The lines of 2017. */
  pushOf2017(target: PushTarget, alarm: OlderAlarm): Promise<string> {
    const { moment } = this;
    return this.#send(target, requestOf2017(target, linesOf2017(alarm, moment), moment));
  }

  /** The JSON of 2019. */
  pushOf2019(target: PushTarget, alarm: OlderAlarm, asPrinted = false): Promise<string> {
    const body = alarmOf2019(alarm, OLD_ID, this.moment, asPrinted);
    return this.#send(target, requestOf2019(target, body));
  }

  /** The picture that follows an alarm of 2019. */
  pushPictureOf2019(target: PushTarget, type: 0 | 1 | 2, shown: PictureName): Promise<string> {
    return this.#send(target, requestOf2019(target, pictureOf2019(type, OLD_ID, this.moment, shown)));
  }

  keepAlive(target: PushTarget): Promise<string> {
    return this.#send(target, keepAliveRequest(target, this.moment));
  }

  /** A keep-alive each time so many seconds have passed. @returns how to call it off */
  keepAlives(
    target: PushTarget,
    seconds: number,
    told: (answer: string) => void = () => undefined,
  ): () => void {
    return atIntervals(this.#clock, seconds, () => this.keepAlive(target), told);
  }

  /** The newer form by UDP, without its pictures. */
  cast(target: DatagramTarget, news: News): Promise<void> {
    return sendDatagram(target, jsonBytes(this.#newer(news), 'without'));
  }

  /** The flat form by UDP, without its picture. */
  castFlat(target: DatagramTarget, alarm: FlatAlarm, style?: FlatStyle): Promise<void> {
    return sendDatagram(target, jsonBytes(this.#flat(alarm, style), 'without'));
  }

  #newer(news: News): object {
    return envelope(news, this.settings.who, this.moment, ++this.#position);
  }

  #flat(alarm: FlatAlarm, style: FlatStyle | undefined): object {
    return flatAlarm(alarm, this.settings.who, this.moment, style);
  }

  async #send(target: PushTarget, request: PushRequest): Promise<string> {
    const { login } = this.settings;
    const answer = await send(target, requestBytes(request, unasked(login)), isWholeAnswer);
    const authorization = asked(login, answer, request.method, request.path);
    if (authorization === undefined) return answer;
    return send(target, requestBytes(request, authorization), isWholeAnswer);
  }
}
