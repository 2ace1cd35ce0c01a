import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  access,
  link,
  lstat,
  mkdir,
  open,
  opendir,
  readFile,
  rename,
  rm,
  rmdir,
  unlink,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';

/** A folder of folders and files, as an archive needs it: a parameter, so that tests can fill it up. Steps are joined by `/`. */
export interface ArchiveDisk {
  /** Where a file is, for whoever opens it. */
  pathOf(file: string): string;
  /**
   * A new file with all of this in it, in folders that are made for it; nobody ever sees a part of it.
   * @returns false when something of that name is there, which stays as it is
   */
  write(file: string, content: Uint8Array): Promise<boolean>;
  /** Resolves when the names of new files in this folder outlive a power cut. */
  sync(folder: string): Promise<void>;
  /** Undefined when there is none, or it is larger than this. */
  read(file: string, mostBytes: number): Promise<Buffer | undefined>;
  /** Names of folders in a folder, which may be none: no links. */
  folders(folder: string): AsyncIterable<string>;
  /** Names of files in a folder, which may be none: no links. */
  files(folder: string): AsyncIterable<string>;
  /** Afterwards there is none of that name. */
  remove(file: string): Promise<void>;
  /** The same for a folder, unless something is in it. */
  removeFolder(folder: string): Promise<void>;
  /** Removes what was being written when the power failed. @param before milliseconds since 1970 */
  clear(before: number): Promise<void>;
}

/** Files are written here and get their names when they are whole. Hidden, on the same disk, and never a day. */
const UNFINISHED = '.writing';

/**
 * A folder of this machine. Folders and files get the rights that the system gives to new ones (umask): people share
 * their archive, and who does not want that sets the rights of the folder it is in.
 * @param base is there already, or the disk is not: a disk that is not mounted must not be replaced by a folder
 * @param addName gives a file a second name, and never that of another; some disks cannot do that
 */
export function archiveDisk(root: string, base: string, addName = link): ArchiveDisk {
  const at = (file: string) => path.join(root, ...file.split('/'));

  const named = async (unfinished: string, target: string): Promise<boolean> => {
    await mkdir(path.dirname(target), { recursive: true });
    try {
      await addName(unfinished, target);
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false;
      if (isCode(error, 'ENOENT')) throw error;
      // Memory cards and some network disks know no second name for a file.
      if (await isThere(target)) return false;
      await rename(unfinished, target);
    }
    return true;
  };

  return {
    pathOf: at,
    write: async (file, content) => {
      const target = at(file);
      await access(base);
      if (await isThere(target)) return false;
      await mkdir(at(UNFINISHED), { recursive: true });
      const unfinished = path.join(at(UNFINISHED), randomUUID());
      try {
        await writeFile(unfinished, content, { flag: 'wx', flush: true });
        return await named(unfinished, target).catch((error: unknown) => {
          // The folder was empty, and somebody tidied it away.
          if (isCode(error, 'ENOENT')) return named(unfinished, target);
          throw error;
        });
      } finally {
        await rm(unfinished, { force: true });
      }
    },
    sync: async (folder) => {
      const steps = folder.split('/');
      for (let count = steps.length; count >= 0; count--)
        await syncFolder(at(steps.slice(0, count).join('/')));
    },
    read: async (file, mostBytes) => {
      try {
        const about = await lstat(at(file));
        return about.isFile() && about.size <= mostBytes ? await readFile(at(file)) : undefined;
      } catch (error) {
        if (isCode(error, 'ENOENT')) return undefined;
        throw error;
      }
    },
    folders: (folder) => namesIn(at(folder), 'isDirectory'),
    files: (folder) => namesIn(at(folder), 'isFile'),
    remove: (file) => unlink(at(file)).catch(unlessCode('ENOENT')),
    // Some systems say that a folder is in the way where others say that it is not empty.
    removeFolder: (folder) => rmdir(at(folder)).catch(unlessCode('ENOENT', 'ENOTEMPTY', 'EEXIST')),
    clear: async (before) => {
      for await (const name of namesIn(at(UNFINISHED), 'isFile')) {
        const file = path.join(at(UNFINISHED), name);
        if ((await lstat(file)).mtimeMs < before) await rm(file, { force: true });
      }
    },
  };
}

async function* namesIn(folder: string, kind: 'isDirectory' | 'isFile'): AsyncIterable<string> {
  try {
    for await (const entry of await opendir(folder)) if (entry[kind]()) yield entry.name;
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** The name of a new file is in its folder, which has to reach the disk too. */
async function syncFolder(folder: string): Promise<void> {
  // A folder cannot be opened so on Windows, which writes names at once.
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems know no such thing, and write names at once.
    unlessCode('EINVAL', 'ENOTSUP')(error);
  } finally {
    await handle.close();
  }
}

const isCode = (error: unknown, ...codes: readonly string[]) =>
  codes.includes((error as NodeJS.ErrnoException | null)?.code ?? '');

const unlessCode =
  (...codes: readonly string[]) =>
  (error: unknown): void => {
    if (!isCode(error, ...codes)) throw error;
  };
