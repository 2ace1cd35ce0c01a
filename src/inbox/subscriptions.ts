import { reasonOf } from '../errors.js';
import type { AlarmEvent, Device } from '../event.js';
import type { AlarmDraft, DeviceSign, Subscriber } from '../notification.js';
import { severityOf } from '../severity.js';
import { describe } from '../wording.js';

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

export interface Subscription {
  readonly subscriber: Subscriber;
  readonly sender: Sender | undefined;
}

/** Who takes what an inbox gives out. */
export class Subscriptions {
  readonly #all = new Set<Subscription>();

  get size(): number {
    return this.#all.size;
  }

  /** Whether it is there, and no other. */
  isLast(subscription: Subscription): boolean {
    return this.#all.size === 1 && this.#all.has(subscription);
  }

  add(subscription: Subscription): void {
    this.#all.add(subscription);
  }

  remove(subscription: Subscription): void {
    this.#all.delete(subscription);
  }

  takersOf(device: Device): Subscription[] {
    return [...this.#all].filter(({ sender }) => isFrom(sender, device));
  }

  /** Tells everyone of something that is not an alarm; a subscriber with a chosen sender only of that sender. */
  tell(sign: DeviceSign): void {
    for (const { subscriber, sender } of this.takersOf(sign.device)) {
      const { name = sign.device.name } = sender ?? {};
      subscriber.sign(name === undefined ? sign : { ...sign, device: { ...sign.device, name } });
    }
  }

  /** An alarm came from a device that nobody is set to: everyone is told. */
  tellUnknown({ vendor, device, receivedAt }: AlarmEvent): void {
    const reason = reasonOf('SENDER_UNKNOWN');
    for (const { subscriber } of this.#all)
      subscriber.sign({ event: 'denied', vendor, device, since: receivedAt, reason });
  }
}

/** Makes a draft that of one subscriber: the name and channels of the sender it chose, and words in its language. */
export function personalise({ event }: AlarmDraft, { subscriber, sender }: Subscription): void {
  if (sender?.name !== undefined) event.device = { ...event.device, name: sender.name };
  if (sender?.channelOf !== undefined && event.channel !== undefined)
    event.channel = sender.channelOf(event.channel);
  Object.assign(event, { severity: severityOf(event) }, describe(event, subscriber.language ?? 'en-US'));
}

function isFrom(sender: Sender | undefined, device: Device): boolean {
  if (sender === undefined) return true;
  if (sender.id !== undefined) return sender.id === device.id;
  if (sender.mac !== undefined && device.mac !== undefined) return sender.mac === device.mac;
  return sender.address === undefined ? sender.mac === undefined : sender.address === device.address;
}
