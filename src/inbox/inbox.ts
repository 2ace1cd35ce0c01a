import { type Clock, SYSTEM_CLOCK } from '../clock.js';
import { AlarmError, asAlarmError } from '../errors.js';
import type { Device } from '../event.js';
import type { Limits } from '../limits.js';
import type { AlarmDraft, DeviceSign, Notification, Outcome, Subscriber, Vendor } from '../notification.js';
import { Holding } from './arrival.js';
import { Conditions } from './conditions.js';
import { Deliveries } from './deliveries.js';
import type { Duplicates } from './duplicates.js';
import { type Identity, Known } from './identity.js';
import { PictureJoin } from './picture-join.js';
import { Presence } from './presence.js';
import type { About } from './spool/kept-alarm.js';
import { Starts } from './starts.js';
import type { Store, Stored } from './store.js';
import { type Sender, Subscriptions } from './subscriptions.js';
import { Turns } from './turns.js';

/** A delivery with its bytes, kept for the case that nobody can read it. */
export interface Delivery {
  readonly notification: Notification;
  readonly raw: () => Buffer;
  /** Why the body could not be read to its end. */
  readonly error?: AlarmError;
}

/** Where alarms are kept before a delivery is answered. */
export interface Keeping {
  readonly store: Store;
  /** By which the store knows what belongs here. */
  readonly path: string;
  /** Whether the flow has to say that an alarm is dealt with; being handed to it is enough otherwise. */
  readonly confirmed: boolean;
}

export interface InboxOptions {
  /** Whether it is told which devices are there; not where the source itself knows. True unless given. */
  readonly announces?: boolean;
  readonly clock?: Clock;
  /** Nothing is kept unless given: an alarm is taken when every subscriber has it. */
  readonly keeping?: Keeping | undefined;
  /** Events that come in several ways, for all inboxes of one process. */
  readonly shared?: Duplicates | undefined;
  /** Something that was kept cannot be read any more. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Where deliveries of one vendor arrive: decoded once, kept until they are dealt with, and handed to everyone who
 * subscribed.
 */
export class Inbox {
  readonly vendor: Vendor;
  readonly #newId: () => string;
  readonly #keeping: Keeping | undefined;
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #presence: Presence | undefined;
  readonly #conditions: Conditions;
  readonly #known: Known;
  readonly #starts: Starts;
  readonly #join: PictureJoin;
  readonly #turns: Turns;
  readonly #deliveries: Deliveries;
  readonly #subscriptions = new Subscriptions();
  readonly #onError: (error: unknown) => void;
  /** What is being kept just now, by its identity. */
  readonly #underway = new Map<string, Promise<void>>();

