import { AlarmError } from '../errors.js';
import type { Inbox } from '../inbox/inbox.js';
import type { Vendor } from '../notification.js';

/** A path of a listener with what belongs there. */
export interface Place {
  readonly path: string;
  readonly inbox: Inbox;
}

/** The paths of a listener below its secret, each with the inbox of one vendor. */
export class Paths {
  readonly #inboxes = new Map<string, Inbox>();
  readonly #make: (path: string, vendor: Vendor) => Inbox;

  /** @param make the inbox of a path that has none yet */
  constructor(make: (path: string, vendor: Vendor) => Inbox) {
    this.#make = make;
  }

  get inboxes(): ReadonlyMap<string, Inbox> {
    return this.#inboxes;
  }

  /**
   * The inbox of a path such as `/isapi`, made when first asked for.
   * @throws AlarmError `PATH_TAKEN` when the path belongs to another vendor
   */
  claim(path: string, vendor: Vendor): Inbox {
    const key = normalPath(path);
    const inbox = this.#inboxes.get(key) ?? this.#make(key, vendor);
    if (inbox.vendor !== vendor) throw new AlarmError('PATH_TAKEN');
    this.#inboxes.set(key, inbox);
    return inbox;
  }

  /** @returns what was there */
  abandon(path: string): Place | undefined {
    const place = this.#at(normalPath(path));
    if (place !== undefined) this.#inboxes.delete(place.path);
    return place;
  }

  /** That of the path itself, else of the nearest one above it whose vendor takes what is below. */
  find(path: string): Place | undefined {
    let place = this.#at(path);
    for (let at = path.lastIndexOf('/'); place === undefined && at > 0; at = path.lastIndexOf('/', at - 1)) {
      const above = this.#at(path.slice(0, at));
      if (above?.inbox.vendor.takesSubpaths) place = above;
    }
    return place;
  }

  #at(path: string): Place | undefined {
    const inbox = this.#inboxes.get(path);
    return inbox && { path, inbox };
  }
}

function normalPath(path: string): string {
  return `/${path
    .split('/')
    .filter((step) => step !== '')
    .join('/')}`;
}
