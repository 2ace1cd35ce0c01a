import { createHash, randomBytes } from 'node:crypto';
import { PUSH_LOGIN } from '../support/secrets.js';
import type { Answer } from './raw-client.js';

/** The challenge of a Digest login as a client reads it. */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: string;
  readonly stale: boolean;
}

/** What a Digest login says; everything but the nonce has a usual value. */
export interface DigestPlan {
  readonly nonce: string;
  readonly realm: string;
  readonly algorithm?: string;
  readonly username?: string;
  readonly password?: string;
  readonly nc?: string;
  readonly method?: string;
  /** What is hashed and written as `uri`. */
  readonly uri: string;
  readonly cnonce?: string;
}

/** The challenges of a 401, by a reader of their own: every `Digest` of every header. */
export function challenges(answer: Answer): Challenge[] {
  return (answer.headers.get('www-authenticate') ?? []).flatMap((header) => {
    const [scheme, rest = ''] = header.split(/ (.*)/s);
    if (scheme !== 'Digest') return [];
    const of = (name: string) => new RegExp(`${name}="?([^",]*)`).exec(rest)?.[1] ?? '';
    return [
      { realm: of('realm'), nonce: of('nonce'), algorithm: of('algorithm'), stale: of('stale') === 'true' },
    ];
  });
}

/** `Authorization` of a Digest login (RFC 7616 §3.4), written independently of the listener's side. */
export function digestLogin(plan: DigestPlan): string {
  const {
    username = 'camera',
    password = PUSH_LOGIN.password,
    method = 'POST',
    nc = '00000001',
    algorithm = 'MD5',
  } = plan;
  const { realm, nonce, uri, cnonce = randomBytes(6).toString('hex') } = plan;
  const h = (...fields: string[]) =>
    createHash(algorithm === 'SHA-256' ? 'sha256' : 'md5')
      .update(fields.join(':'))
      .digest('hex');
  const response = h(h(username, realm, password), nonce, nc, cnonce, 'auth', h(method, uri));
  return (
    `Authorization: Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", ` +
    `algorithm=${algorithm}, response="${response}", qop=auth, nc=${nc}, cnonce="${cnonce}"`
  );
}

/** `Authorization` of a Basic login (RFC 7617). */
export const basicLogin = (username: string, password: string) =>
  `Authorization: Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
