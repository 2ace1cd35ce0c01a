import type { Clock } from '../clock.js';
import { reasonOf } from '../errors.js';
import type { Device } from '../event.js';
import type { Limits } from '../limits.js';
import type { Patience } from '../notification.js';
import { Silence } from './silence.js';

/** Who is told when a device is heard of for the first time, falls silent, and is back. */
export type PresenceTeller = (device: Device, event: 'online' | 'stale' | 'offline', reason?: string) => void;

/** Why a device is told that nobody has set up here. */
export const NEW_DEVICE = 'new: heard of for the first time';

interface Known {
  device: Device;
  /** Absent while it has given no sign of life: what only sends alarms may be silent for months. */
  silence?: Silence;
  /** Milliseconds between its signs of life, where somebody has set them; else they are learned. */
  interval?: number;
  /** Undefined for one that was never heard of. */
  state: 'online' | 'stale' | 'offline' | undefined;
  /** Milliseconds since 1970; absent for one that was never heard of. */
  heardAt?: number;
  cancel: () => void;
}

/**
 * Which devices are there. One that gives signs of life at its own pace is watched: when they stay away it is
 * offline. A sign of life may name no device, as the recorder's keep-alive: it counts for whoever sent from its address.
 */
export class Presence {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #patience: Patience | undefined;
  readonly #tell: PresenceTeller;
  /** By id, in the order in which they were last heard of. */
  readonly #known = new Map<string, Known>();

  constructor(limits: Limits, clock: Clock, patience: Patience | undefined, tell: PresenceTeller) {
    this.#limits = limits;
    this.#clock = clock;
    this.#patience = patience;
    this.#tell = tell;
  }

  /** A device is waited for, with so many milliseconds between its signs of life. */
  expect(device: Device, interval: number): void {
    const known = this.#known.get(device.id) ?? this.#add(device);
    known.interval = interval;
    this.#watch(known);
  }

  /** A device sent something. */
  heard(device: Device): void {
    this.#note(this.#known.get(device.id) ?? this.#add(device), device);
  }

  /** A device gave a sign of life. */
  beat(device: Device): void {
    const isNameless = device.id === device.address;
    if (!isNameless || this.#at(device.id).length === 0) this.heard(device);
    const own = this.#known.get(device.id);
    for (const known of isNameless ? this.#at(device.id) : own === undefined ? [] : [own]) {
      const { keepAliveLeastMs, keepAliveMostMs } = this.#limits;
      known.silence ??= new Silence({ silenceLeastMs: keepAliveLeastMs, silenceMostMs: keepAliveMostMs });
      known.silence.beat(this.#clock.ticks());
      this.#note(known, known.device);
    }
  }

  /** Who sends from this address, where only one device ever said its name there. */
  namedAt(address: string): Device | undefined {
    const named = this.#at(address).filter(({ device }) => device.id !== address);
    return named.length === 1 ? named[0]?.device : undefined;
  }

  /** A device known by this id is no affair of ours any more. */
  forget(id: string): void {
    this.#known.get(id)?.cancel();
    this.#known.delete(id);
  }

  /** Nobody is watched any more. */
  stop(): void {
    for (const { cancel } of this.#known.values()) cancel();
  }

  #add(device: Device): Known {
    const [oldest] = this.#known.values();
    if (oldest !== undefined && this.#known.size >= this.#limits.knownDevices) this.forget(oldest.device.id);
    const known: Known = { device, state: undefined, cancel: () => undefined };
    // Known by its address alone so far: it is this one.
    const before = device.mac === undefined ? undefined : this.#known.get(device.address ?? '');
    if (before !== undefined) {
      this.forget(before.device.id);
      known.state = before.state;
      if (before.silence !== undefined) known.silence = before.silence;
    }
    this.#known.set(device.id, known);
    return known;
  }

  #note(known: Known, device: Device): void {
    known.device = device;
    known.heardAt = this.#clock.now();
    this.#known.delete(device.id);
    this.#known.set(device.id, known);
    this.#watch(known);
    if (known.state === 'online') return;
    const isNew = known.state === undefined && known.interval === undefined && this.#patience !== undefined;
    known.state = 'online';
    this.#tell(device, 'online', isNew ? NEW_DEVICE : undefined);
  }

  /** Waits until there is a doubt, and then until there is none. */
  #watch(known: Known): void {
    known.cancel();
    const { stale, offline } = this.#patience ?? {};
    const gone = this.#limitOf(known, offline);
    if (gone === undefined) return;
    const doubt = this.#limitOf(known, stale) ?? gone;
    known.cancel = this.#clock.after(doubt, () => {
      if (doubt >= gone) this.#lose(known);
      else {
        this.#doubt(known);
        known.cancel = this.#clock.after(gone - doubt, () => this.#lose(known));
      }
    });
  }

  /** @returns milliseconds; undefined for one that need not give signs of life */
  #limitOf({ interval, silence }: Known, beats: number | undefined): number | undefined {
    if (beats === undefined) return undefined;
    return interval === undefined ? silence?.limitFor(beats) : interval * beats;
  }

  #doubt(known: Known): void {
    // One that was never heard of is not there until it is.
    if (known.state === undefined) return;
    known.state = 'stale';
    this.#tell(known.device, 'stale', this.#missing(known));
  }

  #lose(known: Known): void {
    known.state = 'offline';
    known.silence?.doubt();
    this.#tell(known.device, 'offline', this.#missing(known));
  }

  #missing({ heardAt }: Known): string {
    const last = heardAt === undefined ? 'never heard' : `last heard ${new Date(heardAt).toISOString()}`;
    return `${reasonOf('KEEPALIVE_MISSING')} (${last})`;
  }

  #at(address: string | undefined): Known[] {
    return [...this.#known.values()].filter(({ device }) => device.address === address);
  }
}
