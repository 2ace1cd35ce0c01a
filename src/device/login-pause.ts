import { AlarmError } from '../errors.js';
import type { DeviceLimits } from './device-limits.js';
import { type UserCheck, wordsOf } from './user-check.js';

/** The time after a refused login in which none is tried, so that the device does not lock the account. */
export class LoginPause {
  readonly #limits: DeviceLimits;
  readonly #now: () => number;
  #until = Number.NEGATIVE_INFINITY;
  #words = '';

  /** @param now milliseconds since any moment */
  constructor(limits: DeviceLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Begins, for as long as the account is locked if the device says so. Returns the error to throw. */
  begin(check: UserCheck): AlarmError {
    const { pauseMs, pauseMaxMs } = this.#limits;
    const locked = Math.min(check.lockedSeconds * 1000, pauseMaxMs);
    this.#until = this.#now() + Math.max(pauseMs, locked);
    this.#words = wordsOf(check);
    return this.#error();
  }

  /** @throws AlarmError `DEVICE_LOGIN_REFUSED` while it lasts */
  check(): void {
    if (this.#now() < this.#until) throw this.#error();
  }

  #error(): AlarmError {
    const seconds = Math.ceil((this.#until - this.#now()) / 1000);
    const words = this.#words === '' ? '' : `${this.#words}, `;
    return new AlarmError('DEVICE_LOGIN_REFUSED', `${words}not tried again for ${seconds} s`);
  }
}
