import type { AlarmEvent } from '../../event.js';
import type { FilterRules } from './alarm-filter.js';
import { conditions, listed, type Wanted } from './conditions.js';
import { readSchedule } from './schedule.js';

/** Settings of a filter, as people choose them. */
export interface FilterSettings extends Wanted {
  readonly states: string;
  /** Seconds. */
  readonly cooldown: number;
  /** Parts with `+` between them, of {@link PARTS}; `all` for one cool-down for everything. */
  readonly cooldownPer: string;
  /** JSON, see `readSchedule`. */
  readonly schedule: string;
  readonly zone: string;
  readonly count: number;
  /** Seconds. */
  readonly within: number;
  /** Seconds. */
  readonly minDuration: number;
  readonly summary: boolean;
}

/** What alarms can have in common. */
const PARTS: Readonly<Record<string, (event: AlarmEvent) => unknown>> = {
  device: ({ device }) => device.id,
  channel: ({ channel, channelRaw }) => channel ?? channelRaw ?? null,
  kind: ({ kind }) => kind,
  region: ({ regions }) => regions.map(({ id }) => id),
  target: ({ targets }) => targets,
};

/** @throws AlarmError `SCHEDULE_INVALID`, `ZONE_UNKNOWN` */
export function filterRules(settings: FilterSettings): FilterRules {
  const parts = listed(settings.cooldownPer.replaceAll('+', ',')).flatMap((name) => PARTS[name] ?? []);
  return {
    misses: conditions(settings),
    states: new Set(listed(settings.states)),
    isOpen: readSchedule(settings.schedule, settings.zone),
    cooldownMs: settings.cooldown * 1000,
    keyOf: (event) => JSON.stringify(parts.map((part) => part(event))),
    count: Math.ceil(settings.count),
    withinMs: settings.within * 1000,
    minDurationMs: settings.minDuration * 1000,
    summary: settings.summary,
  };
}
