import type { AlarmEvent } from '../../event.js';
import { placeOf } from '../place.js';
import type { Remembered } from './remembered.js';

/** What joins a start with its end. */
export interface Episode {
  readonly key: string;
  /** Ids of the regions it names; none for any of its place. */
  readonly regions: readonly string[];
}

/** Stands for a start that names no region. */
const NO_REGION = '';

/** Their own mark joins start and end, else where they happened. */
export function episodeOf(event: AlarmEvent): Episode {
  const { correlationId, regions } = event;
  if (correlationId !== undefined) return { key: correlationId, regions: [] };
  return { key: placeOf(event), regions: regions.map(({ id }) => id).filter((id) => id !== NO_REGION) };
}

/** Whether an end is that of a start: recorders leave the region out at an end (isapi.md §4). */
export function ends(end: Episode, start: Episode): boolean {
  if (end.key !== start.key) return false;
  const any = end.regions.length === 0 || start.regions.length === 0;
  return any || end.regions.some((region) => start.regions.includes(region));
}

/** Starts that have had no end yet. */
export class OpenStarts {
  /** Open regions by the key of the episode. */
  readonly #open: Remembered<readonly string[]>;

  constructor(open: Remembered<readonly string[]>) {
    this.#open = open;
  }

  add({ key, regions }: Episode): void {
    const named = regions.length > 0 ? regions : [NO_REGION];
    this.#open.set(key, [...new Set([...(this.#open.get(key) ?? []), ...named])]);
  }

  /** Takes away what has ended. @returns whether there was any */
  end({ key, regions }: Episode): boolean {
    const open = this.#open.get(key);
    if (open === undefined) return false;
    const ended = (region: string) =>
      regions.length === 0 || region === NO_REGION || regions.includes(region);
    const rest = open.filter((region) => !ended(region));
    if (rest.length > 0) this.#open.set(key, rest);
    else this.#open.delete(key);
    return rest.length < open.length;
  }
}
