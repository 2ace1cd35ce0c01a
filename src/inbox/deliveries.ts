import { contentId } from '../attachment.js';
import type { Clock } from '../clock.js';
import { reasonOf } from '../errors.js';
import type { Receipt } from '../event.js';
import type { Limits } from '../limits.js';
import type { AlarmDraft, DeviceSign } from '../notification.js';
import type { Arrival, Holding } from './arrival.js';
import { copyOf } from './memory-store.js';
import { joinPictures } from './picture-join.js';
import { personalise, type Subscription, type Subscriptions } from './subscriptions.js';
import type { Turns } from './turns.js';

/** An alarm that is kept, on its way to all who take it. */
interface Delivery {
  readonly event: Pick<AlarmDraft['event'], 'id' | 'device'>;
  readonly holdings: readonly Holding[];
  /** Who has it, or had it, and as which of several. */
  readonly served: Map<Subscription, number>;
  readonly open: Set<Copy>;
  /** Turns that are to give it to others. */
  waiting: number;
}

/** What one subscriber has of it. */
interface Copy {
  readonly delivery: Delivery;
  readonly subscription: Subscription;
  readonly receipt: Receipt;
  /** Not in the flow yet: it is held in memory by who is to hand it on. */
  underway: boolean;
  tries: number;
  cancel: () => void;
}

export interface DeliveryOptions {
  readonly limits: Limits;
  readonly clock: Clock;
  /** Whether the flow has to say that an alarm is dealt with. */
  readonly confirmed: boolean;
  readonly onError: (error: unknown) => void;
}

/**
 * Gives alarms to who subscribed and waits until each is dealt with: in the flow, or confirmed by it. One that nobody
 * confirms comes again with growing gaps, and is told as undelivered in the end.
 */
export class Deliveries {
  readonly #subscriptions: Subscriptions;
  readonly #turns: Turns;
  readonly #options: DeliveryOptions;
  /** By the id of their receipts. */
  readonly #copies = new Map<string, Copy>();
  /** In the flow, where a crash would still cost them; oldest first, which is open. */
  readonly #fresh: Copy[] = [];
  /** What somebody had who is gone. */
  readonly #orphans = new Set<Delivery>();
  #underway = 0;
  #isPaused = false;

  /** @param turns for what has to come again */
  constructor(subscriptions: Subscriptions, turns: Turns, options: DeliveryOptions) {
    this.#subscriptions = subscriptions;
    this.#turns = turns;
    this.#options = options;
  }

  /** Whether the flows have room for more. */
  get hasRoom(): boolean {
    return !this.#isPaused && this.#underway < this.#options.limits.inFlight;
  }

  give({ draft, holdings }: Arrival): void {
    nameContents(draft);
    const { id, device } = draft.event;
    const takers = this.#subscriptions.takersOf(device);
    if (takers.length === 0) {
      this.#subscriptions.tellUnknown(draft.event);
      for (const holding of holdings) holding.release();
    } else if (holdings.length === 0) this.#spread(draft, takers);
    else {
      const event = { id, device };
      const delivery = {
        event,
        holdings,
        served: new Map<Subscription, number>(),
        open: new Set<Copy>(),
        waiting: 0,
      };
      this.#spread(draft, takers, delivery);
    }
  }

  /**
   * A subscriber is gone: what it had, and nobody has dealt with, is for who comes in its place.
   * @param forGood nobody comes in its place
   */
  leave(subscription: Subscription, forGood: boolean): void {
    for (const copy of this.#copies.values()) {
      if (copy.subscription !== subscription) continue;
      if (forGood) this.#settle(copy);
      else this.#lose(copy);
    }
  }

