import type { Limits } from '../limits.js';
import type { AlarmDraft } from '../notification.js';

/**
 * What has begun, for devices that state with every delivery what does not go on (raysharp-vstarcam-others.md §1.5):
 * such an end is news only behind its start.
 */
export class Starts {
  readonly #limits: Limits;
  readonly #open = new Set<string>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Whether an event says more than that there is nothing. */
  isNews(draft: AlarmDraft): boolean {
    const { event, restated } = draft;
    return restated !== true || event.state !== 'inactive' || this.#open.has(placeOf(draft));
  }

  /** It was taken. */
  note(draft: AlarmDraft): void {
    if (draft.restated !== true) return;
    const place = placeOf(draft);
    const isOpen = this.#open.delete(place);
    if (draft.event.state === 'inactive') return;
    const [oldest] = this.#open;
    if (!isOpen && oldest !== undefined && this.#open.size >= this.#limits.conditions)
      this.#open.delete(oldest);
    this.#open.add(place);
  }
}

function placeOf({ event: { device, channelRaw, type } }: AlarmDraft): string {
  return JSON.stringify([device.id, channelRaw ?? null, type]);
}
