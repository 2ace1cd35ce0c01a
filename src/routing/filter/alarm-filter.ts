import type { Clock } from '../../clock.js';
import type { AlarmEvent, Attachment } from '../../event.js';
import type { Limits } from '../../limits.js';
import type { Missed } from './conditions.js';
import { CoolDown } from './cool-down.js';
import { ends, episodeOf, OpenStarts } from './episode.js';
import { guardedClock } from './guarded-clock.js';
import type { Decision, FilterMemory, Held, Item, Reason, Storm } from './memory.js';
import type { Schedule } from './schedule.js';
import { Storms } from './storms.js';
import { stormEvent } from './summary.js';

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

/** What an end has of its start whatever device tells it: regions and targets are often left out at an end. */
const SHARED: ReadonlySet<Missed | undefined> = new Set(['kind', 'device', 'channel']);

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
  readonly #coolDown: CoolDown;
  readonly #storms: Storms;
  readonly #passedStarts: OpenStarts;
  readonly #heldBackStarts: OpenStarts;
  #passed = 0;
  #suppressed = 0;

  /** @param memory what the one before knew: goes on with it */
  constructor(rules: FilterRules, exits: FilterExits<T>, memory: FilterMemory<T>, options: FilterOptions) {
    this.#rules = rules;
    this.#exits = exits;
    this.#memory = memory;
    this.#options = { ...options, clock: guardedClock(options.clock, options.onError) };
    this.#coolDown = new CoolDown(memory.sent, rules.cooldownMs, options.limits.filterSent);
    this.#storms = new Storms(memory.storms, this.#coolDown, this.#options, (key, storm) =>
      this.#summarise(key, storm),
    );
    this.#passedStarts = new OpenStarts(memory.passed);
    this.#heldBackStarts = new OpenStarts(memory.heldBack);
    for (const [id, held] of memory.held) this.#await(id, held);
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
    const waiting = this.#memory.held.get(event.id);
    if (before !== undefined) this.#give(item, before);
    else if (waiting !== undefined) waiting.item = item;
    else if (event.state === 'inactive') this.#end(item);
    else this.#begin(item);
  }

  /** Nothing happens any more; what is held stays in the memory. */
  stop(): void {
    for (const { cancel } of this.#memory.held.values()) cancel();
    this.#storms.stop();
  }

  /** The same for good: what is held is held back. */
  end(): void {
    this.stop();
    for (const { item } of this.#memory.held.values()) this.#decide(item, 'duration');
    this.#memory.held.clear();
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
    else this.#limit(item, timeOf(event));
  }

  #hold(item: Item<T>): void {
    const { held } = this.#memory;
    const fresh: Held<T> = { item, since: this.#options.clock.ticks(), cancel: () => undefined };
    held.set(item.event.id, fresh);
    this.#await(item.event.id, fresh);
    const [oldest] = held.keys();
    if (oldest !== undefined && held.size > this.#options.limits.filterHeld) this.#release(oldest);
  }

  #await(id: string, held: Held<T>): void {
    const { clock } = this.#options;
    const left = held.since + this.#rules.minDurationMs - clock.ticks();
    held.cancel = clock.after(Math.max(1, left), () => this.#release(id));
  }

  /** It has gone on for long enough, or others need its place. */
  #release(id: string): void {
    const { held } = this.#memory;
    const released = held.get(id);
    if (released === undefined) return;
    const { item, since, cancel } = released;
    cancel();
    held.delete(id);
    this.#limit(item, timeOf(item.event) + this.#options.clock.ticks() - since);
  }

  /** @param at when it would go out: milliseconds since 1970 */
  #limit(item: Item<T>, at: number): void {
    const { event } = item;
    const key = this.#rules.keyOf(event);
    if (this.#coolDown.covers(key, at)) {
      if (this.#rules.summary) this.#storms.add(key, item, at);
      this.#decide(item, 'cooldown');
    } else if (!this.#isEnough(key, at)) this.#decide(item, 'count');
    else if (this.#isMasked(event)) this.#decide(item, 'state');
    else {
      this.#coolDown.note(key, at);
      this.#decide(item, 'passed');
    }
  }

  #isEnough(key: string, at: number): boolean {
    const { count, withinMs } = this.#rules;
    if (count <= 1) return true;
    const { recent } = this.#memory;
    // In the order in which they happened, which after an outage is not that in which they come.
    const times = [...(recent.get(key) ?? []), at].sort((one, other) => one - other);
    const isEnough = times.some((time, index) => (times[index + count - 1] ?? Infinity) - time < withinMs);
    if (isEnough) recent.delete(key);
    else recent.set(key, times.slice(-Math.max(count, this.#options.limits.filterSent)));
    return isEnough;
  }

  #end(item: Item<T>): void {
    const { event } = item;
    const episode = episodeOf(event);
    const wasShort = this.#endHeld(item);
    const wasPassed = this.#passedStarts.end(episode);
    const wasHeldBack = this.#heldBackStarts.end(episode);
    // An earlier run may have passed its start, and nobody remembers.
    const isOrphan = !wasHeldBack && event.redelivered === true;
    const passes = wasPassed || (isOrphan && !SHARED.has(this.#rules.misses(event)));
    if (!passes) this.#decide(item, wasShort ? 'duration' : 'start');
    else this.#decide(item, this.#isMasked(event) ? 'state' : 'passed');
  }

  /** Start and end may come at once, after an outage: how long it went on is told by when they came first. */
  #endHeld({ event }: Item<T>): boolean {
    const { held } = this.#memory;
    const { minDurationMs } = this.#rules;
    const episode = episodeOf(event);
    const ended = [...held].filter(([, { item }]) => ends(episode, episodeOf(item.event)));
    let wasShort = false;
    for (const [id, { item, cancel }] of ended) {
      cancel();
      held.delete(id);
      if (timeOf(event) - timeOf(item.event) >= minDurationMs)
        this.#limit(item, timeOf(item.event) + minDurationMs);
      else {
        wasShort = true;
        this.#decide(item, 'duration');
      }
    }
    return wasShort;
  }

  #isMasked({ state }: AlarmEvent): boolean {
    const { states } = this.#rules;
    return states.size > 0 && !states.has(state);
  }

  #decide(item: Item<T>, decision: Decision): void {
    const { event } = item;
    this.#memory.decisions.set(event.id, decision);
    if (event.state === 'active') {
      const goesOn = decision === 'passed' || decision === 'state';
      (goesOn ? this.#passedStarts : this.#heldBackStarts).add(episodeOf(event));
    }
    this.#give(item, decision);
  }

  #give({ message }: Item<T>, decision: Decision): void {
    if (decision === 'passed') {
      this.#passed++;
      this.#exits.pass(message);
    } else {
      this.#suppressed++;
      this.#exits.suppress(message, decision);
    }
  }

  /** It counts as sent: of a storm that goes on there is one message in each cool-down. */
  #summarise(key: string, storm: Storm): void {
    if (!this.#rules.summary || !this.armed || !this.isOpen) return;
    const { clock, newId, language } = this.#options;
    const event = stormEvent(storm, newId(), clock.now(), language);
    this.#coolDown.note(key, clock.now());
    this.#exits.summarise(event, storm.attachments);
  }
}

const timeOf = ({ receivedAt }: AlarmEvent) => Date.parse(receivedAt);
