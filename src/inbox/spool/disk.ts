import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';

/** A file that only grows. */
export interface GrowingFile {
  /** Writes all of it at the end of the file. */
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
  return {
    list: async () => {
      await make();
      return readdir(folder);
    },
    create: async (name) => {
      // Somebody may have cleared it away.
      await make();
      const handle = await open(at(name), 'ax', FILE_MODE);
      try {
        await syncFolder(folder);
      } catch (error) {
        await handle.close();
        await rm(at(name), { force: true });
        throw error;
      }
      return growingFile(handle);
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
  return {
    append: async (pieces) => {
      const whole = pieces.reduce((sum, { length }) => sum + length, 0);
      let { bytesWritten } = await handle.writev(pieces as NodeJS.ArrayBufferView[]);
      if (bytesWritten >= whole) return;
      // A disk that is almost full takes a part of it.
      const rest = Buffer.concat(pieces);
      while (bytesWritten < whole) bytesWritten += (await handle.write(rest, bytesWritten)).bytesWritten;
    },
    sync: () => handle.datasync(),
    shorten: (bytes) => handle.truncate(bytes),
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
  } finally {
    await handle.close();
  }
}
