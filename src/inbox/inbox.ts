import { contentId } from '../attachment.js';
import { type Clock, SYSTEM_CLOCK } from '../clock.js';
import { type AlarmError, asAlarmError, reasonOf } from '../errors.js';
import type { Device } from '../event.js';
import type { Limits } from '../limits.js';
import type { AlarmDraft, DeviceSign, Notification, Outcome, Subscriber, Vendor } from '../notification.js';
import { describe } from '../wording.js';
import { Conditions } from './conditions.js';
import { Duplicates } from './duplicates.js';
import { PictureJoin } from './picture-join.js';
import { Presence } from './presence.js';
import { Starts } from './starts.js';

/** Which sender's alarms a subscriber wants; nothing set means all. */
export interface Sender {
  /** The maker's own name for it, such as a `vuid`; counts before all else. */
  readonly id?: string;
  readonly name?: string;
  /** Lower case with colons. Counts before the address, which routers and recorders change. */
  readonly mac?: string;
  readonly address?: string;
  /** What its channel numbers mean; as sent unless given. */
  readonly channelOf?: (channel: number) => number;
}

/** A delivery with its bytes, kept for the case that nobody can read it. */
export interface Delivery {
  readonly notification: Notification;
  readonly raw: () => Buffer;
  /** Why the body could not be read to its end. */
  readonly error?: AlarmError;
}

interface Subscription {
  readonly subscriber: Subscriber;
  readonly sender: Sender | undefined;
}

/**
 * Where deliveries of one vendor arrive: decoded once, then handed to everyone who subscribed. An event counts as
 * accepted when every subscriber has it.
 */
export class Inbox {
  readonly vendor: Vendor;
  readonly #newId: () => string;
  readonly #limits: Limits;
  readonly #presence: Presence | undefined;
  readonly #conditions: Conditions;
  readonly #join: PictureJoin;
  readonly #duplicates: Duplicates;
  readonly #starts: Starts;
  readonly #subscriptions = new Set<Subscription>();

