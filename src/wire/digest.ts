import { createHash } from 'node:crypto';

/** The credentials of an `Authorization` header (RFC 9110 §11.6.2). */
export type Authorization =
  | { readonly scheme: 'basic'; readonly username: string; readonly password: string }
  | { readonly scheme: 'digest'; readonly parameters: ReadonlyMap<string, string> };

/** Digest algorithms of RFC 7616 that cameras speak. */
export type DigestAlgorithm = 'MD5' | 'SHA-256';

const HASHES: Readonly<Record<DigestAlgorithm, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };

/** Reads an `Authorization` header; undefined for none, another scheme or nonsense. Never throws. */
export function parseAuthorization(header: string | undefined): Authorization | undefined {
  if (header === undefined) return undefined;
  const blank = header.indexOf(' ');
  const scheme = header.slice(0, blank).toLowerCase();
  const rest = header.slice(blank + 1);
  if (scheme === 'digest') return { scheme, parameters: parseAuthParameters(rest) };
  if (scheme !== 'basic') return undefined;
  const text = Buffer.from(rest.trim(), 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return { scheme, username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** `name=value, name="quoted value"` (RFC 9110 §11.2): lower-case names, first of equal names counts. One pass. */
export function parseAuthParameters(text: string): Map<string, string> {
  const parameters = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const equals = text.indexOf('=', at);
    if (equals < 0) break;
    const name = text.slice(at, equals).replaceAll(',', ' ').trim().toLowerCase();
    let value = '';
    at = equals + 1;
    while (text[at] === ' ') at++;
    if (text[at] === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) {
        if (text[at] === '\\') at++;
        value += text[at] ?? '';
      }
      at++;
    } else {
      const comma = text.indexOf(',', at);
      value = text.slice(at, comma < 0 ? text.length : comma).trim();
      at = comma < 0 ? text.length : comma;
    }
    if (name !== '' && !parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

/** Quality of protection: what besides name, password and nonce is hashed; `none` is the login of RFC 2069. */
export type DigestQop = 'auth' | 'auth-int' | 'none';

/** What a Digest answer is made of (RFC 7616 §3.4.1); `nc` as eight hexadecimal digits. */
export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  readonly username: string;
  readonly realm: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly nc: string;
  readonly cnonce: string;
  /** `auth` when left out. */
  readonly qop?: DigestQop;
  /** The `-sess` form of the algorithm; its `cnonce` stays the same as long as its nonce does. */
  readonly session?: boolean;
  /** Body of the request, hashed with `auth-int` only. */
  readonly body?: string | Buffer;
}

/** The `response` of a Digest login, lower-case hexadecimal. */
export function digestResponse(input: DigestInput): string {
  const { username, realm, password, method, uri, nonce, nc, cnonce, qop = 'auth' } = input;
  const hash = (text: string | Buffer) => createHash(HASHES[input.algorithm]).update(text).digest('hex');
  const login = hash(`${username}:${realm}:${password}`);
  const secret = input.session ? hash(`${login}:${nonce}:${cnonce}`) : login;
  const request = hash(`${method}:${uri}${qop === 'auth-int' ? `:${hash(input.body ?? '')}` : ''}`);
  return hash(`${secret}:${nonce}:${qop === 'none' ? '' : `${nc}:${cnonce}:${qop}:`}${request}`);
}

/** A Digest login with what the challenge wants to see again. */
export interface DigestLogin extends DigestInput {
  /** As the challenge wrote it; undefined when it named none. */
  readonly algorithmText: string | undefined;
  readonly opaque: string | undefined;
}

/**
 * The value of an `Authorization` header (RFC 7616 §3.4). Quotes are set as the RFC wants them: strict devices refuse
 * a quoted `nc` or `qop`.
 */
export function digestAuthorization(login: DigestLogin): string {
  const { qop = 'auth', algorithmText, opaque } = login;
  const fields = [
    `username=${quote(login.username)}`,
    `realm=${quote(login.realm)}`,
    `nonce=${quote(login.nonce)}`,
    `uri=${quote(login.uri)}`,
  ];
  if (algorithmText !== undefined) fields.push(`algorithm=${algorithmText}`);
  fields.push(`response="${digestResponse(login)}"`);
  if (qop !== 'none') fields.push(`qop=${qop}`, `nc=${login.nc}`);
  if (qop !== 'none' || login.session) fields.push(`cnonce=${quote(login.cnonce)}`);
  if (opaque !== undefined) fields.push(`opaque=${quote(opaque)}`);
  return headerBytes(`Digest ${fields.join(', ')}`);
}

/** The value of an `Authorization` header that gives the password away (RFC 7617). */
export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

const quote = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** Headers are written one byte per character: a name with other letters goes out as UTF-8, as it is hashed. */
const headerBytes = (text: string) => Buffer.from(text).toString('latin1');
