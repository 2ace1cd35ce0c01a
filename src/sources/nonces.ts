import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Limits } from '../limits.js';

/** Whether a nonce with its count may be used; `stale` asks the client to take a fresh one. */
export type NonceVerdict = 'good' | 'stale' | 'foreign';

/**
 * Nonces of one listener (RFC 7616 §3.3): the time and a random part, signed with a key of this process, so that
 * only ours are taken and none for longer than its life. A count is taken once and only upwards.
 */
export class Nonces {
  readonly #key = randomBytes(32);
  readonly #counts = new Map<string, number>();
  readonly #limits: Limits;
  readonly #now: () => number;
  #forgottenUpTo = 0;

  /** @param now milliseconds since 1970 */
  constructor(limits: Limits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  issue(): string {
    const open = `${this.#now().toString(36)}.${randomBytes(9).toString('base64url')}`;
    return `${open}.${this.#sign(open)}`;
  }

  /** @param nc the client's count for this nonce, eight hexadecimal digits */
  verify(nonce: string, nc: string): NonceVerdict {
    const dot = nonce.lastIndexOf('.');
    const open = nonce.slice(0, Math.max(0, dot));
    if (!equal(nonce.slice(dot + 1), this.#sign(open))) return 'foreign';
    const age = this.#now() - issuedAt(nonce);
    if (!(age >= 0 && age <= this.#limits.nonceLifetimeMs)) return 'stale';
    if (!this.#counts.has(nonce) && issuedAt(nonce) <= this.#forgottenUpTo) return 'stale';
    const count = /^[\da-f]{8}$/i.test(nc) ? Number.parseInt(nc, 16) : 0;
    if (count <= (this.#counts.get(nonce) ?? 0)) return 'stale';
    this.#remember(nonce, count);
    return 'good';
  }

  #remember(nonce: string, count: number): void {
    if (!this.#counts.has(nonce) && this.#counts.size >= this.#limits.nonces) this.#forgetOldest();
    this.#counts.set(nonce, count);
  }

  /** A forgotten nonce would be good again with an old count: nothing issued up to then is taken any more. */
  #forgetOldest(): void {
    const [oldest] = this.#counts.keys();
    if (oldest === undefined) return;
    this.#counts.delete(oldest);
    this.#forgottenUpTo = Math.max(this.#forgottenUpTo, issuedAt(oldest));
  }

  #sign(open: string): string {
    return createHmac('sha256', this.#key).update(open).digest('base64url').slice(0, 22);
  }
}

/** Milliseconds since 1970, from the front of the nonce. */
const issuedAt = (nonce: string) => Number.parseInt(nonce, 36);

/** Compares without telling by its time where two texts differ. */
export function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
