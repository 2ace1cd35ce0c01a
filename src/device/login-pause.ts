import { createHmac, randomBytes } from 'node:crypto';
import { AlarmError } from '../errors.js';
import type { DeviceLimits } from '../limits.js';
import type { DeviceAddress } from './device-connections.js';
import type { DeviceCredentials } from './device-login.js';
import { type UserCheck, wordsOf } from './user-check.js';

/** When the device says that so few wrong logins are left, none is risked. */
const FEW_TRIES = 2;

interface Refusal {
  readonly until: number;
  readonly check: UserCheck;
  readonly freshTry: boolean;
}

/** A login that a device refuses, or refused a moment ago so that it is not tried now. */
export class LoginRefused extends AlarmError {
  /** @param check what the device said of it */
  constructor(
    detail: string,
    readonly check: UserCheck,
  ) {
    super('DEVICE_LOGIN_REFUSED', detail);
  }
}

/**
 * Logins that devices refused lately. They outlive the client that tried: about five wrong ones lock an account
 * (isapi.md §11.4), and a flow is deployed, or a button pressed, five times in no time. Another password is another
 * login.
 */
export class LoginPauses {
  /** A password that is wrong here may be right elsewhere: not kept as it is. */
  readonly #key = randomBytes(32);
  readonly #refusals = new Map<string, Refusal>();

  /** The pause of one login at one device. @param now milliseconds since any moment, the same for all */
  of(
    { protocol, host, port }: DeviceAddress,
    { username, password }: DeviceCredentials,
    limits: DeviceLimits,
    now: () => number,
  ): LoginPause {
    const login = JSON.stringify([protocol, host.toLowerCase(), port, username, password]);
    const mark = createHmac('sha256', this.#key).update(login).digest('base64');
    return new LoginPause(this.#refusals, mark, limits, now);
  }
}

/** The time after a refused login in which none is tried. */
export class LoginPause {
  readonly #refusals: Map<string, Refusal>;
  readonly #mark: string;
  readonly #limits: DeviceLimits;
  readonly #now: () => number;

  constructor(refusals: Map<string, Refusal>, mark: string, limits: DeviceLimits, now: () => number) {
    this.#refusals = refusals;
    this.#mark = mark;
    this.#limits = limits;
    this.#now = now;
  }

  /**
   * Begins. It is short the first time, for one fresh try, and then for as long as the account is locked if the device
   * says so. Returns the error to throw.
   * @param retried this was the fresh try already
   */
  begin(check: UserCheck, retried: boolean): LoginRefused {
    const { freshTryMs, pauseMs, pauseMaxMs, pauses } = this.#limits;
    const first = !retried && !this.#refusals.has(this.#mark);
    const safe = !check.locked && (check.triesLeft ?? Number.POSITIVE_INFINITY) > FEW_TRIES;
    const locked = Math.min(check.lockedSeconds * 1000, pauseMaxMs);
    const freshTry = first && safe;
    const until = this.#now() + (freshTry ? freshTryMs : Math.max(pauseMs, locked));
    const refusal = { until, check, freshTry };
    this.#refusals.delete(this.#mark);
    this.#refusals.set(this.#mark, refusal);
    const [oldest] = this.#refusals.keys();
    if (this.#refusals.size > pauses && oldest !== undefined) this.#refusals.delete(oldest);
    return this.#error(refusal);
  }

  /** @throws AlarmError `DEVICE_LOGIN_REFUSED` while it lasts */
  check(): void {
    const refusal = this.#refusals.get(this.#mark);
    if (refusal !== undefined && this.#now() < refusal.until) throw this.#error(refusal);
  }

  /** Milliseconds until a login may be tried. */
  get leftMs(): number {
    return Math.max(0, (this.#refusals.get(this.#mark)?.until ?? 0) - this.#now());
  }

  /** The login was taken: what was refused before counts no more. */
  end(): void {
    this.#refusals.delete(this.#mark);
  }

  #error({ until, check, freshTry }: Refusal): LoginRefused {
    const { freshTryMs, pauseMs } = this.#limits;
    const words = wordsOf(check);
    const seconds = Math.ceil((until - this.#now()) / 1000);
    const next = freshTry
      ? `one fresh try after ${freshTryMs} ms, then none for ${pauseMs / 1000} s`
      : `not tried again for ${seconds} s`;
    return new LoginRefused(words === '' ? next : `${words}, ${next}`, check);
  }
}
