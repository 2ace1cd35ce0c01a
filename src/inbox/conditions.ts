import type { Limits } from '../limits.js';
import type { AlarmDraft, DeviceSign } from '../notification.js';

/**
 * How things are, told once per change: recorders repeat with every delivery that a disk is full or a camera offline
 * (raysharp-vstarcam-others.md §1.5). What is well from the start is no news.
 */
export class Conditions {
  readonly #limits: Limits;
  readonly #known = new Map<string, string>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** What is to be told of a draft that is a condition; undefined for nothing new. */
  news({ event, about }: AlarmDraft): DeviceSign | undefined {
    const { vendor, device, kind, channel, channelName, channelRaw, state, type, receivedAt } = event;
    const place = JSON.stringify([device.id, channelRaw ?? null, kind, about ?? null]);
    const now = state === 'active' ? type : state;
    const before = this.#known.get(place);
    if (before === now) return undefined;
    const [oldest] = this.#known.keys();
    if (before === undefined && oldest !== undefined && this.#known.size >= this.#limits.conditions)
      this.#known.delete(oldest);
    this.#known.set(place, now);
    if (before === undefined && state !== 'active') return undefined;
    return {
      event: signOf(event),
      vendor,
      device,
      ...(channel !== undefined && { channel }),
      ...(channelName !== undefined && { channelName }),
      ...((kind === 'disk' || kind === 'video-loss') && state !== 'pulse' && { state }),
      since: receivedAt,
      reason: `the device says: ${type}`,
    };
  }
}

/** A camera that is neither there nor gone, as one that sleeps, is stale. */
function signOf({ kind, state }: AlarmDraft['event']): DeviceSign['event'] {
  if (kind === 'disk' || kind === 'video-loss') return kind;
  if (state === 'pulse') return 'stale';
  return state === 'active' ? 'offline' : 'online';
}
