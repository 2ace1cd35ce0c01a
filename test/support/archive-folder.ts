import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { Archive, type ArchiveUser } from '../../src/archive/archive.js';
import { type ArchiveDisk, archiveDisk } from '../../src/archive/disk.js';
import type { ArchiveMessage } from '../../src/archive/entry.js';
import type { AlarmEvent } from '../../src/event.js';
import { LIMITS } from '../../src/limits.js';
import { draftOf, pictureOf } from './drafts.js';
import { ManualClock } from './manual-clock.js';

/** A folder for one test. */
export function folderOf(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'camera-alarms-archive-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** All files below a folder, with forward slashes and in order. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !statSync(path.join(folder, name), { throwIfNoEntry: false })?.isDirectory())
    .map((name) => name.split(path.sep).join('/'))
    .sort();
}

export interface TestArchive {
  readonly root: string;
  readonly archive: Archive;
  readonly clock: ManualClock;
  readonly disk: ArchiveDisk;
}

/** @param changed what its disk does otherwise than a real one */
export function archiveIn(t: TestContext, changed: (disk: ArchiveDisk) => Partial<ArchiveDisk> = () => ({})) {
  const base = folderOf(t);
  const root = path.join(base, 'archive');
  const real = archiveDisk(root, base);
  const disk = { ...real, ...changed(real) };
  const clock = new ManualClock();
  return { base, root, archive: new Archive(disk, clock, LIMITS), clock, disk };
}

/** A line crossing at the gate with two pictures, with this of its event changed. */
export function alarm(event: Partial<AlarmEvent> = {}, pictures = ['one', 'two']): ArchiveMessage {
  const id = '0199f0c2d3e400001a2b3c4d';
  const whole = draftOf({ id, channelName: 'Gate', time: '2026-11-22T08:15:30+01:00', ...event }).event;
  const attachments = pictures.map((word, index) => ({
    ...pictureOf(word, index + 1),
    cid: `${whole.id}.${index + 1}@camera-alarms`,
  }));
  return { topic: 'isapi/gate/1/line-crossing', payload: whole, attachments };
}

/** Somebody who keeps pictures so many days, and what that one was told. */
export function keeper(days: number): ArchiveUser & { readonly told: string[] } {
  const told: string[] = [];
  return { days, told, tell: (problem) => told.push(problem.message) };
}
