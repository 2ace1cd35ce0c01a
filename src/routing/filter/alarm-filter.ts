import type { Clock } from '../../clock.js';
import type { AlarmEvent, Attachment } from '../../event.js';
import type { Limits } from '../../limits.js';
import { placeOf } from '../place.js';
import type { Missed } from './conditions.js';
import type { FilterMemory, Held, Item, Reason, Storm } from './memory.js';
import type { Schedule } from './schedule.js';
import { stormEvent } from './storm.js';

/** What a filter lets through. */
export interface FilterRules {
  /** The first condition an alarm misses. */
  readonly misses: (event: AlarmEvent) => Missed | undefined;
  /** What goes out; empty for all. */
  readonly states: ReadonlySet<string>;
  readonly isOpen: Schedule;
  /** Milliseconds in which no other one of its key goes out; 0 for none. */
  readonly cooldownMs: number;
  readonly keyOf: (event: AlarmEvent) => string;
  /** So many of a key have to come within so many milliseconds. */
  readonly count: number;
  readonly withinMs: number;
  /** Milliseconds that an alarm has to go on. */
  readonly minDurationMs: number;
  /** Whether a message says what a cool-down held back. */
  readonly summary: boolean;
}

/** Where alarms go. */
export interface FilterExits<T> {
  pass(message: T): void;
  suppress(message: T, reason: Reason): void;
  summarise(event: AlarmEvent, attachments: readonly Attachment[]): void;
}

export interface FilterOptions {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly newId: () => string;
  /** Of summaries. */
  readonly language: string;
  /** Something went wrong when a time was over, where nobody stands behind to catch it. */
  readonly onError: (error: unknown) => void;
}

/**
 * Lets few alarms through, and to each start its end: a start that was passed gets its end whatever has changed since,
 * and one that was held back has none. The cool-down counts from the last alarm that was sent. The same alarm once more
 * is decided as before, so that what a flow has to confirm is not lost by being filtered twice.
 */
export class AlarmFilter<T> {
  readonly #rules: FilterRules;
  readonly #exits: FilterExits<T>;
  readonly #memory: FilterMemory<T>;
  readonly #options: FilterOptions;
  #passed = 0;
  #suppressed = 0;

  /** @param memory what the one before knew: goes on with it */
  constructor(rules: FilterRules, exits: FilterExits<T>, memory: FilterMemory<T>, options: FilterOptions) {
    this.#rules = rules;
    this.#exits = exits;
    this.#memory = memory;
    this.#options = options;
    for (const [key, held] of memory.held) this.#await(held, () => this.#release(key));
    for (const [key, storm] of memory.storms) this.#await(storm, () => this.#summarise(key));
  }

  get passed(): number {
    return this.#passed;
  }

  get suppressed(): number {
    return this.#suppressed;
  }

  get armed(): boolean {
    return this.#memory.armed;
  }

  /** Whether alarms pass at this hour. */
  get isOpen(): boolean {
    return this.#rules.isOpen(this.#options.clock.now());
  }

  arm(armed: boolean): void {
    this.#memory.armed = armed;
  }

  take(item: Item<T>): void {
    const { event } = item;
    const before = this.#memory.decisions.get(event.id);
    const waiting = this.#memory.held.get(episodeOf(event));
    if (before !== undefined) this.#give(item, before);
    else if (waiting?.item.event.id === event.id) waiting.item = item;
    else if (event.state === 'inactive') this.#end(item);
    else this.#begin(item);
  }

  /** Nothing happens any more; what is held stays in the memory. */
  stop(): void {
    for (const { cancel } of [...this.#memory.held.values(), ...this.#memory.storms.values()]) cancel();
  }

  #begin(item: Item<T>): void {
    const { event } = item;
    const { misses, isOpen, minDurationMs } = this.#rules;
    const missed = misses(event);
    if (missed !== undefined) this.#decide(item, missed);
    else if (event.state === 'pulse' && this.#isMasked(event)) this.#decide(item, 'state');
    else if (!this.#memory.armed) this.#decide(item, 'armed');
    else if (!isOpen(timeOf(event))) this.#decide(item, 'schedule');
    else if (event.state === 'active' && minDurationMs > 0) this.#hold(item);
    else this.#limit(item);
  }

  #hold(item: Item<T>): void {
    const key = episodeOf(item.event);
    const { held, episodes } = this.#memory;
    if (held.has(key)) this.#decide(item, 'duration');
    else if (episodes.get(key)?.lasted === true) this.#limit(item);
    else {
      const due = this.#options.clock.ticks() + this.#rules.minDurationMs;
      const fresh: Held<T> = { item, due, cancel: () => undefined };
      held.set(key, fresh);
      this.#await(fresh, () => this.#release(key));
      const [oldest] = held.keys();
      if (oldest !== undefined && held.size > this.#options.limits.filterHeld) this.#release(oldest);
    }
  }

  /** It has gone on for long enough. */
  #release(key: string): void {
    const { held, episodes } = this.#memory;
    const released = held.get(key);
    if (released === undefined) return;
    released.cancel();
    held.delete(key);
    episodes.set(key, { passed: episodes.get(key)?.passed ?? false, lasted: true });
    this.#limit(released.item);
  }

  #limit(item: Item<T>): void {
    const { event } = item;
    const { keyOf } = this.#rules;
    const key = keyOf(event);
    const at = timeOf(event);
    if (this.#isCooling(key, at, event.id)) {
      this.#addToStorm(key, item);
      this.#decide(item, 'cooldown');
    } else if (!this.#isEnough(key, at)) this.#decide(item, 'count');
    else {
      const before = this.#memory.sent.get(key)?.at ?? at;
      this.#memory.sent.set(key, { at: Math.max(at, before), id: event.id });
      this.#decide(item, this.#isMasked(event) ? 'state' : 'passed');
    }
  }

  /** One that comes again after an outage may be older than the last one. */
  #isCooling(key: string, at: number, id: string): boolean {
    const sent = this.#memory.sent.get(key);
    return sent !== undefined && sent.id !== id && Math.abs(at - sent.at) < this.#rules.cooldownMs;
  }

  #isEnough(key: string, at: number): boolean {
    const { count, withinMs } = this.#rules;
    if (count <= 1) return true;
    const { recent } = this.#memory;
    const times = (recent.get(key) ?? []).filter((time) => Math.abs(at - time) < withinMs);
    if (times.length + 1 >= count) {
      recent.delete(key);
      return true;
    }
    recent.set(key, [...times, at]);
    return false;
  }

