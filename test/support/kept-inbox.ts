import { AlarmError } from '../../src/errors.js';
import { Inbox } from '../../src/inbox/inbox.js';
import { copyOf } from '../../src/inbox/memory-store.js';
import type { KeptAlarm } from '../../src/inbox/spool/kept-alarm.js';
import type { Store, WhenKept } from '../../src/inbox/store.js';
import { LIMITS } from '../../src/limits.js';
import type { AlarmDraft, Notification, Outcome, Vendor } from '../../src/notification.js';
import { RECORDER_ADDRESS } from './drafts.js';
import { ManualClock } from './manual-clock.js';
import { wordOf } from './spooling.js';

/** A store that keeps when it is told to. */
export class SlowStore implements Store {
  readonly asked: [alarm: KeptAlarm, done: WhenKept][] = [];
  /** Words of what is settled. */
  readonly settled: string[] = [];

  keep(alarm: KeptAlarm, done: WhenKept): void {
    this.asked.push([{ ...alarm, draft: copyOf(alarm.draft) }, done]);
  }

  /** The first one that waits is kept. */
  go(): void {
    const [{ draft }, done] = this.asked.shift() as [KeptAlarm, WhenKept];
    done(undefined, this.stored(draft));
  }

  /** The first one that waits is not. */
  fail(): void {
    this.asked.shift()?.[1](new AlarmError('SPOOL_FAILED'));
  }

  stored(draft: AlarmDraft) {
    return { load: async () => copyOf(draft), settle: () => this.settled.push(wordOf(draft)) };
  }
}

/** A vendor whose deliveries hold what was put there last. */
export function wordVendor() {
  const next: { drafts: AlarmDraft[] } = { drafts: [] };
  const reply = () => ({ status: 200, headers: {}, body: '' });
  const vendor: Vendor = { id: 'raysharp', decode: () => next.drafts, reply };
  return { vendor, next };
}

/** A delivery at a moment. */
export const deliveryAt = (at: number) => {
  const notification: Notification = {
    transport: 'http-push',
    receivedAt: new Date(at),
    address: RECORDER_ADDRESS,
    parts: [],
    truncated: false,
  };
  return { notification, raw: () => Buffer.alloc(0) };
};

/** An inbox that keeps its alarms in a slow store. @param Class of whichever build */
export function makeKeptInbox(confirmed = false, Class = Inbox) {
  const clock = new ManualClock();
  const store = new SlowStore();
  const { vendor, next } = wordVendor();
  let ids = 0;
  const keeping = { store, path: '/x', confirmed };
  const inbox = new Class(vendor, () => `id${++ids}`, LIMITS, { clock, keeping, announces: false });
  /** What becomes of a delivery of these, once that is known. */
  const accept = (...drafts: AlarmDraft[]) => {
    next.drafts = drafts;
    const state: { outcome?: Outcome; code?: string } = {};
    void Promise.resolve(inbox.accept(deliveryAt(clock.now()))).then(
      (outcome) => {
        state.outcome = outcome;
      },
      (error: AlarmError) => {
        state.code = error.code;
      },
    );
    return state;
  };
  return { inbox, store, clock, accept };
}
