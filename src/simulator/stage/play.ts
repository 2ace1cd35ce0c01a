import type { AlarmKind } from '../../event.js';
import type { PushTarget } from '../http-push.js';

/** Who can be played: the makers whose wire the simulator speaks. */
export type PlayedVendor = 'isapi' | 'vstarcam' | 'raysharp';

/** What is to happen in front of a simulated device. */
export interface Play {
  readonly vendor: PlayedVendor;
  readonly kind: AlarmKind;
  /** Whether its picture comes with it, where the device takes one. */
  readonly picture: boolean;
  /** What the place is called, where the device says that; `Simulated camera` when empty. */
  readonly name: string;
}

/** `start` is all there is of an alarm that has no end. */
export type Act = 'start' | 'end';

/** A simulated device that can be told what happens in front of it. */
export interface Player {
  /** What it can be played, and whether that goes on until its end. */
  readonly kinds: ReadonlyMap<AlarmKind, boolean>;
  /** The whole request for one of these kinds, byte by byte; no two are alike. */
  request(target: PushTarget, play: Play, act: Act): Buffer;
  /** The same as a datagram, where the device sends those; without its picture. */
  datagram?(play: Play, act: Act): Buffer;
}

const NAME = 'Simulated camera';
/** Longer names fit in no form of a device. */
const LONGEST_NAME = 64;

/** What a simulated device calls the place: without control characters, which XML does not know. */
export function nameOf({ name }: Pick<Play, 'name'>): string {
  const plain = name.replace(/\p{Cc}+/gu, ' ').trim();
  return plain.slice(0, LONGEST_NAME) || NAME;
}