  /** @param announces whether it is told which devices are there; not where the source itself knows */
  constructor(
    vendor: Vendor,
    newId: () => string,
    limits: Limits,
    announces = true,
    clock: Clock = SYSTEM_CLOCK,
  ) {
    this.vendor = vendor;
    this.#newId = newId;
    this.#limits = limits;
    this.#conditions = new Conditions(limits);
    this.#duplicates = new Duplicates(limits, clock);
    this.#starts = new Starts(limits);
    this.#join = new PictureJoin(limits, clock, (draft) => this.#deliver(draft));
    if (!announces) return;
    this.#presence = new Presence(limits, clock, vendor.steadyHeartbeat, (device, event, reason) => {
      const since = new Date(clock.now()).toISOString();
      this.tell({ event, vendor: vendor.id, device, since, ...(reason !== undefined && { reason }) });
    });
  }

  /** What waits for its pictures goes on, and nobody is watched any more. */
  stop(): void {
    this.#join.stop();
    this.#presence?.stop();
  }

  /** Whether nobody listens just now, as between the two halves of a redeploy. */
  get deserted(): boolean {
    return this.#subscriptions.size === 0;
  }

  /** @returns how to stop */
  subscribe(subscriber: Subscriber, sender?: Sender): () => void {
    const subscription = { subscriber, sender };
    this.#subscriptions.add(subscription);
    return () => {
      // Before the last one goes: what waits for a picture would find nobody.
      if (this.#subscriptions.size === 1 && this.#subscriptions.has(subscription)) this.#join.stop();
      this.#subscriptions.delete(subscription);
    };
  }

  accept(delivery: Delivery): Outcome {
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
    for (const draft of drafts) this.#take(draft);
    return drafts.every(({ event }) => event.kind === 'heartbeat') ? 'heartbeat' : 'accepted';
  }

  #take(draft: AlarmDraft): void {
    this.#name(draft.event);
    const { device, kind } = draft.event;
    if (kind === 'heartbeat') {
      this.#noteAlive(device);
      return;
    }
    // Anyone can send what nobody can read: no device is known by it.
    if (draft.raw === undefined) this.#presence?.heard(device);
    if (draft.condition !== true) {
      const isNew = draft.key === undefined || this.#duplicates.isNew(draft.key);
      if (isNew && this.#starts.isNews(draft)) this.#join.take(draft);
      return;
    }
    const news = this.#conditions.news(draft);
    if (news !== undefined) this.tell(news);
  }

  /** Recorders name themselves in some deliveries and not in others (raysharp-vstarcam-others.md §1.5). */
  #name(event: AlarmDraft['event']): void {
    const { id, address } = event.device;
    if (this.vendor.steadyHeartbeat === undefined || id !== address) return;
    const known = this.#presence?.namedAt(id);
    if (known !== undefined) event.device = { ...known };
  }

  /** A device is waited for, with so many milliseconds between its signs of life. */
  expect(device: Device, interval: number): void {
    this.#presence?.expect(device, interval);
  }

  /** What was known of a sender by its address alone is known elsewhere now. */
  forget(address: string): void {
    this.#presence?.forget(address);
  }

  #noteAlive(device: Device): void {
    if (this.vendor.steadyHeartbeat) this.#presence?.beat(device);
    else this.#presence?.heard(device);
  }

  /** Tells everyone of something that is not an alarm; a subscriber with a chosen sender only of that sender. */
  tell(sign: DeviceSign): void {
    for (const { subscriber, sender } of this.#subscriptions) {
      if (!isFrom(sender, sign.device)) continue;
      const { name = sign.device.name } = sender ?? {};
      subscriber.sign(name === undefined ? sign : { ...sign, device: { ...sign.device, name } });
    }
  }

  /** What no sender can say of an event. */
  #identify(draft: AlarmDraft): void {
    draft.event.id = this.#newId();
    if (draft.event.transport === 'udp') draft.event.unauthenticated = true;
    for (const [index, attachment] of draft.attachments.entries()) {
      attachment.cid = contentId(draft.event.id, index + 1);
    }
  }

  #deliver(draft: AlarmDraft): void {
    const { device, vendor, receivedAt } = draft.event;
    this.#identify(draft);
    const takers = [...this.#subscriptions].filter(({ sender }) => isFrom(sender, device));
    for (const [index, { subscriber, sender }] of takers.entries()) {
      // Flows change what they are given: each gets its own, the last one what we have.
      const own = index < takers.length - 1 ? copyOf(draft) : draft;
      if (sender?.name !== undefined) own.event.device = { ...device, name: sender.name };
      if (sender?.channelOf !== undefined && own.event.channel !== undefined)
        own.event.channel = sender.channelOf(own.event.channel);
      Object.assign(own.event, describe(own.event, subscriber.language ?? 'en-US'));
      subscriber.alarm(own);
    }
    if (takers.length > 0) return;
    const reason = reasonOf('SENDER_UNKNOWN');
    const sign: DeviceSign = { event: 'denied', vendor, device, since: receivedAt, reason };
    for (const { subscriber } of this.#subscriptions) subscriber.sign(sign);
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

function isFrom(sender: Sender | undefined, device: Device): boolean {
  if (sender === undefined) return true;
  if (sender.id !== undefined) return sender.id === device.id;
  if (sender.mac !== undefined && device.mac !== undefined) return sender.mac === device.mac;
  return sender.address === undefined ? sender.mac === undefined : sender.address === device.address;
}

function copyOf({ event, attachments, raw }: AlarmDraft): AlarmDraft {
  return {
    event: structuredClone(event),
    attachments: attachments.map((each) => ({ ...each, content: Buffer.from(each.content) })),
    ...(raw !== undefined && { raw: Buffer.from(raw) }),
  };
}