  #end(item: Item<T>): void {
    const { event } = item;
    const key = episodeOf(event);
    const { held, episodes } = this.#memory;
    const waiting = held.get(key);
    if (waiting !== undefined) {
      waiting.cancel();
      held.delete(key);
      this.#decide(waiting.item, 'duration');
    }
    const episode = episodes.get(key);
    episodes.delete(key);
    // An earlier run may have passed its start, and nobody remembers.
    const isOrphan = episode === undefined && event.redelivered === true && waiting === undefined;
    const passes = episode?.passed === true || (isOrphan && this.#rules.misses(event) === undefined);
    if (!passes) this.#decide(item, waiting === undefined ? 'start' : 'duration');
    else this.#decide(item, this.#isMasked(event) ? 'state' : 'passed');
  }

  #isMasked({ state }: AlarmEvent): boolean {
    const { states } = this.#rules;
    return states.size > 0 && !states.has(state);
  }

  #decide(item: Item<T>, decision: Reason | 'passed'): void {
    const { event } = item;
    const { decisions, episodes } = this.#memory;
    decisions.set(event.id, decision);
    if (event.state === 'active') {
      const key = episodeOf(event);
      const { passed = false, lasted = false } = episodes.get(key) ?? {};
      episodes.set(key, { passed: passed || decision === 'passed' || decision === 'state', lasted });
    }
    this.#give(item, decision);
  }

  #give({ message }: Item<T>, decision: Reason | 'passed'): void {
    if (decision === 'passed') {
      this.#passed++;
      this.#exits.pass(message);
    } else {
      this.#suppressed++;
      this.#exits.suppress(message, decision);
    }
  }

  #addToStorm(key: string, { event, attachments }: Item<T>): void {
    const { storms, sent } = this.#memory;
    const { clock, limits } = this.#options;
    const { summary, cooldownMs } = this.#rules;
    if (!summary || (!storms.has(key) && storms.size >= limits.filterStorms)) return;
    // Flows change what they are given. The document is large, and a summary has none of its own.
    const last = structuredClone({ ...event, document: {} });
    const storm = storms.get(key);
    if (storm !== undefined) {
      storm.count++;
      storm.to = event.receivedAt;
      storm.event = last;
      if (attachments.length > 0) storm.attachments = attachments;
      return;
    }
    const left = cooldownMs - (clock.now() - (sent.get(key)?.at ?? 0));
    const due = clock.ticks() + Math.min(cooldownMs, Math.max(0, left));
    const { receivedAt } = event;
    const fresh: Storm = {
      count: 1,
      from: receivedAt,
      to: receivedAt,
      event: last,
      attachments,
      due,
      cancel: () => undefined,
    };
    storms.set(key, fresh);
    this.#await(fresh, () => this.#summarise(key));
  }

  /** It counts as sent: of a storm that goes on there is one message in each cool-down. */
  #summarise(key: string): void {
    const { storms, sent, armed } = this.#memory;
    const storm = storms.get(key);
    storms.delete(key);
    if (storm === undefined || !this.#rules.summary || !armed || !this.isOpen) return;
    const { clock, newId, language } = this.#options;
    const event = stormEvent(storm, newId(), clock.now(), language);
    sent.set(key, { at: clock.now(), id: event.id });
    this.#exits.summarise(event, storm.attachments);
  }

  #await(waiting: { readonly due: number; cancel: () => void }, action: () => void): void {
    const { clock, onError } = this.#options;
    waiting.cancel = clock.after(Math.max(1, waiting.due - clock.ticks()), () => {
      try {
        action();
      } catch (error) {
        onError(error);
      }
    });
  }
}

const timeOf = ({ receivedAt }: AlarmEvent) => Date.parse(receivedAt);

/** What joins a start with its end: their own mark, else where they happened. */
const episodeOf = (event: AlarmEvent) => event.correlationId ?? placeOf(event);
