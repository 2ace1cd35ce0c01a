import type { AlarmEvent, Attachment } from '../../event.js';
import type { Limits } from '../../limits.js';
import type { Missed } from './conditions.js';
import { Remembered } from './remembered.js';

/** Why an alarm is held back. */
export type Reason = Missed | 'state' | 'armed' | 'schedule' | 'cooldown' | 'count' | 'duration' | 'start';

/** An alarm with the message it came in, which the filter does not look at. */
export interface Item<T> {
  readonly event: AlarmEvent;
  readonly attachments: readonly Attachment[];
  readonly message: T;
}

/** The last alarm that was sent. */
export interface Sent {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly id: string;
}

/** An alarm that goes on. */
export interface Episode {
  /** At least one start of it was passed. */
  readonly passed: boolean;
  /** It went on for as long as it has to. */
  readonly lasted: boolean;
}

/** A start that is not decided yet. */
export interface Held<T> {
  item: Item<T>;
  /** Milliseconds by `Clock.ticks`. */
  readonly due: number;
  cancel: () => void;
}

/** What a cool-down has held back. */
export interface Storm {
  count: number;
  readonly from: string;
  to: string;
  /** The last one, without its document. */
  event: AlarmEvent;
  /** Of the last one that had pictures. */
  attachments: readonly Attachment[];
  /** Milliseconds by `Clock.ticks`. */
  readonly due: number;
  cancel: () => void;
}

/** What a restart of Node-RED leaves of it: plain JSON. */
export interface KeptMemory {
  readonly armed: boolean;
  readonly sent: readonly (readonly [string, Sent])[];
  readonly episodes: readonly (readonly [string, Episode])[];
}

/** What a filter knows of what it did, for itself and for the one that comes in its place. */
export class FilterMemory<T> {
  armed: boolean;
  /** By the key of the cool-down. */
  readonly sent: Remembered<Sent>;
  readonly episodes: Remembered<Episode>;
  /** By the id of the event; nothing for one that was passed. */
  readonly decisions: Remembered<Reason | 'passed'>;
  /** When alarms came that were not enough yet, by the key of the cool-down. Milliseconds since 1970. */
  readonly recent: Remembered<readonly number[]>;
  /** By episode, oldest first. */
  readonly held = new Map<string, Held<T>>();
  /** By the key of the cool-down. */
  readonly storms = new Map<string, Storm>();

  /** @param kept of an earlier run; whatever is no such thing is left out */
  constructor(limits: Limits, armed: boolean, kept?: unknown) {
    const most = limits.filterMemory;
    const { armed: was, sent, episodes } = readKept(kept);
    this.armed = was ?? armed;
    this.sent = new Remembered(most, sent);
    this.episodes = new Remembered(most, episodes);
    this.decisions = new Remembered(most);
    this.recent = new Remembered(most);
  }

  toJSON(): KeptMemory {
    return { armed: this.armed, sent: this.sent.entries, episodes: this.episodes.entries };
  }
}

function readKept(kept: unknown): Partial<KeptMemory> {
  const { armed, sent, episodes } = (
    typeof kept === 'object' && kept !== null ? kept : {}
  ) as Partial<KeptMemory>;
  return {
    ...(typeof armed === 'boolean' && { armed }),
    sent: entriesOf(sent, ({ at, id }: Sent) => typeof at === 'number' && typeof id === 'string'),
    episodes: entriesOf(episodes, ({ passed }: Episode) => typeof passed === 'boolean'),
  };
}

function entriesOf<V extends object>(
  entries: unknown,
  isOne: (value: V) => boolean,
): (readonly [string, V])[] {
  if (!Array.isArray(entries)) return [];
  return entries.filter((entry: unknown): entry is readonly [string, V] => {
    const [key, value] = Array.isArray(entry) ? (entry as unknown[]) : [];
    return typeof key === 'string' && typeof value === 'object' && value !== null && isOne(value as V);
  });
}
