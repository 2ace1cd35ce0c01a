import type { AlarmEvent } from '../event.js';
import type { Entry } from './entry.js';

/** A picture in the record, by the name of its file beside it. */
export interface RecordedPicture {
  readonly file: string;
  readonly bytes: number;
  readonly contentType?: string;
  readonly role?: string;
  readonly cid?: string;
}

/** The JSON file beside the pictures of an alarm. What has none was not put there by us, and is never removed. */
export interface ArchiveRecord {
  /** Version of this form. */
  readonly cameraAlarmsArchive: 1;
  /** ISO 8601 by our clock: the clock of a device may be years off. */
  readonly keptAt: string;
  readonly pictures: readonly RecordedPicture[];
  /** The alarm without the maker's document. */
  readonly event?: Omit<AlarmEvent, 'document'>;
}

/** @param stem how its files begin @param now milliseconds since 1970 */
export function recordOf({ event, pictures }: Entry, stem: string, now: number): ArchiveRecord {
  const { document: _, ...rest } = event ?? {};
  return {
    cameraAlarmsArchive: 1,
    keptAt: new Date(now).toISOString(),
    pictures: pictures.map(({ name, content, ...about }) => ({
      file: `${stem} ${name}`,
      bytes: content.length,
      ...about,
    })),
    ...(event !== undefined && { event: rest as Omit<AlarmEvent, 'document'> }),
  };
}

/**
 * The bytes of its file.
 * @param mostBytes beyond which it is written without the event: flows may have put anything into that
 */
export function writeRecord(record: ArchiveRecord, mostBytes: number): Buffer {
  const whole = Buffer.from(jsonOf(record) ?? '');
  if (whole.length > 0 && whole.length <= mostBytes) return whole;
  const { event, ...rest } = record;
  return Buffer.from(jsonOf({ ...rest, ...(event !== undefined && { event: { id: event.id } }) }) ?? '');
}

/** Undefined for what no JSON can tell, such as an object within itself. */
function jsonOf(value: object): string | undefined {
  try {
    return `${JSON.stringify(value, withoutBytes, 2)}\n`;
  } catch {
    return undefined;
  }
}

/** Buffers tell themselves as lists of numbers before they can be left out, so they are looked at where they stand. */
function withoutBytes(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  return this[key] instanceof Uint8Array ? undefined : value;
}

/** Undefined for the file of somebody else. */
export function readRecord(bytes: Uint8Array | undefined): ArchiveRecord | undefined {
  if (bytes === undefined) return undefined;
  let value: Partial<ArchiveRecord> | null;
  try {
    value = JSON.parse(Buffer.from(bytes).toString()) as Partial<ArchiveRecord> | null;
  } catch {
    return undefined;
  }
  if (value?.cameraAlarmsArchive !== 1 || Number.isNaN(Date.parse(String(value.keptAt)))) return undefined;
  const { pictures } = value;
  return Array.isArray(pictures) && pictures.every((each) => typeof each?.file === 'string')
    ? (value as ArchiveRecord)
    : undefined;
}

/** Whether one that is there already is of the same alarm, with pictures of the same names. */
export function covers(there: ArchiveRecord | undefined, wanted: ArchiveRecord): boolean {
  if (there?.event === undefined || there.event.id !== wanted.event?.id) return false;
  return wanted.pictures.every((picture) => there.pictures.some(({ file }) => file === picture.file));
}
