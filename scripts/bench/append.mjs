// The bare disk: appends groups of records to files as the spool does, with a sync behind each group, and nothing else.
import { open, unlink } from 'node:fs/promises';
import path from 'node:path';

const SEGMENT_BYTES = 16 * 2 ** 20;
const [folder] = process.argv.slice(2);
let files = 0;

/** @returns records in a second */
async function append({ bytes, group, milliseconds }) {
  const record = [Buffer.alloc(29, 1), Buffer.alloc(4), Buffer.alloc(2048, 'x'), Buffer.alloc(bytes, 7)];
  const pieces = Array.from({ length: group }, () => record).flat();
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  let records = 0;
  let size = SEGMENT_BYTES;
  let file;
  let name;
  const started = performance.now();
  while (performance.now() - started < milliseconds) {
    if (size >= SEGMENT_BYTES) {
      const old = name;
      await file?.close();
      name = path.join(folder, `append-${process.pid}-${++files}`);
      file = await open(name, 'ax');
      const directory = await open(folder, 'r');
      await directory.sync();
      await directory.close();
      if (old !== undefined) await unlink(old);
      size = 0;
    }
    await file.writev(pieces);
    await file.datasync();
    size += length;
    records += group;
  }
  const rate = records / ((performance.now() - started) / 1000);
  await file.close();
  await unlink(name);
  return { rate };
}

process.on('message', async (order) => process.send(await append(order)));
process.on('disconnect', () => process.exit());
