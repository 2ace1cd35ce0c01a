import type { Check } from '../check.js';

/** What a user of a device may not do. */
export type Denied = 'reading' | 'changing';

/** What was found of one side of a device, and of the rights of the user on the way. */
export interface Findings {
  readonly checks: readonly Check[];
  /** Absent when nothing was refused. */
  readonly denied?: Denied;
}
