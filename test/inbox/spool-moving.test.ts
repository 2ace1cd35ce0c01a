import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { type Disk, folderDisk } from '../../src/inbox/spool/disk.js';
import { Spool } from '../../src/inbox/spool/spool.js';
import type { Stored } from '../../src/inbox/store.js';
import { LIMITS } from '../../src/limits.js';
import { draftOf } from '../support/drafts.js';
import { ManualClock } from '../support/manual-clock.js';

/** More than may hold little. */
const SEGMENTS = 7;

/** A folder that says when something is about to be appended to a file. */
function watched(folder: string, onAppend: () => void): Disk {
  const disk = folderDisk(folder);
  return {
    ...disk,
    create: async (name) => {
      const file = await disk.create(name);
      const append = (pieces: readonly Uint8Array[]) => {
        onAppend();
        return file.append(pieces);
      };
      return { ...file, append };
    },
  };
}

test('what is settled while it moves to another segment is settled', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'camera-alarms-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  let onAppend = () => undefined as unknown;
  const spool = new Spool({
    disk: watched(folder, () => onAppend()),
    // Some alarms fill a segment.
    limits: { ...LIMITS, spoolSegmentBytes: 1_200 },
    clock: new ManualClock(),
    random: randomBytes,
    sync: false,
    onTrouble: (trouble) => assert.equal(trouble, undefined),
    onError: (error) => assert.fail(String(error)),
  });
  await spool.open();
  const keep = () =>
    new Promise<Stored>((resolve) => {
      spool.keep({ path: '/isapi', draft: draftOf(), keys: [] }, (_, stored) => stored && resolve(stored));
    });
  const first = await keep();
  const others: Stored[] = [];
  while (readdirSync(folder).length < SEGMENTS) others.push(await keep());
  let appended = 0;
  onAppend = () => {
    // The first tells what is settled, the second is the one that moves.
    if (++appended === 2) first.settle();
  };
  for (const other of others) other.settle();
  await spool.close();
  assert.equal(appended >= 2, true, 'nothing moved');
  assert.equal(spool.size, 0);
  assert.deepEqual(readdirSync(folder), []);
});
