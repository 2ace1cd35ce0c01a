import { randomBytes } from 'node:crypto';

/** Time in milliseconds since 1970, and random bytes: parameters, so that tests are exact. */
export interface IdSource {
  readonly now: () => number;
  readonly random: (count: number) => Buffer;
}

const SYSTEM: IdSource = { now: Date.now, random: randomBytes };

/**
 * Makes ids that are unique and sort by arrival, also within one millisecond: time, a running number, random bits.
 * 24 characters of hexadecimal digits, fit for file names, topics and content ids.
 */
export function createIds(source: IdSource = SYSTEM): () => string {
  let last = 0;
  let count = 0;
  return () => {
    const now = Math.max(source.now(), last);
    count = now === last ? count + 1 : 0;
    last = now;
    return [
      now.toString(16).padStart(12, '0'),
      count.toString(16).padStart(4, '0'),
      source.random(4).toString('hex'),
    ].join('');
  };
}
