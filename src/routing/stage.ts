import type { Alarm } from '../event.js';
import type { DeviceSign, Subscriber } from '../notification.js';

/** A step between an inbox and who subscribed. What it does not look at goes on. */
export abstract class Stage implements Subscriber {
  protected readonly next: Subscriber;

  constructor(next: Subscriber) {
    this.next = next;
  }

  /** Of `title` and `text`, as of who comes next. */
  get language(): string {
    return this.next.language ?? 'en-US';
  }

  abstract alarm(alarm: Alarm): void;

  sign(sign: DeviceSign): void {
    this.next.sign(sign);
  }
}
