import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** A file that is written from its beginning on. */
export interface GrowingFile {
  /** Writes all of it behind what was appended before. */
  append(pieces: readonly Uint8Array[]): Promise<void>;
  /** Resolves when what was written outlives a power cut. */
  sync(): Promise<void>;
  /** Cuts off what is behind so many bytes. */
  shorten(bytes: number): Promise<void>;
  close(): Promise<void>;
}

/** A folder of files, as a spool needs it: a parameter, so that tests can pull the plug. */
export interface Disk {
  /** Makes the folder where there is none. @returns names of all files in it */
  list(): Promise<string[]>;
  /** A new file, whose name outlives a power cut. */
  create(name: string): Promise<GrowingFile>;
  /**
   * The same with the space of a file that nobody needs any more, which is gone then. What that one holds stays there
   * until it is written over: no disk has to look for space, nor to note where it is, which takes half of its time.
   */
  reuse(old: string, name: string): Promise<GrowingFile>;
  read(name: string): Promise<Buffer>;
  /** Some bytes of a file. */
  readAt(name: string, offset: number, length: number): Promise<Buffer>;
  /** Afterwards there is none of that name. */
  remove(name: string): Promise<void>;
}

/** Alarms and pictures are for the owner of Node-RED alone. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** A folder of this machine. */
export function folderDisk(folder: string): Disk {
  const at = (name: string) => path.join(folder, name);
  const make = () => mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  /** A file whose name is new. */
  const named = async (name: string, handle: FileHandle) => {
    try {
      await syncFolder(folder);
    } catch (error) {
      await handle.close();
      await rm(at(name), { force: true });
      throw error;
    }
    return growingFile(handle);
  };
  return {
    list: async () => {
      await make();
      return readdir(folder);
    },
    create: async (name) => {
      // Somebody may have cleared it away.
      await make();
      return named(name, await open(at(name), 'wx', FILE_MODE));
    },
    reuse: async (old, name) => {
      const handle = await open(at(old), 'r+');
      try {
        await rename(at(old), at(name));
      } catch (error) {
        await handle.close();
        throw error;
      }
      return named(name, handle);
    },
    read: (name) => readFile(at(name)),
    readAt: async (name, offset, length) => {
      const handle = await open(at(name), 'r');
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
    remove: (name) => rm(at(name), { force: true }),
  };
}

function growingFile(handle: FileHandle): GrowingFile {
  let end = 0;
  return {
    append: async (pieces) => {
      const whole = pieces.reduce((sum, { length }) => sum + length, 0);
      let { bytesWritten } = await handle.writev(pieces as NodeJS.ArrayBufferView[], end);
      if (bytesWritten < whole) {
        // A disk that is almost full takes a part of it.
        const all = Buffer.concat(pieces);
        while (bytesWritten < whole) {
          const rest = all.subarray(bytesWritten);
          bytesWritten += (await handle.write(rest, 0, rest.length, end + bytesWritten)).bytesWritten;
        }
      }
      end += whole;
    },
    sync: () => handle.datasync(),
    shorten: async (bytes) => {
      await handle.truncate(bytes);
      end = bytes;
    },
    close: () => handle.close(),
  };
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
    if (!/^(?:EINVAL|ENOTSUP)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}
