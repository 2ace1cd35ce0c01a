import { createHash } from 'node:crypto';

/** A secret that is looked for in all that comes out. */
export interface Canary {
  /** Whose it is, in words. */
  readonly name: string;
  readonly value: string;
}

/** A name and a password, from which logins make what identifies them as well. */
export interface CanaryLogin {
  readonly username: string;
  readonly password: string;
}

/** What somebody could read a secret out of: lower case, so that the case of hex digits and escapes does not matter. */
export type Forms = ReadonlyMap<string, string>;

/** All that gives away these secrets, each with whose it is and how. @param realms of the logins */
export function formsOf(
  canaries: readonly Canary[],
  logins: Readonly<Record<string, CanaryLogin>> = {},
  realms: readonly string[] = [],
): Forms {
  const forms = new Map<string, string>();
  const add = (form: string, whose: string) => {
    if (!forms.has(form.toLowerCase())) forms.set(form.toLowerCase(), whose);
  };
  for (const { name, value } of canaries) {
    for (const [how, form] of Object.entries(written(value))) add(form, `${name}, ${how}`);
  }
  for (const [name, { username, password }] of Object.entries(logins)) {
    for (const realm of realms) {
      for (const algorithm of ['md5', 'sha256'])
        add(hash(algorithm, `${username}:${realm}:${password}`), `${name}, HA1 by ${algorithm}`);
    }
  }
  return forms;
}

const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

/** In how many ways a text is written. */
function written(value: string): Readonly<Record<string, string>> {
  const bytes = Buffer.from(value);
  const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' } as const;
  return {
    plain: value,
    'its bytes as characters': bytes.toString('latin1'),
    JSON: JSON.stringify(value).slice(1, -1),
    XML: value.replace(/[&<>"]/g, (sign) => escapes[sign as keyof typeof escapes]),
    URL: encodeURIComponent(value),
    form: new URLSearchParams([['', value]]).toString().slice(1),
    hex: bytes.toString('hex'),
    MD5: hash('md5', value),
    'SHA-256': hash('sha256', value),
    ...Object.fromEntries(
      [0, 1, 2].map((before) => [`base64 behind ${before}`, base64Within(bytes, before)]),
    ),
    ...Object.fromEntries(
      [0, 1, 2].map((before) => [`base64url behind ${before}`, urlSafe(base64Within(bytes, before))]),
    ),
  };
}

const urlSafe = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_');

/** What is always the same where these bytes stand in something longer. @param before how many stand before them, modulo 3 */
function base64Within(bytes: Buffer, before: number): string {
  const whole = Buffer.concat([Buffer.alloc(before), bytes]);
  return whole.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((whole.length * 8) / 6));
}

/** Whose secrets a text gives away, and how. */
export function givenAway(text: string, forms: Forms): string[] {
  const lower = text.toLowerCase();
  return [...forms].filter(([form]) => lower.includes(form)).map(([, whose]) => whose);
}
