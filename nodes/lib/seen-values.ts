import { type Limits, RecentlySeen } from '../../src/index.js';

let seen: RecentlySeen | undefined;

/** What the alarms of all source nodes have named: dialogs offer it to choose from. */
export function seenValues({ seenPlaces }: Limits): RecentlySeen {
  seen ??= new RecentlySeen(seenPlaces);
  return seen;
}
