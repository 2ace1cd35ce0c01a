import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { folderDisk } from '../../src/inbox/spool/disk.js';

/** A folder that is not there yet, below one that is removed with the test. */
function place(t: TestContext): string {
  const root = mkdtempSync(path.join(os.tmpdir(), 'spool-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return path.join(root, 'one', 'two');
}

test('a folder that is not there is made, for the owner alone', async (t) => {
  const folder = place(t);
  const disk = folderDisk(folder);
  assert.deepEqual(await disk.list(), []);
  const file = await disk.create('a');
  await file.close();
  assert.deepEqual(await disk.list(), ['a']);
  if (process.platform === 'win32') return;
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(statSync(path.join(folder, 'a')).mode & 0o777, 0o600);
});

test('what is appended in pieces is read whole, in part, and not behind where it was cut', async (t) => {
  const disk = folderDisk(place(t));
  await disk.list();
  const file = await disk.create('a');
  await file.append(['one', '', 'two'].map((each) => Buffer.from(each)));
  await file.append([]);
  await file.append([Buffer.from('three')]);
  await file.sync();
  assert.equal(String(await disk.read('a')), 'onetwothree');
  assert.equal(String(await disk.readAt('a', 2, 5)), 'etwot');
  assert.equal(String(await disk.readAt('a', 8, 100)), 'ree');
  await file.shorten(6);
  await file.append([Buffer.from('!')]);
  assert.equal(String(await disk.read('a')), 'onetwo!');
  await file.close();
});

test('a file that is there is not written over', async (t) => {
  const disk = folderDisk(place(t));
  await (await disk.create('a')).close();
  await assert.rejects(disk.create('a'), { code: 'EEXIST' });
});

test('a file that nobody needs any more gives its space to another, which is written over it', async (t) => {
  const folder = place(t);
  const disk = folderDisk(folder);
  const old = await disk.create('a');
  await old.append([Buffer.from('one two three')]);
  await old.close();
  const { ino } = statSync(path.join(folder, 'a'));
  const file = await disk.reuse('a', 'b');
  await file.append([Buffer.from('four'), Buffer.from(' ')]);
  await file.append([Buffer.from('5')]);
  assert.equal(String(await disk.read('b')), 'four 5o three');
  assert.deepEqual(await disk.list(), ['b']);
  if (process.platform !== 'win32') assert.equal(statSync(path.join(folder, 'b')).ino, ino);
  await file.shorten(4);
  await file.append([Buffer.from('!')]);
  assert.equal(String(await disk.read('b')), 'four!');
  await file.close();
  await assert.rejects(disk.reuse('a', 'c'), { code: 'ENOENT' });
  assert.deepEqual(await disk.list(), ['b']);
});

test('a folder that somebody cleared away is made again', async (t) => {
  const folder = place(t);
  const disk = folderDisk(folder);
  await disk.list();
  rmSync(path.dirname(folder), { recursive: true });
  await (await disk.create('a')).close();
  assert.ok(existsSync(path.join(folder, 'a')));
});

test('what is removed is gone, and what is gone needs no removing', async (t) => {
  const disk = folderDisk(place(t));
  await (await disk.create('a')).close();
  await disk.remove('a');
  await disk.remove('a');
  assert.deepEqual(await disk.list(), []);
});
