import type { NodeAPI } from 'node-red';
import { DEVICE_LIMITS, type DeviceLimits, LIMITS, type Limits } from '../../src/index.js';

/** The numbers that the nodes of this Node-RED work with. */
export interface OwnLimits {
  readonly limits: Limits;
  /** Of what we ask devices. */
  readonly deviceLimits: DeviceLimits;
}

/** What is read of Node-RED. */
export type LimitsSource = Pick<NodeAPI, 'settings' | 'log'>;

/** Where whoever runs Node-RED writes them: `cameraAlarms: { limits: { … }, deviceLimits: { … } }` in settings.js. */
const SETTING = 'cameraAlarms';
const GROUPS = ['limits', 'deviceLimits'];
/** A week: some waits are up to 3.5 times a limit, and a timer of more than 24 days would run at once. */
const MOST_MS = 604_800_000;
/** Twice as many, which some functions of the language are asked for, are still a number of 32 bits. */
const MOST = 2 ** 31 - 1;

/** By the setting they were read from, which is the same for all nodes: what is wrong in it is told once. */
const READ = new Map<unknown, OwnLimits>();

/**
 * The limits of src/limits.ts, with those that are set in Node-RED's settings.js in their place. What is wrong there is
 * left out and told in Node-RED's log. Never throws.
 */
export function limitsOf({ settings, log }: LimitsSource): OwnLimits {
  const set = (settings as { readonly [SETTING]?: unknown })[SETTING];
  const known = READ.get(set);
  if (known !== undefined) return known;
  const read = readLimits(set, (problem) => log.warn(`camera-alarms: ${problem}`));
  READ.set(set, read);
  return read;
}

/**
 * Reads what is set.
 * @param tell is given each mistake in plain words, by the name of the setting
 */
export function readLimits(set: unknown, tell: (problem: string) => void): OwnLimits {
  const groups = objectOf(set, SETTING, tell);
  for (const name of Object.keys(groups))
    if (!GROUPS.includes(name))
      tell(ignored(`${SETTING}.${name}`, `only ${GROUPS.join(' and ')} can be set there`));
  const { limits, deviceLimits } = groups;
  return {
    limits: readGroup<keyof Limits>(LIMITS, limits, `${SETTING}.limits`, tell),
    deviceLimits: readGroup<keyof DeviceLimits>(DEVICE_LIMITS, deviceLimits, `${SETTING}.deviceLimits`, tell),
  };
}

function readGroup<Name extends string>(
  usual: Readonly<Record<Name, number>>,
  set: unknown,
  place: string,
  tell: (problem: string) => void,
): Record<Name, number> {
  const read: Record<Name, number> = { ...usual };
  for (const [name, value] of Object.entries(objectOf(set, place, tell))) {
    if (!Object.hasOwn(usual, name)) tell(ignored(`${place}.${name}`, 'there is no limit of that name'));
    else if (isWithin(value, mostOf(name))) read[name as Name] = value;
    else {
      const wanted = `it has to be a whole number from 1 to ${mostOf(name)}`;
      tell(ignored(`${place}.${name}`, `${wanted}; it stays at ${usual[name as Name]}`));
    }
  }
  return read;
}

/** Nothing set is an empty object. */
function objectOf(
  value: unknown,
  place: string,
  tell: (problem: string) => void,
): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  tell(ignored(place, 'it has to be an object, in curly brackets'));
  return {};
}

const ignored = (place: string, why: string) => `${place} in settings.js is ignored: ${why}`;

/** Whole numbers alone: what counts cannot be halved, and Node.js wants whole milliseconds. */
const isWithin = (value: unknown, most: number): value is number =>
  Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= most;

function mostOf(name: string): number {
  if (name.endsWith('Bytes')) return Number.MAX_SAFE_INTEGER;
  return name.endsWith('Ms') ? MOST_MS : MOST;
}
