/** What a process of slow peers is to do. */
export interface SlowPlan {
  readonly port: number;
  readonly count: number;
  /** Between two bytes of one that drips. */
  readonly dripMs: number;
}

/** How a peer is slow: says nothing, or drips its head or its body. */
export type SlowKind = 'idle' | 'head' | 'body';

const KINDS: readonly SlowKind[] = ['idle', 'head', 'body'];
/** 127.0.0.2 to 127.0.1.250: the first and the number of them. */
const FIRST = 2;
const PLACES = 505;

/** Where the peer of this number is. */
export const placeOf = (index: number) => FIRST + (index % PLACES);

export const addressAt = (place: number) => `127.0.${place >> 8}.${place & 255}`;

/** All peers of an address are slow in the same way. */
export const kindAt = (place: number): SlowKind => KINDS[place % KINDS.length] ?? 'idle';

/** How the peer at an address is slow; undefined for an address that is none of theirs. */
export function kindOf(address: string): SlowKind | undefined {
  const [, , third = 0, fourth = 0] = address.split('.').map(Number);
  const place = third * 256 + fourth;
  return place >= FIRST && place < FIRST + PLACES ? kindAt(place) : undefined;
}
