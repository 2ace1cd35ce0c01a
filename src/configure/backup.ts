/** One place of a device that we wrote to: what was there before, and what we made of it. */
export interface HostEntry {
  /** Id of the slot; empty for one that was not there before. */
  readonly slot: string;
  /** The whole list as the device gave it before, base64. */
  readonly list: string;
  /** ISO 8601, UTC. */
  readonly savedAt: string;
  /** Who had it written: a place that leads where this one wanted it stays its own when its settings change. */
  readonly owner: string;
  /** Where the slot leads since: host, port and path. */
  readonly to: string;
  /** Salt and hash of the login that was written: devices do not say which one they have. */
  readonly login?: string;
  /** The device stored it and shows it only after a restart. */
  readonly pending?: true;
}

/** Where that is kept, beyond the life of this process. */
export interface BackupStore {
  load(device: string): Promise<readonly HostEntry[]>;
  /** An empty list forgets the device. */
  save(device: string, entries: readonly HostEntry[]): Promise<void>;
}
