import { Duplicates, type Limits, SYSTEM_CLOCK } from '../../src/index.js';

let seen: Duplicates | undefined;

/** Events of devices that both push and are listened to: each gives one message, whichever way it came first. */
export function seenEvents({ sameNotificationMs, duplicates }: Limits): Duplicates {
  seen ??= new Duplicates(sameNotificationMs, duplicates, SYSTEM_CLOCK);
  return seen;
}
