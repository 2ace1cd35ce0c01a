import { pictureAttachment } from '../attachment.js';
import type { Clock } from '../clock.js';
import type { Limits } from '../limits.js';
import type { AlarmDraft } from '../notification.js';
import type { Arrival } from './arrival.js';

interface Held {
  readonly arrival: Arrival;
  /** Those of one place keep their order: an end does not come before its start. */
  readonly place: string;
  /** Picture that it waits for; undefined for what only waits behind another. */
  awaits: string | undefined;
  readonly since: number;
}

interface Loose {
  readonly arrival: Arrival;
  readonly bytes: number;
  readonly since: number;
  taken: boolean;
}

/**
 * Joins events with pictures that came in another delivery, before or behind them, within a bounded wait
 * (raysharp-vstarcam-others.md §1.5, take_alarm_snap). What waited in vain goes on as it is: nothing is dropped.
 */
export class PictureJoin {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #hand: (arrival: Arrival) => void;
  /** In order of arrival. */
  #held: Held[] = [];
  readonly #loose = new Map<string, Loose>();
  #looseBytes = 0;
  #cancel: (() => void) | undefined;

  /** @param hand takes what waits no longer; must not throw */
  constructor(limits: Limits, clock: Clock, hand: (arrival: Arrival) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#hand = hand;
  }

  take(arrival: Arrival): void {
    const { draft } = arrival;
    if (draft.brings !== undefined) this.#takePicture(arrival, keyOf(draft, draft.brings));
    else this.#takeEvent(arrival);
    this.#trim();
    this.#expect();
  }

  /** Everything that waits goes on at once. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#release(Number.POSITIVE_INFINITY);
  }

  /** Nothing goes on any more. @returns what waited, in order of its arrival */
  empty(): Arrival[] {
    this.#cancel?.();
    this.#cancel = undefined;
    // Events have them: they are no longer kept for their own sake.
    for (const { taken, arrival } of this.#loose.values()) if (taken) releaseAll(arrival);
    const loose = [...this.#loose.values()].filter(({ taken }) => !taken);
    const waiting = [...this.#held.splice(0), ...loose].sort((a, b) => a.since - b.since);
    this.#loose.clear();
    this.#looseBytes = 0;
    return waiting.map(({ arrival }) => arrival);
  }

  #takeEvent(arrival: Arrival): void {
    const { draft } = arrival;
    const awaits = draft.awaits === undefined ? undefined : keyOf(draft, draft.awaits);
    const picture = awaits === undefined ? undefined : this.#loose.get(awaits);
    if (picture !== undefined) {
      picture.taken = true;
      attach(arrival, picture.arrival);
    }
    const waits = awaits !== undefined && picture === undefined;
    if (!waits && this.#held.length === 0) {
      this.#hand(arrival);
      return;
    }
    const place = placeOf(draft);
    if (!waits && !this.#held.some((held) => held.place === place)) this.#hand(arrival);
    else this.#held.push({ arrival, place, awaits: waits ? awaits : undefined, since: this.#clock.ticks() });
  }

  #takePicture(arrival: Arrival, key: string): void {
    const bytes = arrival.draft.attachments.reduce((sum, { content }) => sum + content.length, 0);
    const waiting = this.#held.filter((held) => held.awaits === key);
    for (const held of waiting) {
      held.awaits = undefined;
      attach(held.arrival, arrival);
    }
    // Events within a second share a picture: one that comes a moment later may want it too.
    this.#drop(key);
    this.#loose.set(key, { arrival, bytes, since: this.#clock.ticks(), taken: waiting.length > 0 });
    this.#looseBytes += bytes;
    if (waiting.length > 0) this.#handReady();
  }

  #handReady(): void {
    const blocked = new Set<string>();
    const staying: Held[] = [];
    const ready: Held[] = [];
    for (const held of this.#held) {
      if (held.awaits === undefined && !blocked.has(held.place)) ready.push(held);
      else {
        blocked.add(held.place);
        staying.push(held);
      }
    }
    this.#held = staying;
    for (const { arrival } of ready) this.#hand(arrival);
  }

  /** What came before that moment goes on. */
  #release(before: number): void {
    for (const held of this.#held) if (held.since <= before) held.awaits = undefined;
    this.#handReady();
    for (const [key, { since }] of this.#loose) if (since <= before) this.#drop(key);
  }

  #drop(key: string): void {
    const loose = this.#loose.get(key);
    if (loose === undefined) return;
    this.#loose.delete(key);
    this.#looseBytes -= loose.bytes;
    if (!loose.taken) this.#hand(loose.arrival);
    else releaseAll(loose.arrival);
  }

  #trim(): void {
    const [oldest] = this.#held;
    if (oldest !== undefined && this.#held.length > this.#limits.joining) {
      oldest.awaits = undefined;
      this.#handReady();
    }
    for (const key of this.#loose.keys()) {
      if (this.#looseBytes <= this.#limits.joiningBytes && this.#loose.size <= this.#limits.joining) break;
      this.#drop(key);
    }
  }

  #expect(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const [loose] = this.#loose.values();
    const since = Math.min(
      this.#held[0]?.since ?? Number.POSITIVE_INFINITY,
      loose?.since ?? Number.POSITIVE_INFINITY,
    );
    if (since === Number.POSITIVE_INFINITY) return;
    const wait = since + this.#limits.pictureJoinMs - this.#clock.ticks();
    this.#cancel = this.#clock.after(Math.max(1, wait), () => {
      this.#release(this.#clock.ticks() - this.#limits.pictureJoinMs);
      this.#expect();
    });
  }
}

/** Numbers of pictures are small: those of another recorder are other pictures, even behind the same address. */
const keyOf = ({ event }: AlarmDraft, picture: string) => JSON.stringify([event.device.id, picture]);

const placeOf = ({ event: { device, channelRaw, type } }: AlarmDraft) =>
  JSON.stringify([device.id, channelRaw ?? null, type]);

function releaseAll({ holdings }: Arrival): void {
  for (const holding of holdings) holding.release();
}

/** Adds a picture to what waited for it, which now needs what is kept of it too. */
function attach(to: Arrival, from: Arrival): void {
  joinPictures(to.draft, [from.draft], to.draft.event.id);
  to.holdings.push(...from.holdings.map((holding) => holding.share()));
}

/**
 * Adds the pictures of other drafts to one, each with its own bytes: flows change what they are given.
 * @param id of its event; makes the content ids unique
 */
export function joinPictures(draft: AlarmDraft, others: readonly AlarmDraft[], id: string): void {
  for (const { attachments, event } of others) {
    for (const { content, role } of attachments)
      draft.attachments.push(pictureAttachment(Buffer.from(content), role, draft.attachments.length + 1, id));
    if (event.truncated) draft.event.truncated = true;
  }
}
