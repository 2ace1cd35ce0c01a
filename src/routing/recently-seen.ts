import type { AlarmEvent } from '../event.js';

/** Something that was seen, and how often. */
export interface SeenValue {
  readonly value: string;
  readonly label?: string;
  readonly count: number;
}

/** The same of one device. */
export interface SeenPlace extends SeenValue {
  readonly device: string;
}

/** What alarms have lately named, the most frequent first: for people who choose from it. */
export interface Seen {
  readonly kinds: readonly SeenValue[];
  readonly devices: readonly SeenValue[];
  readonly channels: readonly SeenPlace[];
  readonly regions: readonly SeenPlace[];
  readonly targets: readonly SeenValue[];
}

interface Entry {
  readonly list: keyof Seen;
  readonly device?: string;
  readonly value: string;
  label?: string | undefined;
  count: number;
}

/** Remembers what alarms name. */
export class RecentlySeen {
  readonly #most: number;
  /** The one that was not seen for longest comes first. */
  readonly #entries = new Map<string, Entry>();

  /** @param most values that are remembered, of all lists together */
  constructor(most: number) {
    this.#most = most;
  }

  note({ kind, device, channel, channelName, regions, targets }: AlarmEvent): void {
    this.#add('kinds', kind);
    this.#add('devices', device.id, device.name);
    if (channel !== undefined) this.#add('channels', String(channel), channelName, device.id);
    for (const { id, name } of regions) if (id !== '') this.#add('regions', id, name, device.id);
    for (const target of targets) this.#add('targets', target);
  }

  all(): Seen {
    const entries = [...this.#entries.values()].sort((one, other) => other.count - one.count);
    const values = (list: keyof Seen) =>
      entries
        .filter((entry) => entry.list === list)
        .map(({ value, label, count }) => ({ value, ...(label !== undefined && { label }), count }));
    const places = (list: keyof Seen) =>
      entries
        .filter((entry) => entry.list === list)
        .map(({ device = '', value, label, count }) => ({
          device,
          value,
          ...(label !== undefined && { label }),
          count,
        }));
    return {
      kinds: values('kinds'),
      devices: values('devices'),
      channels: places('channels'),
      regions: places('regions'),
      targets: values('targets'),
    };
  }

  #add(list: keyof Seen, value: string, label?: string, device?: string): void {
    const key = JSON.stringify([list, device, value]);
    const before = this.#entries.get(key);
    const entry: Entry = before ?? { list, value, label, count: 0, ...(device !== undefined && { device }) };
    entry.count++;
    entry.label = label ?? entry.label;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size > this.#most) this.#entries.delete(oldest);
  }
}
