import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Pictures the simulated devices send; drawn for this project. */
export type PictureName =
  | 'gate-scene'
  | 'gate-target'
  | 'yard-scene'
  | 'door-scene'
  | 'car-scene'
  | 'car-plate';

const cache = new Map<PictureName, Buffer>();

/** A JPEG that ships with the package. */
export function picture(name: PictureName): Buffer {
  const known = cache.get(name) ?? readFileSync(path.join(__dirname, 'pictures', `${name}.jpg`));
  cache.set(name, known);
  return known;
}

/** The same picture with a comment, which every viewer skips: so that no two are alike. */
export function stamped(jpeg: Buffer, comment: string): Buffer {
  const text = Buffer.from(comment);
  const head = Buffer.from([0xff, 0xfe, 0, 0]);
  head.writeUInt16BE(text.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, text, jpeg.subarray(2)]);
}

/** A COM segment holds at most 65,535 bytes including its length (ITU-T T.81 §B.2.4.5). */
const COMMENT_BYTES = 65_000;

/** The same picture, made at least `bytes` long with comments, which every viewer skips. For load tests. */
export function enlarged(jpeg: Buffer, bytes: number): Buffer {
  const segments: Buffer[] = [];
  for (let missing = bytes - jpeg.length; missing > 0; missing -= COMMENT_BYTES) {
    const head = Buffer.from([0xff, 0xfe, 0, 0]);
    const size = Math.min(missing, COMMENT_BYTES);
    head.writeUInt16BE(size + 2, 2);
    segments.push(head, Buffer.alloc(size, 0x20));
  }
  return Buffer.concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(2)]);
}
