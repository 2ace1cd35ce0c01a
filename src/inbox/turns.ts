import type { Clock } from '../clock.js';
import type { Limits } from '../limits.js';
import type { AlarmDraft } from '../notification.js';

/** Something that wants to go on to the flow. */
export interface Turn {
  readonly device: string;
  /** It comes once more: others may have gone before. */
  readonly again: boolean;
  /** For what had to wait: it is not held in memory. */
  readonly load: () => Promise<AlarmDraft>;
  readonly go: (draft: AlarmDraft) => void;
  /** It can be had no more. */
  readonly fail: (error: unknown) => void;
}

const SECOND_MS = 1_000;
/** Alarms that are loaded at one time, with their pictures. */
const LOADS = 8;

/**
 * Who goes when: in order for each device, and by turns for several, so that one with a thousand alarms does not keep
 * those of another waiting. What comes once more comes slowly, and before what is new of its device.
 */
export class Turns {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #mayGo: () => boolean;
  readonly #onError: (error: unknown) => void;
  /** By device; who had a turn goes to the end. */
  readonly #queues = new Map<string, Turn[]>();
  /** Devices whose next one is being loaded. */
  readonly #loading = new Set<string>();
  #nextAgain = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;
  #stopped = false;

  /** @param mayGo whether there is room, and somebody to go to; when that changes, {@link resume} is called */
  constructor(limits: Limits, clock: Clock, mayGo: () => boolean, onError: (error: unknown) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#mayGo = mayGo;
    this.#onError = onError;
  }

  /** Alarms that wait. */
  get waiting(): number {
    return [...this.#queues.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** @param draft for a turn that need not be loaded if it can go at once */
  take(turn: Turn, draft?: AlarmDraft): void {
    const queue = this.#queues.get(turn.device);
    if (draft !== undefined && queue === undefined && this.#mayGo()) {
      turn.go(draft);
      return;
    }
    if (queue === undefined) this.#queues.set(turn.device, [turn]);
    else queue.push(turn);
    this.resume();
  }

  /** Lets go who may. */
  resume(): void {
    while (!this.#stopped && this.#loading.size < LOADS && this.#mayGo()) {
      const next = this.#next();
      if (next === undefined) return;
      const [device, turn] = next;
      if (turn.again) this.#nextAgain = this.#clock.ticks() + SECOND_MS / this.#limits.redeliveriesPerSecond;
      this.#loading.add(device);
      turn.load().then(
        (draft) => {
          // Nobody may be there any more: it keeps its turn.
          if (this.#mayGo()) this.#finish(device, () => turn.go(draft));
          else this.#loading.delete(device);
        },
        (error: unknown) => this.#finish(device, () => turn.fail(error)),
      );
    }
  }

  /** Nothing goes any more. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#queues.clear();
  }

  #finish(device: string, action: () => void): void {
    this.#loading.delete(device);
    if (this.#stopped) return;
    const queue = this.#queues.get(device);
    queue?.shift();
    this.#queues.delete(device);
    if (queue !== undefined && queue.length > 0) this.#queues.set(device, queue);
    try {
      action();
    } catch (error) {
      // Of our own code: it must not hold up what comes behind.
      this.#onError(error);
    }
    this.resume();
  }

  #next(): [device: string, turn: Turn] | undefined {
    const wait = this.#nextAgain - this.#clock.ticks();
    let paced = false;
    for (const [device, [turn]] of this.#queues) {
      if (turn === undefined || this.#loading.has(device)) continue;
      if (!turn.again || wait <= 0) return [device, turn];
      paced = true;
    }
    if (paced) this.#cancel ??= this.#clock.after(Math.max(1, wait), () => this.#wake());
    return undefined;
  }

  #wake(): void {
    this.#cancel = undefined;
    this.resume();
  }
}
