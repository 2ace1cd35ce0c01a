import type { FilterSettings } from '../../src/index.js';
import { type Raw, readNumber, readText } from './settings.js';

/** Properties of `alarm-filter` in a flow. */
export interface FilterConfig {
  readonly kinds?: Raw;
  readonly devices?: Raw;
  readonly channels?: Raw;
  readonly regions?: Raw;
  readonly targets?: Raw;
  readonly states?: Raw;
  readonly severity?: Raw;
  /** Seconds. */
  readonly cooldown?: Raw;
  readonly cooldownPer?: Raw;
  readonly schedule?: Raw;
  readonly zone?: Raw;
  /** Whether it is armed as it starts for the first time. */
  readonly armed?: Raw;
  readonly count?: Raw;
  readonly within?: Raw;
  readonly minDuration?: Raw;
  readonly summary?: Raw;
  /** `pass` or `refuse`: messages that are no alarm. */
  readonly others?: Raw;
}

const notNegative = (value: Raw, fallback: number) => Math.max(0, readNumber(value, fallback));

export function readFilter(config: FilterConfig): FilterSettings {
  return {
    kinds: readText(config.kinds),
    devices: readText(config.devices),
    channels: readText(config.channels),
    regions: readText(config.regions),
    targets: readText(config.targets),
    states: readText(config.states),
    severity: readText(config.severity),
    cooldown: notNegative(config.cooldown, 0),
    cooldownPer: readText(config.cooldownPer, 'device+channel+kind'),
    schedule: readText(config.schedule),
    zone: readText(config.zone),
    count: notNegative(config.count, 1),
    within: notNegative(config.within, 60),
    minDuration: notNegative(config.minDuration, 0),
    summary: readText(config.summary) === 'true',
  };
}

const ON: readonly unknown[] = [true, 'true', 'on', 1, '1'];
const OFF: readonly unknown[] = [false, 'false', 'off', 0, '0'];

/** What a message asks for: to arm, to disarm, or nothing of this kind. Never throws. */
export function readArmed(message: object): boolean | undefined {
  try {
    const { payload } = message as { readonly payload?: { readonly armed?: unknown } | null };
    const { armed } = typeof payload === 'object' && payload !== null ? payload : {};
    if (ON.includes(armed)) return true;
    return OFF.includes(armed) ? false : undefined;
  } catch {
    return undefined;
  }
}
