import type { Inbox } from '../inbox/inbox.js';
import type { Limits } from '../limits.js';
import { targetPath } from './access.js';

interface Home {
  readonly inbox: Inbox;
  /** Whether it has pushed there with the secret, and is not only in the list of allowed addresses. */
  readonly pushed: boolean;
}

/**
 * Signs of life that come to a fixed path (raysharp-vstarcam-others.md §1.6). Devices have no setting for it, so that it
 * holds no secret: what counts is whether the sender has pushed with it, or stands in the list of allowed addresses.
 */
export class KeepAlives {
  readonly #limits: Limits;
  readonly #homes = new Map<string, Home>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** An address has pushed to an inbox. */
  note(address: string, inbox: Inbox): void {
    const home = this.#homes.get(address);
    if (inbox.vendor.keepAlivePath === undefined || home?.pushed === true) return;
    if (home !== undefined && home.inbox !== inbox) home.inbox.forget(address);
    this.#set(address, { inbox, pushed: true });
  }

  /**
   * Whom a request to this target is for.
   * @param listed whether the address is in the list of allowed ones
   * @returns undefined when it is no sign of life, `stranger` when nobody knows its sender
   */
  find(
    address: string,
    url: string,
    inboxes: Iterable<Inbox>,
    listed: boolean,
  ): Inbox | 'stranger' | undefined {
    const path = targetPath(url).toLowerCase();
    const candidates = [...inboxes].filter(({ vendor }) => vendor.keepAlivePath === path);
    const [first] = candidates;
    if (first === undefined) return undefined;
    const home = this.#homes.get(address);
    if (home !== undefined) return home.inbox;
    if (!listed) return 'stranger';
    this.#set(address, { inbox: first, pushed: false });
    return first;
  }

  /** An inbox is given up. */
  forget(inbox: Inbox): void {
    for (const [address, home] of this.#homes) if (home.inbox === inbox) this.#homes.delete(address);
  }

  #set(address: string, home: Home): void {
    const [oldest] = this.#homes.keys();
    if (oldest !== undefined && this.#homes.size >= this.#limits.knownDevices) this.#homes.delete(oldest);
    this.#homes.set(address, home);
  }
}
