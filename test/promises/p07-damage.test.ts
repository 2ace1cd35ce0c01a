import assert from 'node:assert/strict';
import { FakeDisk } from '../support/fake-disk.js';
import { CAMERAS, keep, makeSpool, wordAlarm, wordsOf } from '../support/spooling.js';
import { promise } from './support/promise.js';

const WORDS = ['one', 'two', 'three'];
/** Of each picture, so that three records are about three thousand bytes. */
const PICTURE_BYTES = 300;

promise(
  'P07',
  'any single damaged byte or cut costs at most the record that it hits',
  async ({ build, short, figure }) => {
    const { Spool } = build.load<typeof import('../../src/inbox/spool/spool.js')>('src/inbox/spool/spool.js');
    const disk = new FakeDisk();
    const { spool } = makeSpool({ disk, spool: Spool });
    await spool.open();
    const ends: number[] = [];
    for (const word of WORDS) {
      await keep(spool, wordAlarm(word, CAMERAS[0], PICTURE_BYTES));
      ends.push([...disk.files.values()][0]?.length ?? 0);
    }
    const [[name, whole]] = [...disk.files] as [[string, Buffer]];
    /** Words of what is found in such a file, each as it was. */
    const found = async (bytes: Buffer) => {
      const damaged = new FakeDisk();
      damaged.put(name, bytes);
      const again = makeSpool({ disk: damaged, spool: Spool });
      const { unsettled } = await again.spool.open();
      const words = await wordsOf(unsettled);
      const pictures = await Promise.all(unsettled.map(async (each) => (await each.load()).attachments));
      assert.deepEqual(
        pictures,
        words.map((word) => wordAlarm(word, CAMERAS[0], PICTURE_BYTES).draft.attachments),
      );
      return words;
    };
    let cases = 0;
    const step = short ? 7 : 1;
    for (let at = 0; at < whole.length; at += step) {
      const hit = ends.findIndex((end) => at < end);
      for (const bits of [1, 0xff]) {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ bits;
        const others = WORDS.filter((_, index) => index !== hit);
        assert.deepEqual(await found(bytes), others, `byte ${at} with ${bits}`);
        cases++;
      }
    }
    const flips = cases;
    for (let length = 0; length <= whole.length; length += step) {
      const before = WORDS.filter((_, index) => (ends[index] ?? 0) <= length);
      assert.deepEqual(await found(whole.subarray(0, length)), before, `cut at ${length}`);
      cases++;
    }
    figure(
      `3 records of ${whole.length} bytes: ${flips} damaged bytes and ${cases - flips} cuts, each cost one at most`,
    );
  },
  [
    {
      what: 'stops reading at a head that is damaged',
      file: 'src/inbox/spool/record.js',
      from: 'offset = segment.indexOf(mark, offset + 1);\n            continue;',
      to: 'return;',
    },
    {
      what: 'does not look at the checksum of a body',
      file: 'src/inbox/spool/record.js',
      from: '(0, node_zlib_1.crc32)(body) === segment.readUInt32LE(offset + AT.bodySum)',
      to: 'true',
    },
    {
      what: 'takes a length from a head that is damaged',
      file: 'src/inbox/spool/record.js',
      from: 'sum !== segment.readUInt32LE(offset + AT.headSum) || ',
      to: '',
    },
  ],
);
