import { AlarmError } from '../errors.js';
import type { Challenge } from '../wire/challenge.js';
import { basicAuthorization, digestAuthorization } from '../wire/digest.js';

/** The name and password of a device. */
export interface DeviceCredentials {
  readonly username: string;
  readonly password: string;
  /** A device that knows nothing better may have the password as it is, in a Basic login. */
  readonly basic?: boolean;
}

/** How a device is logged in to. */
export type LoginKind = 'digest' | 'basic' | 'none';

/** What of a request goes into its login. */
export interface SignedRequest {
  readonly method: string;
  /** Request target as sent, with its query. */
  readonly path: string;
  readonly body: string | Buffer | undefined;
}

/** A login as sent with one request. */
export interface Signature {
  /** Value of the `Authorization` header; undefined for a device that asks for none. */
  readonly authorization: string | undefined;
  /** How often the nonce was used, with this time; 0 without a nonce. */
  readonly uses: number;
}

/** The answer to one challenge, good for many requests: a nonce is used again with a growing count. */
export class DeviceLogin {
  readonly #credentials: DeviceCredentials;
  readonly #challenge: Challenge | undefined;
  readonly #newCnonce: () => string;
  readonly #sessionCnonce: string;
  #uses = 0;
  /** How often the device took it. */
  taken = 0;

  /** @param challenge undefined for a device that let a request in without a login */
  constructor(credentials: DeviceCredentials, challenge: Challenge | undefined, newCnonce: () => string) {
    this.#credentials = credentials;
    this.#challenge = challenge;
    this.#newCnonce = newCnonce;
    this.#sessionCnonce = newCnonce();
  }

  /** How the device wants it; `none` when it asks for nothing. */
  get kind(): LoginKind {
    return this.#challenge?.scheme ?? 'none';
  }

  /** How often its nonce was used; 0 without one. */
  get uses(): number {
    return this.#uses;
  }

  /** @throws AlarmError `DEVICE_LOGIN_PLAIN` */
  sign({ method, path, body }: SignedRequest): Signature {
    const { username, password, basic } = this.#credentials;
    const challenge = this.#challenge;
    if (challenge === undefined) return { authorization: undefined, uses: 0 };
    if (challenge.scheme === 'basic') {
      if (basic !== true) throw new AlarmError('DEVICE_LOGIN_PLAIN');
      return { authorization: basicAuthorization(username, password), uses: 0 };
    }
    const uses = ++this.#uses;
    const authorization = digestAuthorization({
      ...challenge,
      username,
      password,
      method,
      uri: path,
      nc: uses.toString(16).padStart(8, '0'),
      // RFC 7616 §3.4.2 hashes the first cnonce of a session, many devices that of the request: one for all serves both.
      cnonce: challenge.session ? this.#sessionCnonce : this.#newCnonce(),
      ...(body === undefined ? {} : { body }),
    });
    return { authorization, uses };
  }
}
