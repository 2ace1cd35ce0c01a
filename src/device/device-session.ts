import { AlarmError } from '../errors.js';
import type { DeviceLimits, Limits } from '../limits.js';
import { type Challenge, chooseChallenge } from '../wire/challenge.js';
import { type DeviceCredentials, DeviceLogin, type LoginKind, type SignedRequest } from './device-login.js';
import type { Incoming } from './exchange.js';
import type { LoginPause } from './login-pause.js';
import { Turns } from './turns.js';
import { parseUserCheck, type UserCheck } from './user-check.js';

/** A request that may have to be sent more than once until the device lets it in. */
export interface Call {
  readonly signed: SignedRequest;
  /** @param reset whether the connection is closed behind the answer */
  readonly send: (authorization: string | undefined, reset: boolean) => Promise<Incoming>;
  readonly signal: AbortSignal;
}

/** A known login was refused: its nonce is too old or used too often, or the password was changed. */
interface Refusal {
  readonly refused: Incoming;
}

/**
 * Being logged in to one device. Devices lock an account after about five wrong logins (isapi.md §11.4), therefore a
 * login is tried by one request alone, a refused one stops all others for a moment and one refused again for minutes,
 * and only a login that has just been taken is used by several requests at the same time.
 */
export class DeviceSession {
  readonly #credentials: DeviceCredentials;
  readonly #limits: DeviceLimits;
  readonly #generalLimits: Limits;
  readonly #now: () => number;
  readonly #newCnonce: () => string;
  readonly #pause: LoginPause;
  readonly #gate = new Turns(1);
  #login: DeviceLogin | undefined;
  #takenAt = 0;
  /** Terminals take a nonce only a few times (isapi.md §11.3): learnt from the first time that one is refused. */
  #usesPerNonce = Number.POSITIVE_INFINITY;

  /** @param now milliseconds since any moment */
  constructor(
    credentials: DeviceCredentials,
    pause: LoginPause,
    limits: DeviceLimits,
    generalLimits: Limits,
    now: () => number,
    newCnonce: () => string,
  ) {
    this.#credentials = credentials;
    this.#limits = limits;
    this.#generalLimits = generalLimits;
    this.#now = now;
    this.#newCnonce = newCnonce;
    this.#pause = pause;
  }

  /**
   * The answer to a request, which is not a 401.
   * @throws AlarmError `DEVICE_LOGIN_MISSING`, `DEVICE_LOGIN_REFUSED`, `DEVICE_LOGIN_PLAIN`,
   *   `DEVICE_LOGIN_UNKNOWN`, and what sending throws
   */
  async answered(call: Call): Promise<Incoming> {
    if (this.#credentials.username === '') return withoutLogin(call);
    this.#pause.check();
    let release = this.#trusted ? undefined : await this.#gate.take(call.signal);
    try {
      if (release !== undefined && this.#trusted) {
        // Another request has logged in while this one waited: no need to be alone any more.
        release();
        release = undefined;
      }
      const sent = await this.#reuse(call);
      if (sent !== undefined && !('refused' in sent)) return sent;
      // The challenge of a 401 is too old when others have logged in since.
      const own = release !== undefined || !this.#gate.busy ? sent?.refused : undefined;
      release ??= await this.#gate.take(call.signal);
      this.#pause.check();
      if (sent !== undefined) await this.#checkLock(sent.refused);
      return await this.#logIn(call, own, sent !== undefined);
    } finally {
      release?.();
    }
  }

  /** Milliseconds for which none is tried. */
  get pauseMs(): number {
    return this.#pause.leftMs;
  }

  /** How the device let us in last. */
  get kind(): LoginKind {
    return this.#login?.kind ?? 'none';
  }

  /** Whether the login known will most probably be taken. */
  get #trusted(): boolean {
    return this.#usable !== undefined && this.#now() - this.#takenAt <= this.#limits.trustMs;
  }

