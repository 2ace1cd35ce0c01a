import type { GrowingFile } from './disk.js';
import type { Kept } from './spool.js';

/** A file of the spool. */
export interface Segment {
  readonly name: string;
  readonly mark: Buffer;
  /** Bytes of it that hold whole records. */
  size: number;
  /** What it holds that is not settled. */
  readonly live: Set<Kept>;
  liveBytes: number;
  /** Absent when nothing is written to it any more. */
  file?: GrowingFile | undefined;
}

const NAME = /^(\d{10})-([\da-f]{16})\.alarms$/;

/** Its place in the order of segments; undefined for a file that is none. */
export function segmentNumber(name: string): number | undefined {
  const [, number] = NAME.exec(name) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** The mark of its records, which stands in its name: no damaged byte of the file can hide the others. */
export function segmentOf(name: string, file?: GrowingFile): Segment {
  const [, , mark = ''] = NAME.exec(name) ?? [];
  return { name, mark: Buffer.from(mark, 'hex'), size: 0, live: new Set(), liveBytes: 0, file };
}

/** The name of a new one. @param mark random bytes, which nobody who sends pictures can know */
export function segmentName(number: number, mark: Buffer): string {
  return `${String(number).padStart(10, '0')}-${mark.toString('hex')}.alarms`;
}
