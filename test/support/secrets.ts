import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { LISTENER } from '../../src/simulator/configurable/misconfigurations.js';
import { USUAL_RULES } from '../../src/simulator/login.js';

/** First step of the paths of listeners in tests. */
export const SECRET = 'k3v9x2m4q7w1';
/** That of what a simulated device is told wrongly. */
export const SIMULATED_SECRET = LISTENER.path.split('/')[1] as string;
/** Whom listeners of tests let in. */
export const PUSH_LOGIN: CanaryLogin = { username: 'camera', password: 'Canary-Wire-7' };
/** How tests log in to devices that are not simulated; with signs that a query escapes. */
export const DEVICE_LOGIN: CanaryLogin = { username: 'node-red', password: 'Canary&7=ü %' };

/** A secret that is looked for in all that comes out. */
export interface Canary {
  /** Whose it is, in words. */
  readonly name: string;
  readonly value: string;
}

/** A name and a password, from which logins make what identifies them as well. */
export type CanaryLogin = {
  readonly username: string;
  readonly password: string;
};

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

/** What `npm run test:canary` looks for. */
export const formsOfTests = (): Forms =>
  formsOf(
    [
      { name: 'secret of a listener', value: SECRET },
      { name: 'secret of a simulated listener', value: SIMULATED_SECRET },
      { name: 'password of a listener', value: PUSH_LOGIN.password },
      { name: 'password of a device', value: DEVICE_LOGIN.password },
      { name: 'password of a simulated device', value: USUAL_RULES.password },
    ],
    {
      'login of a listener': PUSH_LOGIN,
      'login of a device': DEVICE_LOGIN,
      'login of a simulated device': USUAL_RULES,
    },
    ['camera-alarms', 'Simulated(00001)'],
  );

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

/** Through anything else, such as a node or a socket, all of the process could be reached. */
const isPlain = (value: object) =>
  value instanceof Error ||
  Array.isArray(value) ||
  [undefined, 'Object'].includes((value.constructor as { name?: string } | undefined)?.name);

/** All texts, bytes and names that can be reached from something. */
export function textsOf(value: unknown, seen: Set<unknown> = new Set()): string[] {
  if (typeof value === 'string') return [value];
  if (Buffer.isBuffer(value)) return [value.toString('latin1')];
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  if (!isPlain(value)) return [inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY })];
  // What a configure node tells of its result: this alone is documented to show the path.
  const isResult = 'difference' in value && 'url' in value;
  return Reflect.ownKeys(value)
    .filter((key) => !(isResult && key === 'url'))
    .flatMap((key) => [String(key), ...textsOf(readable(value, key), seen)]);
}

/** What cannot be read gives nothing away. */
function readable(value: object, key: string | symbol): unknown {
  try {
    return (value as Record<string | symbol, unknown>)[key];
  } catch {
    return undefined;
  }
}
