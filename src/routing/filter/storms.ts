import type { Clock } from '../../clock.js';
import type { Limits } from '../../limits.js';
import type { CoolDown } from './cool-down.js';
import type { Item, Storm } from './memory.js';

/** Counts what cool-downs hold back, and tells of it when they end. */
export class Storms {
  readonly #storms: Map<string, Storm>;
  readonly #coolDown: CoolDown;
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #tell: (key: string, storm: Storm) => void;

  /** @param storms what was counted before: it is told as well */
  constructor(
    storms: Map<string, Storm>,
    coolDown: CoolDown,
    { clock, limits }: { readonly clock: Clock; readonly limits: Limits },
    tell: (key: string, storm: Storm) => void,
  ) {
    this.#storms = storms;
    this.#coolDown = coolDown;
    this.#clock = clock;
    this.#limits = limits;
    this.#tell = tell;
    for (const [key, storm] of storms) this.#await(key, storm);
  }

  add(key: string, { event, attachments }: Item<unknown>, at: number): void {
    // Flows change what they are given. The document is large, and a summary has none of its own.
    const own = {
      ...event,
      device: { ...event.device },
      targets: [...event.targets],
      regions: event.regions.map((region) => ({ ...region })),
      document: {},
    };
    const storm = this.#storms.get(key);
    if (storm === undefined) {
      if (this.#storms.size >= this.#limits.filterStorms) return;
      const pictures = [...attachments];
      const fresh = {
        count: 1,
        from: at,
        to: at,
        event: own,
        attachments: pictures,
        cancel: () => undefined,
      };
      this.#storms.set(key, fresh);
      this.#await(key, fresh);
      return;
    }
    storm.count++;
    storm.from = Math.min(storm.from, at);
    storm.to = Math.max(storm.to, at);
    storm.event = own;
    if (attachments.length > 0) storm.attachments = [...attachments];
  }

  stop(): void {
    for (const { cancel } of this.#storms.values()) cancel();
  }

  #await(key: string, storm: Storm): void {
    storm.cancel = this.#clock.after(this.#coolDown.left(key, this.#clock.now()), () =>
      this.#end(key, storm),
    );
  }

  #end(key: string, storm: Storm): void {
    // Another alarm went out just before: its own cool-down is the one that counts.
    if (this.#coolDown.covers(key, this.#clock.now())) {
      this.#await(key, storm);
      return;
    }
    this.#storms.delete(key);
    this.#tell(key, storm);
  }
}
