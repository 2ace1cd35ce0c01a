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

/** What a Digest answer is made of (RFC 7616 §3.4.1); `nc` as eight hexadecimal digits, qop is `auth`. */
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
}

/** The `response` of a Digest login with qop `auth`, lower-case hexadecimal. */
export function digestResponse(input: DigestInput): string {
  const hash = (text: string) => createHash(HASHES[input.algorithm]).update(text).digest('hex');
  const secret = hash(`${input.username}:${input.realm}:${input.password}`);
  const request = hash(`${input.method}:${input.uri}`);
  return hash(`${secret}:${input.nonce}:${input.nc}:${input.cnonce}:auth:${request}`);
}
