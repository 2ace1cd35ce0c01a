import type { Inbox } from '../inbox/inbox.js';
import type { Limits } from '../limits.js';
import { targetPath } from './access.js';

/** Paths where an address has pushed with the secret, by address: kept by who outlives a listener, so that it may too. */
export type Pushers = Map<string, Set<string>>;

/** A sender pushes to a few paths; more are somebody's attempts. */
const MOST_PATHS = 8;

/**
 * Signs of life that come to a fixed path (raysharp-vstarcam-others.md §1.6). Devices have no setting for it, so that it
 * holds no secret: what counts is whether the sender has pushed with it, or stands in the list of allowed addresses.
 */
export class KeepAlives {
  readonly #limits: Limits;
  readonly #pushers: Pushers;
  readonly #strangers = new Set<string>();

  constructor(limits: Limits, pushers: Pushers = new Map()) {
    this.#limits = limits;
    this.#pushers = pushers;
  }

  /** An address has pushed to the inbox of a path. */
  note(address: string, path: string, inbox: Inbox): void {
    if (inbox.vendor.keepAlivePath === undefined) return;
    const paths = this.#pushers.get(address) ?? new Set();
    const [oldest] = this.#pushers.keys();
    if (oldest !== undefined && paths.size === 0 && this.#pushers.size >= this.#limits.knownDevices)
      this.#pushers.delete(oldest);
    if (paths.size < MOST_PATHS) this.#pushers.set(address, paths.add(path));
  }

  /** Whether nobody was told of this stranger yet: its signs of life come every minute, and the same word with each. */
  isNewStranger(address: string): boolean {
    if (this.#strangers.has(address)) return false;
    if (this.#strangers.size >= this.#limits.knownDevices) this.#strangers.clear();
    this.#strangers.add(address);
    return true;
  }

  /**
   * Whom a request to this target is for.
   * @param listed whether the address is in the list of allowed ones
   * @returns undefined when it is no sign of life, none when nobody knows its sender
   */
  find(
    address: string,
    url: string,
    inboxes: ReadonlyMap<string, Inbox>,
    listed: boolean,
  ): Inbox[] | undefined {
    if (!hasTaker(inboxes)) return undefined;
    const target = targetPath(url).toLowerCase();
    const candidates = [...inboxes].filter(([, { vendor }]) => vendor.keepAlivePath === target);
    if (candidates.length === 0) return undefined;
    const paths = this.#pushers.get(address);
    const known = candidates.filter(([path]) => paths?.has(path));
    // Where it will push is not known yet; with one place there is no doubt.
    return (known.length === 0 && listed ? candidates.slice(0, 1) : known).map(([, inbox]) => inbox);
  }
}

/** Asked with every request: nothing is made for it. */
function hasTaker(inboxes: ReadonlyMap<string, Inbox>): boolean {
  for (const { vendor } of inboxes.values()) if (vendor.keepAlivePath !== undefined) return true;
  return false;
}
