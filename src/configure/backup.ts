/** What a device had in the place that we wrote to. */
export interface HostBackup {
  /** Id of the slot. */
  readonly slot: string;
  /** The whole list as the device gave it, base64. */
  readonly list: string;
  /** ISO 8601, UTC. */
  readonly savedAt: string;
}

/** Where that is kept, beyond the life of this process. */
export interface BackupStore {
  /** @returns undefined when there is none */
  load(device: string): Promise<HostBackup | undefined>;
  save(device: string, backup: HostBackup): Promise<void>;
  remove(device: string): Promise<void>;
}
