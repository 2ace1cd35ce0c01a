import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BackupStore, Disarmed, HostEntry, LinkageMemory } from '../../src/index.js';

/** What is remembered of one device. */
interface Remembered {
  readonly entries?: readonly HostEntry[];
  readonly disarmed?: readonly Disarmed[];
}

/**
 * What devices had before we changed them, in a file each below the user directory of Node-RED: it must be there after
 * a restart, and it holds the secret of a listener at most, which that directory holds anyhow.
 */
export class DeviceMemory {
  readonly #folder: string;

  /** @param userDir of Node-RED, which has one but in tests */
  constructor(userDir: string | undefined) {
    this.#folder = path.join(userDir ?? tmpdir(), 'camera-alarms', 'devices');
  }

  readonly backups: BackupStore = {
    load: async (device) => (await this.#read(device)).entries ?? [],
    save: async (device, entries) => {
      const { disarmed = [] } = await this.#read(device);
      if (entries.length > 0 || disarmed.length > 0) await this.#write(device, { entries, disarmed });
      else await rm(this.#fileOf(device), { force: true });
    },
  };

  readonly linkage: LinkageMemory = {
    load: async (device) => (await this.#read(device)).disarmed ?? [],
    save: async (device, disarmed) => this.#write(device, { ...(await this.#read(device)), disarmed }),
  };

  /** A name from outside is no file name. */
  #fileOf(device: string): string {
    const name = createHash('sha256').update(device).digest('hex').slice(0, 32);
    return path.join(this.#folder, `${name}.json`);
  }

  async #read(device: string): Promise<Remembered> {
    try {
      return JSON.parse(await readFile(this.#fileOf(device), 'utf8')) as Remembered;
    } catch (error) {
      // Files are replaced as a whole: one that cannot be read was changed by somebody else, and is of no use.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return {};
      throw error;
    }
  }

  /** Whole or not at all: the power may fail in the middle. */
  async #write(device: string, remembered: Remembered): Promise<void> {
    const file = this.#fileOf(device);
    const fresh = `${file}.${randomUUID()}.new`;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeFile(fresh, JSON.stringify({ device, ...remembered }), { mode: 0o600, flush: true });
    await rename(fresh, file);
  }
}
