import { AlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import type { AlarmDraft } from '../notification.js';
import { Shares } from './shares.js';
import type { KeptAlarm } from './spool/kept-alarm.js';
import type { Store, WhenKept } from './store.js';

/** Alarms in memory until the flow has confirmed them, for those who want nothing on disk: a crash loses them. */
export class MemoryStore implements Store {
  readonly #places: Shares;
  readonly #bytes: Shares;

  constructor(limits: Limits) {
    this.#places = new Shares(limits.inFlight);
    this.#bytes = new Shares(limits.bodyBytesInMemory);
  }

  keep({ draft }: KeptAlarm, done: WhenKept): void {
    const { id } = draft.event.device;
    const bytes = draft.attachments.reduce((sum, { content }) => sum + content.length, 0);
    if (!this.#places.take(id, 1)) {
      done(new AlarmError('MEMORY_FULL'));
      return;
    }
    if (!this.#bytes.take(id, bytes)) {
      this.#places.give(id, 1);
      done(new AlarmError('MEMORY_FULL'));
      return;
    }
    // Flows change what they are given.
    const own = copyOf(draft);
    done(undefined, {
      load: async () => copyOf(own),
      settle: () => {
        this.#places.give(id, 1);
        this.#bytes.give(id, bytes);
      },
    });
  }
}

/** All of it, with its own bytes. */
export function copyOf(draft: AlarmDraft): AlarmDraft {
  const { event, attachments, raw } = draft;
  return {
    ...draft,
    event: structuredClone(event),
    attachments: attachments.map((each) => ({ ...each, content: Buffer.from(each.content) })),
    ...(raw !== undefined && { raw: Buffer.from(raw) }),
  };
}
