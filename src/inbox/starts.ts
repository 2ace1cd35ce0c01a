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
  isNews({ event, restated }: AlarmDraft): boolean {
    if (restated !== true) return true;
    const { device, channelRaw, type, state } = event;
    const place = JSON.stringify([device.id, channelRaw ?? null, type]);
    if (state === 'inactive') return this.#open.delete(place);
    const [oldest] = this.#open;
    if (oldest !== undefined && this.#open.size >= this.#limits.conditions) this.#open.delete(oldest);
    this.#open.add(place);
    return true;
  }
}
