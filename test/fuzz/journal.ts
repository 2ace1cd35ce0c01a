import assert from 'node:assert/strict';
import { AlarmError } from '../../src/errors.js';
import {
  type About,
  type KeptAlarm,
  readAbout,
  readAlarm,
  writeAlarm,
} from '../../src/inbox/spool/kept-alarm.js';
import {
  type FoundRecord,
  HEAD_BYTES,
  KIND,
  readRecords,
  recordHead,
  settledBody,
  settledNumbers,
} from '../../src/inbox/spool/record.js';
import { CAMERAS, wordAlarm } from '../support/spooling.js';
import { type Reader, type Sample, type Trial, trial } from './engine.js';
import { changesOf, json } from './samples.js';

const MARK = Buffer.from('0123456789abcdef', 'hex');
const BODIES = ['one', 'two', 'three', 'four', 'five'].map((word, index) =>
  Buffer.concat(writeAlarm(wordAlarm(word, CAMERAS[index % CAMERAS.length], index * 100))),
);

const kept = (number: number, body: Buffer) =>
  Buffer.concat([recordHead(MARK, KIND.kept, number, [body]), body]);
const settled = (...numbers: number[]) => {
  const body = settledBody(numbers);
  return Buffer.concat([recordHead(MARK, KIND.settled, 0, [body]), body]);
};

/** Segments of one to five records. */
const SEGMENTS: readonly Sample[] = BODIES.map((_, count) => {
  const records = BODIES.slice(0, count + 1).map((body, index) => kept(index + 1, body));
  return { bytes: Buffer.concat(count % 2 === 0 ? records : [...records, settled(1, count)]) };
});

const record: Reader<FoundRecord[]> = {
  name: 'record',
  make: changesOf(SEGMENTS),
  call: ({ bytes }) => [...readRecords(bytes, MARK)],
  judge: (found, { bytes }) => {
    let end = 0;
    for (const { kind, number, offset, body } of found) {
      assert.ok(offset >= end, 'a record within another');
      end = offset + HEAD_BYTES + body.length;
      assert.ok(end <= bytes.length, 'more came out than went in');
      // Only what was written whole: checksums cannot be met by chance.
      if (kind === KIND.settled) assert.ok(settledNumbers(body).every((each) => each <= BODIES.length));
      else assert.ok(BODIES[number - 1]?.equals(body), 'a record that nobody wrote');
    }
    return found.length > 0;
  },
  intact: () => json(SEGMENTS.map(({ bytes }) => [...readRecords(bytes, MARK)].map(({ number }) => number))),
};

/** As the spool does it: what cannot be read is damaged. */
function readBody(body: Buffer): { readonly alarm: KeptAlarm; readonly about: About } {
  try {
    return { alarm: readAlarm(body), about: readAbout(body) };
  } catch (error) {
    throw new AlarmError('SPOOL_DAMAGED', undefined, { cause: error });
  }
}

const keptAlarm: Reader<ReturnType<typeof readBody>> = {
  name: 'kept',
  make: changesOf(BODIES.map((bytes) => ({ bytes }))),
  call: ({ bytes }) => readBody(bytes),
  judge: ({ alarm }, { bytes }) => {
    const pictures = alarm.draft.attachments.reduce((sum, { content }) => sum + content.length, 0);
    assert.ok(pictures <= bytes.length * alarm.draft.attachments.length, 'more came out than went in');
    return true;
  },
  intact: () => json(BODIES.map((body) => readBody(body).about)),
};

/** What reads the journal of kept alarms. */
export const JOURNAL_TRIALS: readonly Trial[] = [trial(record), trial(keptAlarm)];
