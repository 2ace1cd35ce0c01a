import type { AlarmDraft } from '../notification.js';
import type { Stored } from './store.js';

/** Something that is kept and that several may need: settled when the last of them is done with it. */
export class Holding {
  readonly stored: Stored;
  #sharers = 1;

  constructor(stored: Stored) {
    this.stored = stored;
  }

  /** @throws AlarmError `SPOOL_DAMAGED` */
  load(): Promise<AlarmDraft> {
    return this.stored.load();
  }

  share(): Holding {
    this.#sharers++;
    return this;
  }

  release(): void {
    if (--this.#sharers === 0) this.stored.settle();
  }
}

/** An alarm in the inbox. */
export interface Arrival {
  readonly draft: AlarmDraft;
  /** Its own first, then those of pictures that came by themselves; none for what is kept nowhere. */
  readonly holdings: Holding[];
}
