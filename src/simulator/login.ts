import { randomBytes } from 'node:crypto';
import { type DigestAlgorithm, digestResponse, parseAuthorization } from '../wire/digest.js';

/** How a simulated device wants its users to log in (isapi.md §11). */
export interface LoginRules {
  readonly username: string;
  readonly password: string;
  /** One challenge for each, in this order. */
  readonly algorithms: readonly DigestAlgorithm[];
  /** A challenge for the login that gives the password away, behind the others. */
  readonly basic: boolean;
  /** All challenges in one header instead of one header each. */
  readonly oneHeader: boolean;
  /** Terminals refuse the next use without any challenge (isapi.md §11.3). */
  readonly usesPerNonce: number;
  /** The connection is closed behind a 401, which does not say so. */
  readonly closes: boolean;
  /** A 401 never says which login is wanted. */
  readonly withoutChallenge: boolean;
  /** So many wrong logins lock the account. */
  readonly lockAfter: number;
  readonly lockedSeconds: number;
}

export const USUAL_RULES: LoginRules = {
  username: 'admin',
  password: 'Simulated-1',
  algorithms: ['MD5'],
  basic: false,
  oneHeader: false,
  usesPerNonce: Number.POSITIVE_INFINITY,
  closes: false,
  withoutChallenge: false,
  lockAfter: 5,
  lockedSeconds: 1800,
};

/** What a refused request is told. */
export interface Refusal {
  readonly challenges: readonly string[];
  readonly userCheck: string;
}

const REALM = 'Simulated(00001)';

/** The lock of a device: checks logins, counts them, and locks the account. */
export class Login {
  rules: LoginRules;
  /** Requests that came with a login. */
  attempts = 0;
  /** Logins with a wrong name or password. */
  wrong = 0;
  readonly #now: () => number;
  readonly #nonces = new Map<string, number>();
  #tries = 0;
  #lockedUntil = 0;

  /** @param now milliseconds since any moment */
  constructor(rules: LoginRules, now: () => number) {
    this.rules = rules;
    this.#now = now;
  }

  get locked(): boolean {
    return this.#now() < this.#lockedUntil;
  }

  /** Locked as after too many wrong logins, which somebody else made. */
  lock(): void {
    this.#lockedUntil = this.#now() + this.rules.lockedSeconds * 1000;
  }

  /** Switched off and on again, which opens the lock (isapi.md §11.4). */
  restart(): void {
    this.#nonces.clear();
    this.#tries = 0;
    this.#lockedUntil = 0;
  }

  /** @returns undefined when the request is let in */
  check(method: string, target: string, authorization: string | undefined): Refusal | undefined {
    if (authorization === undefined) return this.#refusal(true);
    this.attempts++;
    const sent = parseAuthorization(authorization);
    const { username, password, usesPerNonce, lockAfter, lockedSeconds } = this.rules;
    let right = sent?.scheme === 'basic' && this.rules.basic && sent.password === password;
    if (sent?.scheme === 'digest') {
      const field = (name: string) => sent.parameters.get(name) ?? '';
      const nonce = field('nonce');
      const uses = this.#nonces.get(nonce);
      // An old nonce is no wrong login (isapi.md §11.3).
      if (uses === undefined) return this.#refusal(true);
      if (uses >= usesPerNonce) return this.#refusal(false);
      this.#nonces.set(nonce, uses + 1);
      const counted = field('nc') === (uses + 1).toString(16).padStart(8, '0') && field('uri') === target;
      const algorithm = (field('algorithm') || 'MD5') as DigestAlgorithm;
      const login = { algorithm, username, password, realm: REALM, method, uri: target, nonce };
      right = counted && this.rules.algorithms.includes(algorithm);
      right &&= field('username') === username;
      right &&= field('response') === digestResponse({ ...login, nc: field('nc'), cnonce: field('cnonce') });
    }
    if (right && !this.locked) {
      this.#tries = 0;
      return undefined;
    }
    if (!right) {
      this.wrong++;
      if (++this.#tries >= lockAfter) this.#lockedUntil = this.#now() + lockedSeconds * 1000;
    }
    return this.#refusal(!this.locked);
  }

  #refusal(challenged: boolean): Refusal {
    const { lockAfter, withoutChallenge } = this.rules;
    const seconds = Math.max(0, Math.ceil((this.#lockedUntil - this.#now()) / 1000));
    const userCheck = [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<userCheck>',
      '<statusValue>401</statusValue>',
      '<statusString>Unauthorized</statusString>',
      ...(this.locked
        ? ['<lockStatus>lock</lockStatus>', `<unlockTime>${seconds}</unlockTime>`]
        : [
            '<lockStatus>unlock</lockStatus>',
            `<retryLoginTime>${Math.max(0, lockAfter - this.#tries)}</retryLoginTime>`,
          ]),
      '</userCheck>',
      '',
    ].join('\n');
    return { challenges: challenged && !withoutChallenge ? this.#challenges() : [], userCheck };
  }

  #challenges(): string[] {
    const { algorithms, basic, oneHeader } = this.rules;
    const digests = algorithms.map((algorithm) => {
      const nonce = randomBytes(16).toString('hex');
      this.#nonces.set(nonce, 0);
      // Quoted and in upper case, as devices write it (isapi.md §11.2).
      return `Digest realm="${REALM}", qop="auth", nonce="${nonce}", algorithm="${algorithm}", stale="FALSE"`;
    });
    const all = basic ? [...digests, `Basic realm="${REALM}"`] : digests;
    // A device has room for few: the oldest are forgotten.
    for (const nonce of [...this.#nonces.keys()].slice(0, -64)) this.#nonces.delete(nonce);
    return oneHeader ? [all.join(', ')] : all;
  }
}
