import { type Clock, SYSTEM_CLOCK } from '../../clock.js';
import { atIntervals } from '../at-intervals.js';
import { isWholeAnswer, type PushTarget, send } from '../http-push.js';
import { type CameraAlarm, FORM_TYPE, type FormStyle, pushForm, USUAL_FORM } from './push-form.js';
import { requestBytes, type Transfer } from './push-request.js';

/** Content type of a heartbeat. */
export const JSON_TYPE = 'application/json; charset=UTF-8';

/** How a camera sends an alarm; what is left out is as usual. */
export interface PushStyle extends FormStyle {
  readonly transfer: Transfer;
}

/**
 * A camera that pushes alarms and signs of life (seed 002). Each push has a connection of its own, which the camera
 * closes when it has the answer; all give back the whole answer, and throw the socket's error when there is none.
 */
export class PushCamera {
  readonly vuid: string;
  readonly #clock: Clock;

  constructor(vuid = 'VC0000053SIMD', clock: Clock = SYSTEM_CLOCK) {
    this.vuid = vuid;
    this.#clock = clock;
  }

  heartbeat(target: PushTarget): Promise<string> {
    const body = Buffer.from(JSON.stringify({ vuid: this.vuid }));
    return this.#send(target, JSON_TYPE, body, 'length');
  }

  /** A heartbeat each time so many seconds have passed. @returns how to call it off */
  heartbeats(
    target: PushTarget,
    seconds: number,
    told: (answer: string) => void = () => undefined,
  ): () => void {
    return atIntervals(this.#clock, seconds, () => this.heartbeat(target), told);
  }

  alarm(target: PushTarget, alarm: CameraAlarm, style: Partial<PushStyle> = {}): Promise<string> {
    const { transfer = 'length', ...form } = style;
    const body = pushForm(this.vuid, alarm, { ...USUAL_FORM, ...form });
    return this.#send(target, FORM_TYPE, body, transfer);
  }

  /** The same alarm to its main server and then to its sub server, whatever became of the first. */
  async alarmToBoth(
    main: PushTarget,
    sub: PushTarget,
    alarm: CameraAlarm,
    style?: Partial<PushStyle>,
  ): Promise<readonly PromiseSettledResult<string>[]> {
    const [first] = await Promise.allSettled([this.alarm(main, alarm, style)]);
    const [second] = await Promise.allSettled([this.alarm(sub, alarm, style)]);
    return [first, second];
  }

  #send(target: PushTarget, contentType: string, body: Buffer, transfer: Transfer): Promise<string> {
    const { first, onceAsked } = requestBytes(target, contentType, body, transfer);
    return send(target, first, isWholeAnswer, onceAsked);
  }
}
