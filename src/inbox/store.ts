import type { AlarmError } from '../errors.js';
import type { AlarmDraft } from '../notification.js';
import type { KeptAlarm } from './spool/kept-alarm.js';

/** Something that is kept until it is dealt with. */
export interface Stored {
  /** As it was when it was kept, for whoever asks. @throws AlarmError `SPOOL_DAMAGED` */
  load(): Promise<AlarmDraft>;
  /** It need not be kept any more. */
  settle(): void;
}

/** Told whether something is kept: with `stored` it is, with an error it is not. */
export type WhenKept = (error: AlarmError | undefined, stored?: Stored) => void;

/** Where alarms are kept until they are dealt with. */
export interface Store {
  /** Must not throw. @param done called once, in the order in which things are kept; must not throw */
  keep(alarm: KeptAlarm, done: WhenKept): void;
}