  constructor(vendor: Vendor, newId: () => string, limits: Limits, options: InboxOptions = {}) {
    const { announces = true, clock = SYSTEM_CLOCK, keeping, onError = () => undefined } = options;
    this.vendor = vendor;
    this.#newId = newId;
    this.#keeping = keeping;
    this.#clock = clock;
    this.#onError = onError;
    this.#limits = limits;
    this.#conditions = new Conditions(limits);
    this.#known = new Known(vendor, limits, clock, options.shared);
    this.#starts = new Starts(limits);
    this.#turns = new Turns(limits, clock, () => this.#deliveries.hasRoom && !this.deserted, onError);
    const confirmed = keeping?.confirmed === true;
    this.#deliveries = new Deliveries(this.#subscriptions, this.#turns, {
      limits,
      clock,
      confirmed,
      onError,
    });
    this.#join = new PictureJoin(limits, clock, (arrival) => this.#deliveries.give(arrival));
    if (!announces) return;
    this.#presence = new Presence(limits, clock, vendor.steadyHeartbeat, (device, event, reason) => {
      const since = new Date(clock.now()).toISOString();
      this.tell({ event, vendor: vendor.id, device, since, ...(reason !== undefined && { reason }) });
    });
  }

  /** Nobody is watched any more. What waits stays where it is kept; what is kept nowhere goes on. */
  stop(): void {
    this.#turns.stop();
    this.#deliveries.stop();
    this.#letGo();
    this.#presence?.stop();
  }

  /** Flows are exchanged: alarms are taken and kept, and given out when that is over. What is kept nowhere goes on. */
  pause(): void {
    this.#deliveries.pause();
  }

  /** The flows are there again. */
  resume(): void {
    this.#deliveries.resume();
    this.#turns.resume();
  }

  /** Whether nobody listens just now, as between the two halves of a redeploy. */
  get deserted(): boolean {
    return this.#subscriptions.size === 0;
  }

  /** @returns how to stop; `forGood` when nobody comes in its place */
  subscribe(subscriber: Subscriber, sender?: Sender): (forGood?: boolean) => void {
    const subscription = { subscriber, sender };
    this.#subscriptions.add(subscription);
    this.#deliveries.join();
    this.#turns.resume();
    return (forGood = false) => {
      // Before the last one goes: what waits for a picture and is kept nowhere would find nobody.
      if (this.#subscriptions.isLast(subscription)) this.#letGo();
      this.#subscriptions.remove(subscription);
      this.#deliveries.leave(subscription, forGood);
    };
  }

  /** @returns what became of it, once it is kept. @throws AlarmError `SPOOL_FULL`, `SPOOL_FAILED`, by its promise */
  accept(delivery: Delivery): Outcome | Promise<Outcome> {
    const { notification } = delivery;
    const alive = this.vendor.heartbeat?.(notification);
    if (alive !== undefined) {
      this.#noteAlive(alive);
      return 'heartbeat';
    }
    let drafts: AlarmDraft[];
    try {
      drafts = this.vendor.decode(notification, this.#limits);
    } catch (error) {
      // A document that trips our own code must not come again and again: it is told and answered like any other.
      this.#tellUndecodable(delivery, delivery.error ?? asAlarmError(error, 'INTERNAL'));
      return 'undecodable';
    }
    const outcome = drafts.every(({ event }) => event.kind === 'heartbeat') ? 'heartbeat' : 'accepted';
    const pending: Promise<void>[] = [];
    for (const [number, draft] of drafts.entries()) {
      const kept = this.#isAlarm(draft) ? this.#takeNew(draft, number) : undefined;
      if (kept !== undefined) pending.push(kept);
    }
    return pending.length === 0 ? outcome : Promise.all(pending).then(() => outcome);
  }

  /** What was kept in an earlier run and not dealt with: it comes before what is new of its device. */
  restore(stored: Stored & { readonly about: About }): void {
    this.#takeAgain(stored.about.device, stored);
  }

  /** A notification was kept in an earlier run, dealt with or not. */
  recall({ keys, receivedAt }: About): void {
    for (const key of keys) this.#known.recall(key, Math.max(0, this.#clock.now() - receivedAt));
  }

  /** @returns whether an alarm with this receipt or event id was waiting to be confirmed: it is dealt with now */
  confirm(id: string): boolean {
    return this.#deliveries.confirm(id);
  }

  /** A device is waited for, with so many milliseconds between its signs of life. */
  expect(device: Device, interval: number): void {
    this.#presence?.expect(device, interval);
  }

  /** What was known of a sender by its address alone is known elsewhere now. */
  forget(address: string): void {
    this.#presence?.forget(address);
  }

  /** Tells everyone of something that is not an alarm; a subscriber with a chosen sender only of that sender. */
  tell(sign: DeviceSign): void {
    this.#subscriptions.tell(sign);
  }

  /** What is no alarm is dealt with here. */
  #isAlarm(draft: AlarmDraft): boolean {
    this.#name(draft.event);
    const { device, kind } = draft.event;
    if (kind === 'heartbeat') {
      this.#noteAlive(device);
      return false;
    }
    // Anyone can send what nobody can read: no device is known by it.
    if (draft.raw === undefined) this.#presence?.heard(device);
    if (draft.condition !== true) return true;
    const news = this.#conditions.news(draft);
    if (news !== undefined) this.tell(news);
    return false;
  }

  /** @returns undefined when it is done with, as what is kept nowhere */
  #takeNew(draft: AlarmDraft, number: number): Promise<void> | undefined {
    const identity = this.#known.identify(draft, number);
    // Its answer says that it is kept, as that of the first one will.
    if (this.#known.has(identity)) return this.#underway.get(identity.own ?? '');
    if (!this.#starts.isNews(draft)) return undefined;
    this.#known.add(identity);
    this.#mark(draft);
    return this.#take(draft, identity);
  }

  #take(draft: AlarmDraft, identity: Identity): Promise<void> | undefined {
    if (this.#keeping === undefined) {
      this.#starts.note(draft);
      this.#join.take({ draft, holdings: [] });
      return undefined;
    }
    const { store, path } = this.#keeping;
    const { own } = identity;
    let isDone = false;
    const kept = new Promise<void>((resolve, reject) => {
      store.keep({ path, draft, keys: own === undefined ? [] : [own] }, (error, stored) => {
        isDone = true;
        if (own !== undefined) this.#underway.delete(own);
        if (stored !== undefined) {
          resolve();
          this.#starts.note(draft);
          this.#goOn(draft, new Holding(stored));
          return;
        }
        // The device sends it again: then it is none that came before.
        this.#known.forget(identity);
        reject(error ?? new AlarmError('INTERNAL'));
      });
    });
    if (own !== undefined && !isDone) this.#underway.set(own, kept);
    return kept;
  }

  #goOn(draft: AlarmDraft, holding: Holding): void {
    const { device } = draft.event;
    const go = (own: AlarmDraft) => this.#join.take({ draft: own, holdings: [holding] });
    const load = () => holding.load();
    this.#turns.take({ device: device.id, again: false, load, go, fail: this.#onError }, draft);
  }

  #takeAgain(device: string, stored: Stored): void {
    const go = (draft: AlarmDraft) => {
      draft.event.redelivered = true;
      this.#join.take({ draft, holdings: [new Holding(stored)] });
    };
    this.#turns.take({ device, again: true, load: () => stored.load(), go, fail: this.#onError });
  }

  /** What waits for pictures waits no longer: it goes on, or comes again when somebody is there. */
  #letGo(): void {
    if (this.#keeping === undefined) {
      this.#join.flush();
      return;
    }
    // Each once: several events may have the same picture.
    const devices = new Map<Stored, string>();
    for (const { draft, holdings } of this.#join.empty())
      for (const { stored } of holdings) devices.set(stored, draft.event.device.id);
    for (const [stored, device] of devices) this.#takeAgain(device, stored);
  }

  /** Recorders name themselves in some deliveries and not in others (raysharp-vstarcam-others.md §1.5). */
  #name(event: AlarmDraft['event']): void {
    const { id, address } = event.device;
    if (this.vendor.steadyHeartbeat === undefined || id !== address) return;
    const known = this.#presence?.namedAt(id);
    if (known !== undefined) event.device = { ...known };
  }

  #noteAlive(device: Device): void {
    if (this.vendor.steadyHeartbeat) this.#presence?.beat(device);
    else this.#presence?.heard(device);
  }

  /** What no sender can say of an event. */
  #mark({ event }: AlarmDraft): void {
    event.id = this.#newId();
    if (event.transport === 'udp') event.unauthenticated = true;
  }

  #tellUndecodable({ notification, raw }: Delivery, error: AlarmError): void {
    this.tell({
      event: 'undecodable',
      vendor: this.vendor.id,
      device: { id: notification.address, address: notification.address },
      since: notification.receivedAt.toISOString(),
      reason: `${error.code}: ${error.message}`,
      raw: raw(),
    });
  }
}
