import type { AlarmEvent } from '../event.js';
import type { Limits } from '../limits.js';
import { deviceName } from '../wording.js';
import { wallTimeHere, wallTimeOf } from './day.js';
import { safeName } from './safe-name.js';

/** What is looked at of a message. */
export interface ArchiveMessage {
  readonly topic?: unknown;
  readonly payload?: unknown;
  readonly attachments?: unknown;
}

/** A picture or film on its way into the archive. */
export interface ArchivePicture {
  /** Fit for a file, such as `scene-1.jpg`; no two of an entry are the same. */
  readonly name: string;
  readonly content: Uint8Array;
  readonly contentType?: string;
  readonly role?: string;
  /** By which mails show it. */
  readonly cid?: string;
}

/** What is kept of one message. All names are fit for files. */
export interface Entry {
  /** The folder: `2026-11-22`. */
  readonly day: string;
  /** The folder in it: what people call the place. */
  readonly place: string;
  /** How its files begin: `08-15-30 line-crossing`. */
  readonly stem: string;
  readonly pictures: readonly ArchivePicture[];
  /** Absent for what is no alarm. */
  readonly event?: AlarmEvent;
}

/** Files that nobody runs by opening them; anything else is kept as plain bytes. */
const ENDINGS = ['jpg', 'jpeg', 'png', 'gif', 'webp', 'bmp', 'mp4', 'mov', 'avi', 'mkv', 'h264', 'h265'];
const PLAIN_BYTES = 'bin';

/**
 * What there is to keep of a message: an alarm with pictures, one that nobody confirmed, or anything else with
 * pictures, such as that of a snapshot.
 * @param now milliseconds since 1970
 * @returns undefined for a message without a picture
 */
export function entryOf(
  message: ArchiveMessage,
  now: number,
  { archiveNameBytes }: Pick<Limits, 'archiveNameBytes'>,
): Entry | undefined {
  const pictures = picturesOf(message.attachments, archiveNameBytes);
  if (pictures.length === 0) return undefined;
  const name = (text: string, otherwise: string) => safeName(text, archiveNameBytes) || otherwise;
  const event = eventOf(message.payload);
  if (event === undefined) {
    const { day, time } = wallTimeHere(now);
    const topic = typeof message.topic === 'string' ? message.topic : '';
    return { day, place: name(topic, 'pictures'), stem: `${time} picture`, pictures };
  }
  const { day, time } = wallTimeOf(event.time) ?? wallTimeHere(now);
  return {
    day,
    place: name(placeOf(event), 'unknown'),
    stem: `${time} ${name(event.kind, 'unknown')}`,
    pictures,
    event,
  };
}

/** As in the title of the alarm. Cameras of a recorder that have no names are told apart by their number. */
function placeOf({ channelName, channel = 1, device }: AlarmEvent): string {
  if (typeof channelName === 'string') return channelName;
  const name = String(deviceName(device));
  return channel === 1 ? name : `${name} ${channel}`;
}

function eventOf(payload: unknown): AlarmEvent | undefined {
  if (isEvent(payload)) return payload;
  const { alarm } = (payload ?? {}) as { readonly alarm?: unknown };
  return isEvent(alarm) ? alarm : undefined;
}

function isEvent(value: unknown): value is AlarmEvent {
  if (typeof value !== 'object' || value === null) return false;
  const { id, kind, time, device } = value as Partial<AlarmEvent>;
  const texts = [id, kind, time].every((each) => typeof each === 'string');
  return texts && typeof device === 'object' && device !== null;
}

function picturesOf(attachments: unknown, mostBytes: number): ArchivePicture[] {
  const pictures: ArchivePicture[] = [];
  const names = new Set<string>();
  for (const each of Array.isArray(attachments) ? (attachments as unknown[]) : []) {
    const { filename, content, contentType, role, cid } = (each ?? {}) as Readonly<Record<string, unknown>>;
    if (!(content instanceof Uint8Array)) continue;
    const name = fileName(typeof filename === 'string' ? filename : '', names, mostBytes);
    names.add(name.toLowerCase());
    pictures.push({
      name,
      content,
      ...(typeof contentType === 'string' && { contentType }),
      ...(typeof role === 'string' && { role }),
      ...(typeof cid === 'string' && { cid }),
    });
  }
  return pictures;
}

/** @param taken names of this entry so far, in small letters as some file systems see them */
function fileName(wanted: string, taken: ReadonlySet<string>, mostBytes: number): string {
  const [, before = wanted, after = ''] = /^(.*)\.([^.]*)$/s.exec(wanted) ?? [];
  const ending = ENDINGS.includes(after.toLowerCase()) ? after.toLowerCase() : PLAIN_BYTES;
  const base = safeName(before, mostBytes) || 'picture';
  let name = `${base}.${ending}`;
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${base} ${number}.${ending}`;
  return name;
}
