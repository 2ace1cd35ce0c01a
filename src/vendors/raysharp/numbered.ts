import type { AlarmState } from '../../event.js';
import type { AlarmDraft } from '../../notification.js';
import { type Fields, text } from '../../wire/fields.js';
import { KINDS_OF_2017, PICTURES_OF_2019, RECORD_STATUS_OF_2019, TYPES_OF_2019 } from './alarm-types.js';
import { flag, lowered, readIndex } from './names.js';
import type { Push } from './push.js';

/** The text lines of 2017: `EventType=1`, `Status=1`, `Channel=0` (raysharp-vstarcam-others.md §1.10). */
export function readLinesOf2017(data: Fields, push: Push): AlarmDraft {
  const fields = lowered(data);
  const type = text(fields, 'eventtype') ?? 'unknown';
  return push.draft({
    type,
    kind: KINDS_OF_2017.get(type) ?? 'unknown',
    state: readStatus(fields),
    channel: readIndex(text(fields, 'channel')),
    time: text(fields, 'triggertime'),
    document: data,
  });
}

/** The JSON of 2019: an event, or the picture of one in a request of its own (raysharp-vstarcam-others.md §1.10). */
export function readJsonOf2019(data: Fields, push: Push): AlarmDraft[] {
  const fields = lowered(data);
  const type = text(fields, 'eventtype') ?? 'unknown';
  const id = text(fields, 'id');
  if (fields.imagebase64 !== undefined) {
    const kind = PICTURES_OF_2019.get(type) ?? 'unknown';
    const draft = push.draft({ type, kind, state: 'pulse', document: data }, [[fields.imagebase64, 'scene']]);
    return [id === undefined ? draft : { ...draft, brings: id }];
  }
  if (type === RECORD_STATUS_OF_2019) return [];
  const known = TYPES_OF_2019.get(type);
  const state = readStatus(fields);
  const draft = push.draft({
    type,
    kind: known?.kind ?? 'unknown',
    state,
    channel: readIndex(text(fields, 'channel')),
    time: text(fields, 'triggertime'),
    document: data,
  });
  const pictured = known?.pictured === true && push.mayBringPictures;
  return [pictured && state === 'active' && id !== undefined ? { ...draft, awaits: id } : draft];
}

function readStatus(fields: Fields): AlarmState {
  const status = flag(fields.status);
  return status === undefined ? 'pulse' : status ? 'active' : 'inactive';
}
