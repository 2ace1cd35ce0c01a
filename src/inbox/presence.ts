import type { Clock } from '../clock.js';
import { AlarmError } from '../errors.js';
import type { Device } from '../event.js';
import type { Limits } from '../limits.js';
import { Silence } from './silence.js';

/** How many signs of life long a silence is. */
const BEATS = 1.5;

/** Who is told when a device is heard of for the first time, falls silent, and is back. */
export type PresenceTeller = (device: Device, event: 'online' | 'offline', reason?: AlarmError) => void;

interface Known {
  device: Device;
  /** Absent while it has given no sign of life: what only sends alarms may be silent for months. */
  silence?: Silence;
  offline: boolean;
  /** Milliseconds since 1970. */
  heardAt: number;
  cancel: () => void;
}

/**
 * Which devices are there. One that gives signs of life at its own pace is watched: when they stay away it is
 * offline. A sign of life may name no device, as the recorder's keep-alive: it counts for whoever sent from its address.
 */
export class Presence {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #tell: PresenceTeller;
  /** By id, in the order in which they were last heard of. */
  readonly #known = new Map<string, Known>();

  constructor(limits: Limits, clock: Clock, tell: PresenceTeller) {
    this.#limits = limits;
    this.#clock = clock;
    this.#tell = tell;
  }

  /** A device sent something. */
  heard(device: Device): void {
    const known = this.#known.get(device.id);
    if (known === undefined) this.#add(device);
    else this.#note(known, device);
  }

  /** A device gave a sign of life. */
  beat(device: Device): void {
    const named = device.mac !== undefined || this.#known.has(device.id) ? [] : this.#at(device.address);
    if (named.length === 0) this.heard(device);
    const own = this.#known.get(device.id);
    for (const known of named.length > 0 ? named : own === undefined ? [] : [own]) {
      known.silence ??= this.#newSilence();
      known.silence.beat(this.#clock.ticks());
      this.#note(known, known.device);
    }
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

  #newSilence(): Silence {
    const { keepAliveLeastMs, keepAliveMostMs } = this.#limits;
    return new Silence({ silenceLeastMs: keepAliveLeastMs, silenceMostMs: keepAliveMostMs }, BEATS);
  }

  #add(device: Device): void {
    const [oldest] = this.#known.values();
    if (oldest !== undefined && this.#known.size >= this.#limits.knownDevices) this.forget(oldest.device.id);
    const known: Known = { device, offline: false, heardAt: 0, cancel: () => undefined };
    // Known by its address alone so far: it is this one.
    const before = device.mac === undefined ? undefined : this.#known.get(device.address ?? '');
    if (before !== undefined) {
      this.forget(before.device.id);
      if (before.silence !== undefined) known.silence = before.silence;
    }
    this.#note(known, device);
    if (before === undefined || before.offline) this.#tell(device, 'online');
  }

  #note(known: Known, device: Device): void {
    known.device = device;
    known.heardAt = this.#clock.now();
    this.#known.delete(device.id);
    this.#known.set(device.id, known);
    known.cancel();
    if (known.silence !== undefined)
      known.cancel = this.#clock.after(known.silence.limitMs, () => this.#lose(known));
    if (!known.offline) return;
    known.offline = false;
    this.#tell(device, 'online');
  }

  #lose(known: Known): void {
    known.offline = true;
    known.silence?.doubt();
    const last = new Date(known.heardAt).toISOString();
    this.#tell(known.device, 'offline', new AlarmError('KEEPALIVE_MISSING', `last heard ${last}`));
  }

  #at(address: string | undefined): Known[] {
    return [...this.#known.values()].filter(({ device }) => device.address === address);
  }
}
