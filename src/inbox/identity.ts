import { hash as digest } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { Limits } from '../limits.js';
import type { AlarmDraft, Vendor } from '../notification.js';
import { Duplicates } from './duplicates.js';

/** By which an alarm is known when it comes again. */
export interface Identity {
  /** Of the notification: the device sends it once more, as it got no answer or has a second server. */
  readonly own?: string;
  /** It is the vendor's own key for what holds no time, and known for seconds only. */
  readonly brief?: true;
  /** Of the event as it comes another way, such as over the stream of the same device. */
  readonly elsewhere?: readonly string[];
  /** By which the other way knows it. */
  readonly shared?: string;
}

/**
 * Tells what came before. A notification is known by all that it says and the time the device gave it; without a
 * time of the device, two alarms may look the same and are two.
 */
export class Known {
  readonly #vendor: Vendor;
  readonly #notifications: Duplicates;
  readonly #brief: Duplicates;
  readonly #shared: Duplicates | undefined;

  /** @param shared events that come in several ways, for all inboxes of one process */
  constructor(vendor: Vendor, limits: Limits, clock: Clock, shared: Duplicates | undefined) {
    this.#vendor = vendor;
    this.#notifications = new Duplicates(limits.sameNotificationMs, limits.duplicates, clock);
    this.#brief = new Duplicates(limits.duplicateMs, limits.duplicates, clock);
    this.#shared = shared;
  }

  /** @param number of its alarms in one delivery: two that say the same are two */
  identify({ event, attachments, key }: AlarmDraft, number: number): Identity {
    if (key !== undefined) return { own: key, brief: true };
    // Cut off: the whole of it is still to come.
    if (event.timeRaw === undefined || event.truncated === true) return {};
    const place = [event.device.id, event.type, event.state, event.channelRaw, event.timeRaw];
    const own = hash([place, number, event.document, attachments.map(({ content }) => content.length)]);
    if (this.#shared === undefined || this.#vendor.sameOf === undefined) return { own };
    const same = hash([place, this.#vendor.sameOf(event.document)]);
    const [mine, other] = event.transport === 'alertstream' ? ['stream', 'push'] : ['push', 'stream'];
    const has = attachments.length > 0 ? 'pictured' : 'plain';
    // One with a picture is more than the same without.
    const atLeast = has === 'pictured' ? ['pictured'] : ['pictured', 'plain'];
    return {
      own,
      shared: `${mine} ${has} ${same}`,
      elsewhere: atLeast.map((each) => `${other} ${each} ${same}`),
    };
  }

  has({ own, brief, elsewhere = [] }: Identity): boolean {
    if (own !== undefined && this.#own(brief).has(own)) return true;
    return elsewhere.some((key) => this.#shared?.has(key));
  }

  add({ own, brief, shared }: Identity): void {
    if (own !== undefined) this.#own(brief).add(own);
    if (shared !== undefined) this.#shared?.add(shared);
  }

  forget({ own, brief, shared }: Identity): void {
    if (own !== undefined) this.#own(brief).forget(own);
    if (shared !== undefined) this.#shared?.forget(shared);
  }

  /** A notification that came in an earlier run. */
  recall(own: string, agoMs: number): void {
    this.#notifications.add(own, agoMs);
  }

  #own(brief: true | undefined): Duplicates {
    return brief === true ? this.#brief : this.#notifications;
  }
}

/** Equal for equal things; short, as ten thousand are remembered. */
const hash = (thing: unknown) => digest('sha1', JSON.stringify(thing), 'base64');
