import type { AlarmEvent, Attachment } from '../../event.js';
import type { Limits } from '../../limits.js';
import type { Missed } from './conditions.js';
import { Remembered } from './remembered.js';

/** Why an alarm is held back. */
export type Reason = Missed | 'state' | 'armed' | 'schedule' | 'cooldown' | 'count' | 'duration' | 'start';

export type Decision = Reason | 'passed';

/** An alarm with the message it came in, which the filter does not look at. */
export interface Item<T> {
  readonly event: AlarmEvent;
  readonly attachments: readonly Attachment[];
  readonly message: T;
}

/** A start that is not decided yet. */
export interface Held<T> {
  item: Item<T>;
  /** Milliseconds by `Clock.ticks`. */
  readonly since: number;
  cancel: () => void;
}

/** What a cool-down has held back. */
export interface Storm {
  count: number;
  /** When the first and the last came: milliseconds since 1970. */
  from: number;
  to: number;
  /** The last one, without its document. */
  event: AlarmEvent;
  /** Of the last one that had pictures. */
  attachments: readonly Attachment[];
  cancel: () => void;
}

/** What a restart of Node-RED leaves of it: plain JSON. */
export interface KeptMemory {
  readonly armed: boolean;
  /** What the setting was. */
  readonly setting: boolean;
  readonly sent: readonly (readonly [string, readonly number[]])[];
  readonly passed: readonly (readonly [string, readonly string[]])[];
  readonly heldBack: readonly (readonly [string, readonly string[]])[];
  readonly decisions: readonly (readonly [string, Decision])[];
}

/** What a filter knows of what it did, for itself and for the one that comes in its place. */
export class FilterMemory<T> {
  armed: boolean;
  #setting: boolean;
  /** When alarms were sent, by the key of the cool-down. Milliseconds since 1970. */
  readonly sent: Remembered<readonly number[]>;
  /** Open regions of starts that were passed, and of those that were not, by episode. */
  readonly passed: Remembered<readonly string[]>;
  readonly heldBack: Remembered<readonly string[]>;
  /** By the id of the event. */
  readonly decisions: Remembered<Decision>;
  /** When alarms came that were not enough yet, by the key of the cool-down. Milliseconds since 1970. */
  readonly recent: Remembered<readonly number[]>;
  /** By the id of the event, oldest first. */
  readonly held = new Map<string, Held<T>>();
  /** By the key of the cool-down. */
  readonly storms = new Map<string, Storm>();

  /**
   * @param setting whether it is armed as long as nobody says otherwise
   * @param kept of an earlier run; whatever is no such thing is left out
   */
  constructor({ filterMemory: most }: Limits, setting: boolean, kept?: unknown) {
    const { armed, setting: was, sent, passed, heldBack, decisions } = fieldsOf(kept);
    this.armed = typeof armed === 'boolean' ? armed : setting;
    this.#setting = typeof was === 'boolean' ? was : setting;
    this.setArmed(setting);
    this.sent = new Remembered(most, entriesOf(sent, isListOf('number')));
    this.passed = new Remembered(most, entriesOf(passed, isListOf('string')));
    this.heldBack = new Remembered(most, entriesOf(heldBack, isListOf('string')));
    this.decisions = new Remembered(
      most,
      entriesOf(decisions, (value) => typeof value === 'string'),
    );
    this.recent = new Remembered(most);
  }

  /** A setting that somebody has changed counts more than what a message said before. */
  setArmed(setting: boolean): void {
    if (setting !== this.#setting) this.armed = setting;
    this.#setting = setting;
  }

  toJSON(): KeptMemory {
    return {
      armed: this.armed,
      setting: this.#setting,
      sent: this.sent.entries,
      passed: this.passed.entries,
      heldBack: this.heldBack.entries,
      decisions: this.decisions.entries,
    };
  }
}

function fieldsOf(kept: unknown): Partial<Record<keyof KeptMemory, unknown>> {
  return typeof kept === 'object' && kept !== null ? kept : {};
}

const isListOf = (type: string) => (value: unknown) =>
  Array.isArray(value) && value.every((each) => typeof each === type);

function entriesOf<V>(entries: unknown, isOne: (value: unknown) => boolean): (readonly [string, V])[] {
  if (!Array.isArray(entries)) return [];
  return entries.filter((entry: unknown): entry is readonly [string, V] => {
    const [key, value] = Array.isArray(entry) ? (entry as unknown[]) : [];
    return typeof key === 'string' && isOne(value);
  });
}
