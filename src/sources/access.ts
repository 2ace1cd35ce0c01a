import { BlockList, isIP } from 'node:net';
import { AlarmError, type AlarmErrorCode } from '../errors.js';
import type { Limits } from '../limits.js';
import { type DigestAlgorithm, digestResponse, parseAuthorization } from '../wire/digest.js';
import { repairTarget } from '../wire/request-head.js';
import { equal, Nonces } from './nonces.js';

/** Who may push to a listener. */
export interface AccessSettings {
  /** First step of every path; empty for none. */
  readonly secret: string;
  readonly auth: 'none' | 'basic' | 'digest';
  readonly username: string;
  readonly password: string;
  /** Addresses and CIDR ranges separated by commas; empty for any. */
  readonly allow: string;
}

/** What of a request decides about its access. */
export interface AccessRequest {
  readonly address: string;
  readonly method: string;
  /** The request target as sent, or repaired. */
  readonly url: string;
  readonly authorization: string | undefined;
}

/** A way in: the path below the secret. Or a refusal with what to answer. */
export type Verdict =
  | { readonly path: string }
  | {
      readonly status: 401 | 403 | 404;
      readonly code: AlarmErrorCode;
      readonly challenge?: readonly string[];
    };

const REALM = 'camera-alarms';

/**
 * The lock of a listener: allowed addresses first, then the secret in the path, then the login. All of it is
 * decided on the request head, before a byte of the body is read.
 */
export class Access {
  readonly #settings: AccessSettings;
  readonly #allowed: BlockList | undefined;
  readonly #nonces: Nonces;

  /**
   * @param host the address the listener binds to
   * @param now milliseconds since 1970
   * @throws AlarmError `LISTENER_OPEN` when anyone who reaches the port could push, `ALLOW_INVALID`
   */
  constructor(settings: AccessSettings, host: string, limits: Limits, now: () => number) {
    this.#settings = settings;
    this.#allowed = parseAllow(settings.allow);
    this.#nonces = new Nonces(limits, now);
    const open = settings.secret === '' && settings.auth === 'none' && this.#allowed === undefined;
    if (open && !isLoopback(host)) throw new AlarmError('LISTENER_OPEN');
    if (settings.auth !== 'none' && (settings.username === '' || settings.password === '')) {
      throw new AlarmError('LOGIN_MISSING');
    }
  }

  check(request: AccessRequest): Verdict {
    if (!this.#isAllowed(request.address)) return { status: 403, code: 'ADDRESS_DENIED' };
    const path = this.#pathOf(request.url);
    if (path === undefined) return { status: 404, code: 'SECRET_WRONG' };
    switch (this.#settings.auth) {
      case 'none':
        return { path };
      case 'basic':
        return this.#checkBasic(request) ? { path } : wrongLogin([`Basic realm="${REALM}", charset="UTF-8"`]);
      case 'digest':
        return this.#checkDigest(request, path);
    }
  }

  /** Whether an address stands in the list of allowed ones, which is not empty. */
  lists(address: string): boolean {
    return this.#allowed !== undefined && this.#isAllowed(address);
  }

  #isAllowed(address: string): boolean {
    return this.#allowed?.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4') ?? true;
  }

  #pathOf(url: string): string | undefined {
    const path = targetPath(url);
    if (this.#settings.secret === '') return path;
    const slash = path.indexOf('/', 1);
    const first = slash < 0 ? path.slice(1) : path.slice(1, slash);
    return equal(first, this.#settings.secret) ? path.slice(1 + first.length) || '/' : undefined;
  }

  #checkBasic(request: AccessRequest): boolean {
    const given = parseAuthorization(request.authorization);
    if (given?.scheme !== 'basic') return false;
    const known = equal(given.username, this.#settings.username);
    return equal(given.password, this.#settings.password) && known;
  }

  #checkDigest(request: AccessRequest, path: string): Verdict {
    const given = parseAuthorization(request.authorization);
    if (given?.scheme !== 'digest') return this.#challenge(false);
    const of = (name: string) => given.parameters.get(name) ?? '';
    const algorithm = of('algorithm').toUpperCase() || 'MD5';
    if (!isAlgorithm(algorithm) || of('qop') !== 'auth') return this.#challenge(false);
    const expected = digestResponse({
      algorithm,
      username: this.#settings.username,
      realm: REALM,
      password: this.#settings.password,
      method: request.method,
      // Headers come one character per byte; what was hashed are the bytes.
      uri: Buffer.from(of('uri'), 'latin1').toString(),
      nonce: of('nonce'),
      nc: of('nc'),
      cnonce: of('cnonce'),
    });
    const known = equal(of('username'), this.#settings.username);
    // What was signed is what the device wrote, which may have been repaired before it came here.
    const same = repairTarget(of('uri')) === repairTarget(request.url);
    const right = equal(of('response').toLowerCase(), expected) && known && same;
    if (!right) return this.#challenge(false);
    const verdict = this.#nonces.verify(of('nonce'), of('nc'));
    return verdict === 'good' ? { path } : this.#challenge(verdict === 'stale');
  }

  /** MD5 first: cameras that know no other take the first challenge they see. */
  #challenge(stale: boolean): Verdict {
    const rest = `realm="${REALM}", qop="auth", nonce="${this.#nonces.issue()}"${stale ? ', stale=true' : ''}`;
    return wrongLogin([`Digest ${rest}, algorithm=MD5`, `Digest ${rest}, algorithm=SHA-256`]);
  }
}

const wrongLogin = (challenge: readonly string[]): Verdict => ({
  status: 401,
  code: 'LOGIN_WRONG',
  challenge,
});

/**
 * The path of a request target, which may be a whole URL (RFC 9112 §3.2.2), without query and closing slash. Devices put
 * a slash before the one that was typed: several are one.
 */
export function targetPath(url: string): string {
  const origin = url.startsWith('/') ? 0 : (/^https?:\/\/[^/?#]*/i.exec(url)?.[0].length ?? 0);
  const query = url.indexOf('?', origin);
  const written = url.slice(origin, query < 0 ? url.length : query);
  const path = written.includes('//') ? written.replace(/\/{2,}/g, '/') : written;
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function isAlgorithm(name: string): name is DigestAlgorithm {
  return name === 'MD5' || name === 'SHA-256';
}

/** @returns undefined for an empty list. @throws AlarmError `ALLOW_INVALID` */
export function parseAllow(allow: string): BlockList | undefined {
  const entries = allow.split(',').map((entry) => entry.trim());
  const wanted = entries.filter((entry) => entry !== '');
  if (wanted.length === 0) return undefined;
  const list = new BlockList();
  for (const entry of wanted) {
    const [address = '', prefix, ...rest] = entry.split('/');
    const version = isIP(address);
    const most = version === 6 ? 128 : 32;
    const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
    if (version === 0 || rest.length > 0 || !(bits <= most)) throw new AlarmError('ALLOW_INVALID');
    list.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
