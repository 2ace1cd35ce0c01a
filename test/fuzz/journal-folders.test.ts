import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AlarmError } from '../../src/errors.js';
import { FakeDisk } from '../support/fake-disk.js';
import { CAMERAS, keep, makeSpool, wordAlarm, wordOf } from '../support/spooling.js';
import { changed, type Random, seeded } from '../vendors/changes.js';

const SEED = 20_261_122;
const FOLDERS = 10_000;
const ODD_NAMES = [
  '',
  '.',
  '..',
  '../0000000001-0000000000000000.alarms',
  '0000000001-.alarms',
  '0000000001-zzzzzzzzzzzzzzzz.alarms',
  '00000000001-0000000000000000.alarms',
  '0000000002-0000000000000000.alarms.tmp',
  '\u202e0000000001-0000000000000000.alarms',
  'lost+found',
  'CON',
  'x'.repeat(300),
];

/** A folder of a spool: its segments changed, under their own names or others. */
async function hostile(random: Random): Promise<FakeDisk> {
  const disk = new FakeDisk(random);
  const { spool } = makeSpool({ disk, changed: { spoolSegmentBytes: 1_500 } });
  await spool.open();
  for (let count = 0; count < 6; count++) {
    const alarm = wordAlarm(`${count}`, CAMERAS[count % CAMERAS.length], random(300));
    const stored = await keep(spool, alarm);
    if (random(3) === 0) stored.settle();
  }
  await spool.close();
  const all = [...disk.files];
  const found = new FakeDisk(random);
  for (const [name, content] of all) {
    const [otherName, other] = all[random(all.length)] as [string, Buffer];
    const bytes = random(3) === 0 ? content : changed(content, other, random);
    const names = [name, name, otherName, ODD_NAMES[random(ODD_NAMES.length)] as string];
    found.put(names[random(names.length)] as string, bytes);
  }
  return found;
}

test(`${FOLDERS} folders with damaged files and odd names: each is opened, and what is kept then is found again`, async (t) => {
  let [found, damaged] = [0, 0];
  for (let number = 0; number < FOLDERS; number++) {
    const disk = await hostile(seeded(SEED + number));
    const before = new Map(disk.files);
    const { spool } = makeSpool({ disk });
    const { unsettled, segments } = await spool.open();
    assert.deepEqual(disk.files, before, 'reading changed something');
    assert.ok(segments.every(({ name }) => /^\d{10}-[\da-f]{16}\.alarms$/.test(name)));
    for (const kept of unsettled) {
      const draft = await kept.load().catch((error: unknown) => error);
      if (draft instanceof AlarmError) {
        assert.equal(draft.code, 'SPOOL_DAMAGED');
        damaged++;
      } else found++;
    }
    await keep(spool, wordAlarm('new'));
    const again = makeSpool({ disk: disk.crash() });
    const words = await Promise.all(
      (await again.spool.open()).unsettled.map((kept) => kept.load().then(wordOf, () => '')),
    );
    assert.equal(words.filter((word) => word === 'new').length, 1, `seed ${SEED + number}`);
  }
  t.diagnostic(`${found} alarms found, ${damaged} damaged`);
});
