import type { DigestAlgorithm, DigestQop } from './digest.js';

/** One challenge of a `WWW-Authenticate` header as written: lower-case scheme and names, quotes taken off. */
export interface RawChallenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** What a device wants to see before it lets a Digest login in (RFC 7616 §3.3). */
export interface DigestChallenge {
  readonly scheme: 'digest';
  readonly realm: string;
  readonly nonce: string;
  /** Sent back untouched when present. */
  readonly opaque: string | undefined;
  readonly algorithm: DigestAlgorithm;
  /** `MD5-sess` and `SHA-256-sess`. */
  readonly session: boolean;
  /** The algorithm in the words of the device, which are sent back; undefined when it named none. */
  readonly algorithmText: string | undefined;
  readonly qop: DigestQop;
  /** The login was right, its nonce too old. */
  readonly stale: boolean;
}

/** A device that takes the password as it is (RFC 7617). */
export interface BasicChallenge {
  readonly scheme: 'basic';
  readonly stale: false;
}

export type Challenge = DigestChallenge | BasicChallenge;

const SEPARATOR = /[\s,]/;
const TOKEN_END = /[\s,=]/;

/**
 * Reads all `WWW-Authenticate` headers of an answer (RFC 9110 §11.6.1): several challenges in one header or in
 * several, in any order and case. Takes what devices write besides: missing commas, quoted words, and a `qop` list
 * without quotes, whose second word looks like a scheme. One pass, never throws.
 */
export function parseChallenges(headers: readonly string[]): RawChallenge[] {
  return headers.flatMap((header) => parseHeader(header));
}

function parseHeader(text: string): RawChallenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let last = '';
  let at = 0;
  const skip = (what: RegExp) => {
    while (at < text.length && what.test(text[at] ?? '')) at++;
  };
  for (skip(SEPARATOR); at < text.length; skip(SEPARATOR)) {
    const from = at;
    while (at < text.length && !TOKEN_END.test(text[at] ?? '')) at++;
    const word = text.slice(from, at).toLowerCase();
    skip(/\s/);
    const parameters = challenges.at(-1)?.parameters;
    if (text[at] !== '=') {
      const qop = last === 'qop' ? parameters?.get('qop') : undefined;
      if (qop !== undefined && /^auth(?:-int)?$/.test(word)) parameters?.set('qop', `${qop},${word}`);
      else challenges.push({ scheme: word, parameters: new Map() });
      continue;
    }
    at++;
    skip(/\s/);
    const [value, end] = text[at] === '"' ? quoted(text, at + 1) : bare(text, at);
    at = end;
    last = word;
    if (word !== '' && parameters !== undefined && !parameters.has(word)) parameters.set(word, value);
  }
  return challenges;
}

/** A quoted string from just behind its opening quote: its text and where it ends. */
function quoted(text: string, from: number): [value: string, end: number] {
  let value = '';
  let at = from;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === '\\') at++;
    value += text[at] ?? '';
  }
  return [value, at + 1];
}

/** A word without quotes; it may hold `=`, as base64 does. */
function bare(text: string, from: number): [value: string, end: number] {
  let end = from;
  while (end < text.length && !SEPARATOR.test(text[end] ?? '')) end++;
  return [text.slice(from, end), end];
}

/**
 * The challenge to answer: Digest with SHA-256 before MD5, Basic only when Digest is not offered at all, so that a
 * password is not sent in the clear to a device that knows better. Undefined when there is none we can answer.
 */
export function chooseChallenge(headers: readonly string[]): Challenge | undefined {
  const offered = parseChallenges(headers);
  const digests = offered.filter(({ scheme }) => scheme === 'digest');
  const known = digests.map(digestChallenge).filter((challenge) => challenge !== undefined);
  if (digests.length > 0) return known.find(({ algorithm }) => algorithm === 'SHA-256') ?? known[0];
  return offered.some(({ scheme }) => scheme === 'basic') ? { scheme: 'basic', stale: false } : undefined;
}

function digestChallenge({ parameters }: RawChallenge): DigestChallenge | undefined {
  const algorithmText = parameters.get('algorithm') || undefined;
  const name = algorithmText?.toUpperCase() ?? 'MD5';
  const algorithm = name.replace(/-SESS$/, '');
  const nonce = parameters.get('nonce');
  if ((algorithm !== 'MD5' && algorithm !== 'SHA-256') || nonce === undefined) return undefined;
  return {
    scheme: 'digest',
    realm: parameters.get('realm') ?? '',
    nonce,
    opaque: parameters.get('opaque'),
    algorithm,
    session: name.endsWith('-SESS'),
    algorithmText,
    qop: qopOf(parameters.get('qop')),
    stale: parameters.get('stale')?.toLowerCase() === 'true',
  };
}

/** Without any word we know it is the login of RFC 2069, which has none. */
function qopOf(list: string | undefined): DigestQop {
  const words = (list ?? '').toLowerCase().split(/[\s,]+/);
  return words.includes('auth') ? 'auth' : words.includes('auth-int') ? 'auth-int' : 'none';
}