  get #usable(): DeviceLogin | undefined {
    return (this.#login?.uses ?? 0) < this.#usesPerNonce ? this.#login : undefined;
  }

  /** Sends it with the login known, if there is one. */
  async #reuse({ signed, send }: Call): Promise<Incoming | Refusal | undefined> {
    const login = this.#usable;
    if (login === undefined) return undefined;
    const { authorization, uses } = login.sign(signed);
    const incoming = await send(authorization, false);
    if (incoming.status === 401) {
      if (login === this.#login) this.#login = undefined;
      if (uses > 1 && incoming.challenges.length === 0) this.#learn(login, uses);
      return { refused: incoming };
    }
    login.taken++;
    if (login === this.#login) this.#takenAt = this.#now();
    return incoming;
  }

  /** Requests may arrive in another order than they were sent: what was taken counts more than the number refused. */
  #learn(login: DeviceLogin, uses: number): void {
    this.#usesPerNonce = Math.max(login.taken, Math.min(this.#usesPerNonce, uses - 1));
  }

  /**
   * Answers a challenge, alone. Nobody else has used its nonce, so a 401 can only mean a wrong login; one more try
   * is for a device that says itself that the nonce was too old.
   * @param refused a 401 whose challenge is fresh
   * @param retried the login known was refused just now
   */
  async #logIn({ signed, send }: Call, refused: Incoming | undefined, retried: boolean): Promise<Incoming> {
    let challenge = refused && chooseChallenge(refused.challenges);
    if (challenge === undefined) {
      // Some devices close the connection behind a 401 without saying so, and what is sent on it next is lost.
      const incoming = await send(undefined, true);
      if (incoming.status !== 401) return this.#taken(this.#newLogin(undefined), incoming);
      challenge = await this.#challengeOf(incoming);
    }
    for (let again = true; ; again = false) {
      const login = this.#newLogin(challenge);
      const incoming = await send(login.sign(signed).authorization, false);
      if (incoming.status !== 401) return this.#taken(login, incoming);
      const next = chooseChallenge(incoming.challenges);
      if (!again || !next?.stale) throw this.#refuse(await this.#checkOf(incoming), retried || !again);
      incoming.discard();
      challenge = next;
    }
  }

  /** @throws AlarmError when there is none: the account is locked, or wants a login of another kind */
  async #challengeOf(incoming: Incoming): Promise<Challenge> {
    const challenge = chooseChallenge(incoming.challenges);
    if (challenge !== undefined) {
      incoming.discard();
      return challenge;
    }
    await this.#checkLock(incoming);
    throw new AlarmError('DEVICE_LOGIN_UNKNOWN');
  }

  /** @throws AlarmError when the device says that it takes no login at all now */
  async #checkLock(incoming: Incoming): Promise<void> {
    const check = await this.#checkOf(incoming);
    if (check.locked) throw this.#refuse(check, true);
  }

  async #checkOf({ body }: Incoming): Promise<UserCheck> {
    return parseUserCheck(await body, this.#generalLimits);
  }

  /** Nothing known is good any more, and nothing is sent for a while. */
  #refuse(check: UserCheck, retried: boolean): AlarmError {
    this.#login = undefined;
    return this.#pause.begin(check, retried);
  }

  #taken(login: DeviceLogin, incoming: Incoming): Incoming {
    this.#pause.end();
    login.taken++;
    this.#login = login;
    this.#takenAt = this.#now();
    return incoming;
  }

  #newLogin(challenge: Challenge | undefined): DeviceLogin {
    return new DeviceLogin(this.#credentials, challenge, this.#newCnonce);
  }
}

async function withoutLogin({ send }: Call): Promise<Incoming> {
  const incoming = await send(undefined, false);
  if (incoming.status !== 401) return incoming;
  incoming.discard();
  throw new AlarmError('DEVICE_LOGIN_MISSING');
}
