import type { AlarmError } from '../../src/errors.js';
import type { AlarmEvent } from '../../src/event.js';
import type { KeptAlarm } from '../../src/inbox/spool/kept-alarm.js';
import { type Kept, Spool } from '../../src/inbox/spool/spool.js';
import type { Store, Stored } from '../../src/inbox/store.js';
import { LIMITS, type Limits } from '../../src/limits.js';
import type { AlarmDraft } from '../../src/notification.js';
import { seeded } from '../vendors/changes.js';
import { draftOf, pictureOf } from './drafts.js';
import { ManualClock } from './manual-clock.js';

export const CAMERAS = ['00:00:5e:00:53:41', '00:00:5e:00:53:42', '00:00:5e:00:53:43'] as const;
export const SPOOL_PATH = '/isapi';

/** An alarm of a camera with one picture; both say which one it is. */
export function wordDraft(word: string, device: string = CAMERAS[0], pictureBytes = 0): AlarmDraft {
  const picture = pictureOf(word.padEnd(pictureBytes, '.'));
  const event: Partial<AlarmEvent> = { device: { id: device, mac: device }, document: { word } };
  return draftOf(event, { attachments: [picture] });
}

/** The same as it is given to who keeps it. */
export const wordAlarm = (word: string, device?: string, pictureBytes?: number): KeptAlarm => ({
  path: SPOOL_PATH,
  draft: wordDraft(word, device, pictureBytes),
  keys: [`key of ${word}`],
});

/** Which one it is. */
export const wordOf = ({ event }: Pick<AlarmDraft, 'event'>) => String(event.document['word']);

/** @throws AlarmError when it is not kept */
export const keep = <S extends Stored>(store: Store, alarm: KeptAlarm) =>
  new Promise<S>((resolve, reject) =>
    store.keep(alarm, (error, stored) => (stored === undefined ? reject(error) : resolve(stored as S))),
  );

/** Whichever class of spool and disk it is made of. */
export interface SpoolPlan extends Partial<ConstructorParameters<typeof Spool>[0]> {
  readonly disk: ConstructorParameters<typeof Spool>[0]['disk'];
  readonly spool?: typeof Spool;
  readonly changed?: Partial<Limits>;
}

/** A spool that is not open yet, and what it told. */
export function makeSpool({ changed = {}, spool: Class = Spool, ...plan }: SpoolPlan) {
  const clock = new ManualClock();
  const random = seeded(7);
  const troubles: (AlarmError | undefined)[] = [];
  const errors: unknown[] = [];
  const spool = new Class({
    limits: { ...LIMITS, ...changed },
    clock,
    random: (bytes) => Buffer.from(Array.from({ length: bytes }, () => random(256))),
    sync: true,
    onTrouble: (trouble) => troubles.push(trouble),
    onError: (error) => errors.push(error),
    ...plan,
  });
  return { spool, clock, troubles, errors };
}

/** What each of them says. */
export const wordsOf = async (kept: readonly Kept[]) =>
  Promise.all(kept.map(async (each) => wordOf(await each.load())));