  /** Flows are exchanged: what they were given a moment ago, or are given meanwhile, may be lost with them. */
  pause(): void {
    this.#isPaused = true;
    for (const copy of this.#fresh.splice(0)) if (this.#isOpen(copy)) this.#lose(copy);
    // Before what is new.
    this.join();
  }

  /** The new ones are there: they get what the old ones may not have had. */
  resume(): void {
    this.#isPaused = false;
    this.join();
  }

  /** Somebody came, perhaps in the place of one that is gone. */
  join(): void {
    for (const delivery of this.#orphans) {
      this.#orphans.delete(delivery);
      delivery.waiting++;
      this.#again(delivery, (draft) => {
        delivery.waiting--;
        const takers = this.#subscriptions.takersOf(delivery.event.device);
        const others = takers.filter((taker) => !delivery.served.has(taker));
        this.#spread(draft, others, delivery);
        // It was another one that came.
        if (others.length === 0) this.#orphans.add(delivery);
      });
    }
  }

  /**
   * The flow has dealt with an alarm.
   * @param id of the receipt, or of the event for all that have it
   * @returns false when nobody waits for that
   */
  confirm(id: string): boolean {
    const own = this.#copies.get(id);
    const copies = own === undefined ? [...this.#copies.values()] : [own];
    const confirmed = copies.filter((copy) => copy === own || copy.delivery.event.id === id);
    for (const copy of confirmed) this.#settle(copy);
    return confirmed.length > 0;
  }

  /** Nothing comes again any more; what is not settled stays where it is kept. */
  stop(): void {
    for (const { cancel } of this.#copies.values()) cancel();
    this.#copies.clear();
    this.#fresh.length = 0;
    this.#orphans.clear();
  }

  /** Flows change what they are given: each taker gets its own, the last one what we have. */
  #spread(draft: AlarmDraft, takers: readonly Subscription[], delivery?: Delivery): void {
    const copies = takers.map((taker) => delivery && this.#open(delivery, taker));
    for (const [index, taker] of takers.entries())
      this.#hand(index < takers.length - 1 ? copyOf(draft) : draft, taker, copies[index]);
  }

  #hand(draft: AlarmDraft, subscription: Subscription, copy: Copy | undefined): void {
    personalise(draft, subscription);
    const { event, attachments, raw } = draft;
    subscription.subscriber.alarm({
      event,
      attachments,
      ...(raw !== undefined && { raw }),
      ...(copy !== undefined && { receipt: copy.receipt }),
    });
  }

  #open(delivery: Delivery, subscription: Subscription): Copy {
    const number = freeNumber(delivery);
    const copy: Copy = {
      delivery,
      subscription,
      receipt: {
        id: `${delivery.event.id}-${number}`,
        awaited: this.#options.confirmed,
        handed: () => this.#handed(copy),
        settle: () => this.#settle(copy),
      },
      underway: true,
      tries: 0,
      cancel: () => undefined,
    };
    this.#underway++;
    this.#copies.set(copy.receipt.id, copy);
    delivery.open.add(copy);
    delivery.served.set(subscription, number);
    return copy;
  }

  #handed(copy: Copy): void {
    if (!this.#isOpen(copy)) return;
    this.#landed(copy);
    if (!this.#options.confirmed) {
      if (this.#isPaused) this.#lose(copy);
      else this.#settleSoon(copy);
      return;
    }
    const { confirmMs, confirmMostMs, confirmTries } = this.#options.limits;
    const gap = Math.min(confirmMostMs, confirmMs * 2 ** copy.tries++);
    const isLast = copy.tries >= confirmTries;
    copy.cancel();
    copy.cancel = this.#options.clock.after(gap, () => {
      if (isLast) this.#giveUp(copy);
      else this.#again(copy.delivery, (draft) => this.#handAgain(copy, draft));
    });
  }

  /** Nodes hand messages on one by one and write files in their own time: what they had in a crash comes again. */
  #settleSoon(copy: Copy): void {
    const { flowMs, inFlight } = this.#options.limits;
    copy.cancel();
    copy.cancel = this.#options.clock.after(flowMs, () => this.#settle(copy));
    this.#fresh.push(copy);
    const [oldest] = this.#fresh;
    if (oldest !== undefined && this.#fresh.length > inFlight) this.#settle(oldest);
  }

  #handAgain(copy: Copy, draft: AlarmDraft): void {
    // Confirmed while it was waiting for its turn, or its subscriber is gone.
    if (!this.#isOpen(copy)) return;
    copy.underway = true;
    this.#underway++;
    this.#hand(draft, copy.subscription, copy);
  }

  #giveUp(copy: Copy): void {
    this.#again(copy.delivery, (draft) => {
      if (!this.#isOpen(copy)) return;
      personalise(draft, copy.subscription);
      const { event, attachments } = draft;
      const sign: DeviceSign = {
        event: 'undelivered',
        vendor: event.vendor,
        device: event.device,
        ...(event.channel !== undefined && { channel: event.channel }),
        since: event.receivedAt,
        reason: reasonOf('UNDELIVERED'),
        alarm: { event, attachments },
      };
      copy.subscription.subscriber.sign(sign);
      this.#settle(copy);
    });
  }

  #settle(copy: Copy): void {
    if (!this.#isOpen(copy)) return;
    this.#close(copy);
    this.#settleIfDone(copy.delivery);
  }

  #close(copy: Copy): void {
    copy.cancel();
    this.#copies.delete(copy.receipt.id);
    copy.delivery.open.delete(copy);
    this.#landed(copy);
    for (let [oldest] = this.#fresh; oldest !== undefined && !this.#isOpen(oldest); [oldest] = this.#fresh)
      this.#fresh.shift();
  }

  /** Nobody can say what became of it. */
  #lose(copy: Copy): void {
    this.#close(copy);
    copy.delivery.served.delete(copy.subscription);
    this.#orphans.add(copy.delivery);
  }

  #isOpen(copy: Copy): boolean {
    return this.#copies.get(copy.receipt.id) === copy;
  }

  #landed(copy: Copy): void {
    if (!copy.underway) return;
    copy.underway = false;
    if (this.#underway-- === this.#options.limits.inFlight) this.#turns.resume();
  }

  #settleIfDone(delivery: Delivery): void {
    const { open, waiting, holdings } = delivery;
    if (open.size > 0 || waiting > 0 || this.#orphans.has(delivery)) return;
    for (const holding of holdings) holding.release();
  }

  /** Loads it once more, with all pictures that came by themselves, when it is its turn. */
  #again({ event: { id, device }, holdings }: Delivery, go: (draft: AlarmDraft) => void): void {
    this.#turns.take({
      device: device.id,
      again: true,
      load: async () => {
        const [draft, ...pictures] = await Promise.all(holdings.map((holding) => holding.load()));
        if (draft === undefined) throw new Error('nothing is kept of it');
        joinPictures(draft, pictures, id);
        nameContents(draft);
        draft.event.redelivered = true;
        return draft;
      },
      go,
      // Not settled: the next run may be able to read it.
      fail: this.#options.onError,
    });
  }
}

/** Who comes in the place of another gets its number: what that one handed on can still be confirmed. */
function freeNumber({ served }: Delivery): number {
  const taken = new Set(served.values());
  let number = 1;
  while (taken.has(number)) number++;
  return number;
}

/** Vendors do not know the id of an event. */
function nameContents({ event, attachments }: AlarmDraft): void {
  for (const [index, attachment] of attachments.entries()) attachment.cid = contentId(event.id, index + 1);
}
