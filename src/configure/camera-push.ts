import type { VstarcamCgi } from '../device/vstarcam-cgi.js';
import { AlarmError, isCode } from '../errors.js';
import {
  GET_PUSH,
  type PushConfig,
  pushQuery,
  readPushConfig,
  readSetResult,
  SET_PUSH,
} from '../vendors/vstarcam/push-config.js';
import { readAgain } from './read-again.js';

/** Where a camera pushes to, as it is asked for and written (seed 002 §6). */
export class CameraPush {
  readonly #cgi: Pick<VstarcamCgi, 'ask' | 'limits' | 'generalLimits'>;
  readonly #signal: AbortSignal | undefined;

  constructor(cgi: Pick<VstarcamCgi, 'ask' | 'limits' | 'generalLimits'>, signal?: AbortSignal) {
    this.#cgi = cgi;
    this.#signal = signal;
  }

  /**
   * @throws AlarmError `CONFIG_NO_ALARM_PUSH`, `CONFIG_UNREADABLE`, `CONFIG_BUSY`, `DEVICE_REDIRECTS`, and those of the
   *   client
   */
  async read(): Promise<PushConfig> {
    const answer = await this.#cgi.ask(GET_PUSH, '', this.#signal);
    const read = readPushConfig(answer, this.#cgi.generalLimits);
    if (typeof read !== 'string') return read;
    if (read === 'missing') throw new AlarmError('CONFIG_NO_ALARM_PUSH');
    if (read === 'denied') throw new AlarmError('DEVICE_FORBIDDEN');
    const { status } = answer;
    if (status >= 300 && status < 400) throw new AlarmError('DEVICE_REDIRECTS');
    throw new AlarmError(status === 200 ? 'CONFIG_UNREADABLE' : 'CONFIG_BUSY');
  }

  /** The same behind a write. */
  readAgain(): Promise<PushConfig> {
    return readAgain(() => this.read(), this.#cgi.limits);
  }

  /**
   * @param blanks with the names as the document writes them
   * @returns whether the camera said yes, or nothing: only reading again tells what it has
   * @throws AlarmError `CONFIG_NO_ALARM_PUSH`, `DEVICE_FORBIDDEN`, and those of the client
   */
  async write(config: PushConfig, blanks: boolean): Promise<boolean> {
    try {
      const answer = await this.#cgi.ask(SET_PUSH, pushQuery(config, blanks), this.#signal);
      const result = readSetResult(answer, this.#cgi.generalLimits);
      if (result === 'missing') throw new AlarmError('CONFIG_NO_ALARM_PUSH');
      if (result === 'denied') throw new AlarmError('DEVICE_FORBIDDEN');
      return result === 'ok';
    } catch (error) {
      // It has just let this login read.
      if (isCode(error, 'DEVICE_LOGIN_REFUSED')) throw new AlarmError('DEVICE_FORBIDDEN');
      if (isCode(error, 'DEVICE_TIMEOUT') || isCode(error, 'DEVICE_ANSWER_BROKEN')) return true;
      throw error;
    }
  }
}
