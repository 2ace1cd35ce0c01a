import { randomBytes } from 'node:crypto';
import { chooseChallenge } from '../../wire/challenge.js';
import { basicAuthorization, digestAuthorization } from '../../wire/digest.js';

/**
 * The name and password a recorder was given for the platform. Which login it makes of them is not known
 * (raysharp-vstarcam-unknowns.md R3): Basic goes with the first request, Digest answers a challenge.
 */
export interface PushLogin {
  readonly username: string;
  readonly password: string;
  readonly scheme: 'basic' | 'digest';
}

/** What goes with a request before anyone asked. */
export const unasked = (login: PushLogin | undefined): string | undefined =>
  login?.scheme === 'basic' ? basicAuthorization(login.username, login.password) : undefined;

/** What goes with the request that follows a 401; undefined where there is nothing to answer. */
export function asked(
  login: PushLogin | undefined,
  answer: string,
  method: string,
  uri: string,
): string | undefined {
  if (login?.scheme !== 'digest' || !/^HTTP\/1\.\d 401 /.test(answer)) return undefined;
  const head = answer.slice(0, answer.indexOf('\r\n\r\n'));
  const headers = [...head.matchAll(/^WWW-Authenticate:\s*(.*?)\s*$/gim)].map(([, value = '']) => value);
  const challenge = chooseChallenge(headers);
  if (challenge?.scheme !== 'digest') return undefined;
  const { username, password } = login;
  const cnonce = randomBytes(8).toString('hex');
  return digestAuthorization({ ...challenge, username, password, method, uri, nc: '00000001', cnonce });
}
