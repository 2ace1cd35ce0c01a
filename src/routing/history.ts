import type { Alarm } from '../event.js';
import type { DeviceSign, Subscriber } from '../notification.js';

/** Leaves out what a device sends from its memory: some send their whole log at every connect (isapi.md §1.10). */
export class WithoutHistory implements Subscriber {
  readonly #next: Subscriber;

  constructor(next: Subscriber) {
    this.#next = next;
  }

  /** Of `title` and `text`, as of who comes next. */
  get language(): string {
    return this.#next.language ?? 'en-US';
  }

  alarm(alarm: Alarm): void {
    if (alarm.event.history !== true) this.#next.alarm(alarm);
  }

  sign(sign: DeviceSign): void {
    this.#next.sign(sign);
  }
}
