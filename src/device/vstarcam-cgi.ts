import { AlarmError, isCode } from '../errors.js';
import type { DeviceLimits, Limits } from '../limits.js';
import {
  type DeviceAnswer,
  DeviceClient,
  type DeviceClientOptions,
  type DeviceRequest,
  type DeviceSettings,
} from './device-client.js';
import type { LoginKind } from './device-login.js';
import { type LoginPause, LoginPauses, LoginRefused } from './login-pause.js';
import { Turns } from './turns.js';
import type { UserCheck } from './user-check.js';

/** How a camera lets us in: as other devices, or by name and password in the query. */
export type CgiLogin = LoginKind | 'query';

/** A camera says no more than that it refuses. */
const REFUSED: UserCheck = { locked: false, lockedSeconds: 0, triesLeft: undefined };
/** A login the camera asks for in a way that no header answers. */
const OTHER_WAY = new Set(['DEVICE_LOGIN_REFUSED', 'DEVICE_LOGIN_UNKNOWN']);

/**
 * Asks the CGIs of a VStarcam camera, one at a time, and logs in as it wants it: by a header where it asks for one,
 * else by `loginuse` and `loginpas` in the query (raysharp-vstarcam-others.md §2.2). What worked is used from then on.
 * After two refused logins in a row none is tried for a while. Such a query is made when it is sent, and stands in no
 * error.
 */
export class VstarcamCgi {
  readonly #credentials: Pick<DeviceSettings, 'username' | 'password'>;
  readonly #isDenied: (answer: DeviceAnswer, limits: Limits) => boolean;
  readonly #byHeader: DeviceClient;
  readonly #byQuery: DeviceClient;
  readonly #pause: LoginPause;
  readonly #turns = new Turns(1);
  #way: 'header' | 'query' | undefined;

  /**
   * @param isDenied whether an answer is the camera's way to refuse a login, which may come with status 200
   * @throws AlarmError `DEVICE_ADDRESS_INVALID`
   */
  constructor(
    settings: DeviceSettings,
    isDenied: (answer: DeviceAnswer, limits: Limits) => boolean,
    options: DeviceClientOptions = {},
  ) {
    const { username, password } = settings;
    const pauses = options.pauses ?? new LoginPauses();
    const now = options.now ?? (() => performance.now());
    this.#credentials = { username, password };
    this.#isDenied = isDenied;
    // The family knows nothing better than Basic on most cameras.
    this.#byHeader = new DeviceClient({ ...settings, basic: true }, { ...options, pauses });
    this.#byQuery = new DeviceClient({ ...settings, username: '', password: '' }, { ...options, pauses });
    this.#pause = pauses.of(settings, settings, this.limits, now);
  }

  /** For who asks this camera. */
  get limits(): DeviceLimits {
    return this.#byHeader.limits;
  }

  get generalLimits(): Limits {
    return this.#byHeader.generalLimits;
  }

  /** How the camera let us in last; `none` also before it did. */
  get login(): CgiLogin {
    return this.#way === 'query' ? 'query' : this.#byHeader.loginKind;
  }

  /**
   * @param path of the CGI, such as `/get_status.cgi`
   * @param query its parameters, escaped, without a login
   * @throws AlarmError with a code that begins with `DEVICE_`, or the reason of the signal
   */
  async ask(path: string, query = '', signal = new AbortController().signal): Promise<DeviceAnswer> {
    const release = await this.#turns.take(signal);
    try {
      this.#pause.check();
      if (this.#way === 'query') return await this.#askByQuery(path, query, signal);
      const answer = await this.#askByHeader(path, query, signal);
      if (answer !== undefined) this.#way = 'header';
      return answer ?? (await this.#askByQuery(path, query, signal));
    } finally {
      release();
    }
  }

  /** Everything under way ends with `DEVICE_CLOSED`; resolves when no connection is left. */
  async close(): Promise<void> {
    await Promise.all([this.#byHeader.close(), this.#byQuery.close()]);
  }

  /** @returns undefined where another login is worth a try */
  async #askByHeader(path: string, query: string, signal: AbortSignal): Promise<DeviceAnswer | undefined> {
    const known = this.#way === 'header';
    try {
      const answer = await this.#byHeader.request(this.#requestFor(path, [query], signal));
      if (!this.#isDenied(answer, this.generalLimits)) return answer;
      if (known) throw this.#refused(answer);
    } catch (error) {
      const isOther = error instanceof AlarmError && OTHER_WAY.has(error.code);
      if (isOther) this.#way = undefined;
      const isLocked = error instanceof LoginRefused && error.check.locked;
      // Of a login that was known, two are refused by now.
      if (!isOther || isLocked || known) throw error;
    }
    if (this.#credentials.username === '') throw new AlarmError('DEVICE_LOGIN_MISSING');
    return undefined;
  }

  async #askByQuery(path: string, query: string, signal: AbortSignal): Promise<DeviceAnswer> {
    const { username, password } = this.#credentials;
    const login = `loginuse=${escaped(username)}&loginpas=${escaped(password)}`;
    let answer: DeviceAnswer | undefined;
    try {
      answer = await this.#byQuery.request(this.#requestFor(path, [login, query], signal));
    } catch (error) {
      if (!isCode(error, 'DEVICE_LOGIN_MISSING')) throw error;
    }
    if (answer === undefined || this.#isDenied(answer, this.generalLimits)) throw this.#refused(answer);
    this.#pause.end();
    this.#way = 'query';
    return answer;
  }

  #requestFor(path: string, parts: readonly string[], signal: AbortSignal): DeviceRequest {
    const query = parts.filter((part) => part !== '').join('&');
    const maxBytes = this.generalLimits.cgiBytes;
    return { path: query === '' ? path : `${path}?${query}`, maxBytes, signal };
  }

  /** Whom it let in before, it may only keep from this; otherwise nothing is sent for a while. */
  #refused(answer: DeviceAnswer | undefined): AlarmError {
    if (this.#way !== undefined && answer?.status === 403) return new AlarmError('DEVICE_FORBIDDEN');
    this.#way = undefined;
    return this.#pause.begin(REFUSED, true);
  }
}

/** Half a character, which has no bytes, becomes a mark. */
const escaped = (text: string) => encodeURIComponent(Buffer.from(text).toString());
