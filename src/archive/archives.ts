import path from 'node:path';
import { SYSTEM_CLOCK } from '../clock.js';
import type { Limits } from '../limits.js';
import { Archive, type ArchiveUser } from './archive.js';
import { archiveDisk } from './disk.js';

/** An archive that is open, until it is left. */
export interface OpenArchive {
  readonly archive: Archive;
  /** Resolves when what was given to it is kept. */
  readonly leave: () => Promise<void>;
}

/** The archives of this process, by folder: users of the same folder share one. */
export class Archives {
  readonly #open = new Map<string, Archive>();

  /**
   * @param folder below `home` unless it is absolute
   * @param home is there; an absolute folder needs only the folder that it is in
   */
  open(folder: string, home: string, user: ArchiveUser, limits: Limits): OpenArchive {
    const root = path.resolve(home, folder);
    const base = path.isAbsolute(folder) ? path.dirname(root) : path.resolve(home);
    const archive = this.#open.get(root) ?? new Archive(archiveDisk(root, base), SYSTEM_CLOCK, limits);
    this.#open.set(root, archive);
    const leave = archive.add(user);
    return {
      archive,
      leave: () => {
        leave();
        if (archive.deserted) this.#open.delete(root);
        return archive.idle();
      },
    };
  }
}
