import type { Limits } from '../limits.js';
import { dayHere, isDay } from './day.js';
import type { ArchiveDisk } from './disk.js';
import { readRecord } from './record.js';

/** How the JSON file of an entry is called. */
const RECORD = /^(\d\d-\d\d-\d\d .+)\.json$/su;

/** One round of removing. */
export interface Removal {
  readonly disk: ArchiveDisk;
  readonly limits: Pick<Limits, 'archiveRecordBytes' | 'archiveUnfinishedMs'>;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What is older is removed; Infinity for nothing. */
  readonly days: number;
  /** It ends here when this is aborted. */
  readonly signal: AbortSignal;
}

/**
 * Removes what is older than so many days, and what was left half-written: only files that a record of ours names, in
 * folders that are called like a day. A device whose clock is years off has its alarms in a folder long gone, or yet
 * to come; they stay as long as all others, by the day on which we kept them. Goes on behind what cannot be removed.
 * @throws the first thing that went wrong, when all else is done
 */
export async function removeOld({ disk, limits, now, days, signal }: Removal): Promise<void> {
  const problems: unknown[] = [];
  const trying = (work: Promise<void>) => work.catch((error: unknown) => void problems.push(error));

  const removeEntry = async (folder: string, name: string, first: string) => {
    const [, stem] = RECORD.exec(name) ?? [];
    if (stem === undefined) return;
    const record = readRecord(await disk.read(`${folder}/${name}`, limits.archiveRecordBytes));
    if (record === undefined || dayHere(Date.parse(record.keptAt)) >= first) return;
    for (const { file } of record.pictures) {
      if (file.startsWith(`${stem} `) && !/[\0/\\]/.test(file)) await disk.remove(`${folder}/${file}`);
    }
    // The last of them: without it nobody would know that the others are ours.
    await disk.remove(`${folder}/${name}`);
  };

  const removeFrom = async (day: string, first: string) => {
    for await (const place of disk.folders(day)) {
      const folder = `${day}/${place}`;
      for await (const name of disk.files(folder)) {
        if (signal.aborted) return;
        await trying(removeEntry(folder, name, first));
      }
      await trying(disk.removeFolder(folder));
    }
    await trying(disk.removeFolder(day));
  };

  await trying(disk.clear(now - limits.archiveUnfinishedMs));
  if (days !== Number.POSITIVE_INFINITY) {
    const [first, last] = [dayHere(now, -days), dayHere(now, 1)];
    const removeAll = async () => {
      for await (const day of disk.folders('')) {
        if (signal.aborted) return;
        if (isDay(day) && (day < first || day > last)) await trying(removeFrom(day, first));
      }
    };
    await trying(removeAll());
  }
  if (problems.length > 0) throw problems[0];
}
