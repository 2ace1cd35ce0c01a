import { isSameSetting, PUSH_FIELDS, type PushConfig } from '../vendors/vstarcam/push-config.js';
import type { BackupStore, HostEntry } from './backup.js';

/** What a camera had before it was first told, and what it was told last. */
export interface PushMemory {
  readonly before: PushConfig;
  readonly told: PushConfig;
}

/** Cameras have one place alone. */
const SLOT = 'alarm-push';

/** Keeps that for one camera, beyond the life of this process. */
export class PushBackup {
  readonly #store: BackupStore;
  readonly #device: string;
  readonly #owner: string;

  constructor(store: BackupStore, device: string, owner: string) {
    this.#store = store;
    this.#device = device;
    this.#owner = owner;
  }

  /** Undefined when it was never told anything, or what is remembered cannot be read. */
  async load(): Promise<PushMemory | undefined> {
    const entry = (await this.#store.load(this.#device)).find(({ slot }) => slot === SLOT);
    if (entry === undefined) return undefined;
    try {
      const { before, told } = JSON.parse(Buffer.from(entry.list, 'base64').toString()) as PushMemory;
      return isConfig(before) && isConfig(told) ? { before, told } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Nothing for undefined. @param to where it was told to push: host, port and path */
  async save(memory: PushMemory | undefined, to: string, at: Date): Promise<void> {
    const entry = (kept: PushMemory): HostEntry => ({
      slot: SLOT,
      list: Buffer.from(JSON.stringify(kept)).toString('base64'),
      savedAt: at.toISOString(),
      owner: this.#owner,
      to,
    });
    await this.#store.save(this.#device, memory === undefined ? [] : [entry(memory)]);
  }
}

/** Before something is written: what we wrote ourselves is not what was there before. */
export function memoryFor(now: PushConfig, told: PushConfig, memory: PushMemory | undefined): PushMemory {
  if (memory === undefined) return { before: now, told };
  const before: Record<string, string | undefined> = {};
  for (const field of PUSH_FIELDS) {
    const isOurs = isSameSetting(field, now[field], memory.told[field]);
    before[field] = isOurs ? memory.before[field] : now[field];
  }
  return { before: before as unknown as PushConfig, told };
}

const isConfig = (value: unknown): value is PushConfig =>
  typeof value === 'object' && value !== null && 'heartbeatServer' in value;
