import type { AlarmKind, AlarmState } from '../event.js';
import type { DeviceSign } from '../notification.js';
import { enUS } from './en-US.js';
import { fr } from './fr.js';
import { pl } from './pl.js';
import { zhCN } from './zh-CN.js';

/** What it takes to tell people about an event in one language. */
export interface Words {
  readonly kinds: Readonly<Record<AlarmKind, string>>;
  readonly states: Readonly<Record<AlarmState, string>>;
  readonly channel: string;
  readonly target: string;
  readonly region: string;
  readonly truncated: string;
  readonly plate: string;
  readonly person: string;
  readonly outcomes: Readonly<Record<'granted' | 'denied', string>>;
  readonly zone: string;
  readonly input: string;
  readonly temperature: string;
  readonly counted: string;
  readonly history: string;
  readonly lasted: string;
  readonly seconds: string;
  /** How many alarms were held back: with `{count}` and `{minutes}`. */
  readonly more: string;
  /** What is known of `{device}`. */
  readonly signs: Readonly<Record<DeviceSign['event'], string>>;
  /** `{what}` has been so from `{time}` on. */
  readonly since: string;
  /** `{what}` happened at `{time}`. */
  readonly at: string;
  readonly picture: string;
  /** In front of the names of pictures and films that are missing from a message. */
  readonly leftOut: string;
  /** The vendor's words for targets, lower case. */
  readonly targets: ReadonlyMap<string, string>;
}

/** The languages of the source documents. */
export const WORDS: Readonly<Record<string, Words>> = { 'en-US': enUS, 'zh-CN': zhCN, pl, fr };
