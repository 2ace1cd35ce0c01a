import { Duplicates, LIMITS, SYSTEM_CLOCK } from '../../src/index.js';

/** Events of devices that both push and are listened to: each gives one message, whichever way it came first. */
export const SEEN = new Duplicates(LIMITS.sameNotificationMs, LIMITS.duplicates, SYSTEM_CLOCK);
