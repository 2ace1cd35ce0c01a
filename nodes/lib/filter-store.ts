import type { Node } from 'node-red';
import type { Clock, FilterMemory, Limits } from '../../src/index.js';

const KEY = 'filter';

/** Keeps what a filter remembers in the context of its node, which may outlive Node-RED, and may answer late. */
export class FilterStore<T> {
  readonly #node: Node;
  readonly #limits: Limits;
  readonly #clock: Clock;
  /** What came before the memory was there; undefined when it is. */
  #waiting: (() => void)[] | undefined = [];
  #cancel: (() => void) | undefined;
  #cancelRead: (() => void) | undefined;
  #isClosed = false;
  #begin: () => void = () => undefined;

  constructor(node: Node, limits: Limits, clock: Clock) {
    this.#node = node;
    this.#limits = limits;
    this.#clock = clock;
  }

  /** What an earlier run left, or nothing. Errors of the store are told, and cost what it remembered. */
  read(begin: (kept: unknown) => void): void {
    this.#begin = () => begin(undefined);
    const got = (error: unknown, kept: unknown) => {
      late();
      if (error) this.#node.error(error as Error, {});
      this.soon(() => begin(kept));
    };
    const late = this.#clock.after(this.#limits.filterReadMs, () => got(undefined, undefined));
    this.#cancelRead = late;
    try {
      this.#node.context().get(KEY, got);
    } catch (error) {
      got(error, undefined);
    }
  }

  /** Begins when the other nodes of the flow are there. */
  soon(begin: () => void): void {
    this.#begin = begin;
    setImmediate(() => {
      if (!this.#isClosed) this.#open();
    });
  }

  /** Runs what needs the memory, when it is there. */
  ready(run: () => void): void {
    if (this.#waiting === undefined) run();
    else this.#waiting.push(run);
  }

  /** Storing costs more than an alarm: it is done from time to time. */
  changed(memory: FilterMemory<T> | undefined): void {
    this.#cancel ??= this.#clock.after(this.#limits.filterStoreMs, () =>
      this.#write(memory, () => undefined),
    );
  }

  /** Nothing is read any more: what still waits for the memory goes on without. */
  stop(): void {
    this.#isClosed = true;
    this.#cancelRead?.();
    if (this.#waiting !== undefined && this.#waiting.length > 0) this.#open();
  }

  /** @param memory what is left; undefined when nobody comes in its place */
  close(memory: FilterMemory<T> | undefined, done: () => void): void {
    this.#cancel?.();
    if (memory === undefined) done();
    else this.#write(memory, done);
  }

  #open(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#begin();
    this.#waiting = undefined;
    for (const each of waiting) each();
  }

  #write(memory: FilterMemory<T> | undefined, done: () => void): void {
    this.#cancel = undefined;
    const set = (error: unknown) => {
      if (error) this.#node.error(error as Error, {});
      done();
    };
    try {
      this.#node.context().set(KEY, memory?.toJSON(), set);
    } catch (error) {
      set(error);
    }
  }
}
