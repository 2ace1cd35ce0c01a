import type { Disk } from './disk.js';
import { type About, readAbout } from './kept-alarm.js';
import { HEAD_BYTES, KIND, readRecords, settledNumbers } from './record.js';
import { type Segment, segmentNumber, segmentOf } from './segment.js';
import type { Kept } from './spool.js';

/** What an earlier run left behind. */
export interface Recovered {
  /** Oldest first. */
  readonly segments: Segment[];
  /** What was not dealt with, in the order in which it came. */
  readonly unsettled: Kept[];
  /** All that still stands there, dealt with or not: a device may send it again. */
  readonly seen: About[];
  readonly lastSegment: number;
  readonly lastNumber: number;
  /** Segments the disk has lost: they stay, and none of their alarms is known. */
  readonly unreadable: readonly string[];
  /** Segments in which something before the last record can no longer be read. */
  readonly damaged: readonly string[];
}

type Found = Pick<Kept, 'number' | 'about' | 'segment' | 'offset' | 'bytes'>;

/** Reads all segments. @param adopt makes what was found one of the spool's own */
export async function recover(disk: Disk, adopt: (found: Found) => Kept): Promise<Recovered> {
  const names = (await disk.list()).filter((name) => segmentNumber(name) !== undefined).sort();
  const segments: Segment[] = [];
  const unreadable: string[] = [];
  const damaged = new Set<string>();
  const found = new Map<number, Found>();
  const settled = new Set<number>();
  const seen: About[] = [];
  for (const name of names) {
    const bytes = await disk.read(name).catch(ifLost);
    if (bytes === undefined) {
      unreadable.push(name);
      continue;
    }
    const segment = segmentOf(name);
    segments.push(segment);
    segment.size = bytes.length;
    let end = 0;
    for (const { kind, number, offset, body } of readRecords(bytes, segment.mark)) {
      // Each is written right behind the one before it. Behind the last one stands what a crash tore, or an older use.
      if (offset > end) damaged.add(name);
      end = offset + HEAD_BYTES + body.length;
      if (kind === KIND.settled) for (const each of settledNumbers(body)) settled.add(each);
      else {
        const about = aboutOf(body);
        if (about === undefined) continue;
        // One that was being moved stands twice.
        if (!found.has(number)) seen.push(about);
        found.set(number, { number, about, segment, offset, bytes: HEAD_BYTES + body.length });
      }
    }
  }
  const numbers = [...found.keys()].sort((a, b) => a - b);
  let lastNumber = numbers.at(-1) ?? 0;
  for (const number of settled) lastNumber = Math.max(lastNumber, number);
  const unsettled = numbers.flatMap((number) => {
    const each = found.get(number);
    return each === undefined || settled.has(number) ? [] : [adopt(each)];
  });
  return {
    segments,
    unsettled,
    seen,
    lastSegment: segmentNumber(names.at(-1) ?? '') ?? 0,
    lastNumber,
    unreadable,
    damaged: [...damaged],
  };
}

/** What the disk has lost costs no other segment; one that cannot be opened just now is tried again with all others. */
function ifLost(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'EIO') throw error;
}

/** Undefined for a record that this version cannot read. */
function aboutOf(body: Buffer): About | undefined {
  try {
    return readAbout(body);
  } catch {
    return undefined;
  }
}
