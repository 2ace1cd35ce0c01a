import type { AlarmEvent, AlarmKind, Draft, Face, Plate } from '../../event.js';
import { type Fields, number, put, text } from '../../wire/fields.js';
import { FACE_ALARMS, OBJECT_TYPES, PLATE_ALARMS } from './alarm-types.js';
import { type Channel, entries, lowered, readChannel, readIndex } from './names.js';
import type { Shown } from './push.js';

/** Something a camera saw and cut out of its picture (raysharp-vstarcam-others.md §1.7). */
export interface Detection {
  /** The device's word for it. */
  readonly type: 'SnapedObjInfo' | 'PlateInfo' | 'FaceInfo';
  readonly kind: AlarmKind;
  /** Types of alarms, in lower case, that it may belong to. */
  readonly alarms: readonly string[];
  readonly channel: Channel | undefined;
  readonly channelName: string | undefined;
  readonly time: string | undefined;
  readonly pictures: readonly Shown[];
  readonly target?: string;
  readonly plate?: Plate;
  readonly face?: Face;
  readonly document: Fields;
}

/** All of them, in the order objects, plates, faces. @param holder PicData or ai_snap_picture, names in lower case */
export function readDetections(holder: Fields): Detection[] {
  return [
    ...entries(holder, 'snapedobjinfo').map(readObject),
    ...entries(holder, 'plateinfo').map(readPlate),
    ...entries(holder, 'faceinfo').map(readFace),
  ];
}

/** Tells an event what was seen. */
export function describeWith(event: Draft<AlarmEvent>, detections: readonly Detection[]): void {
  const targets = detections.flatMap(({ target }) => (target === undefined ? [] : [target]));
  event.targets = [...new Set([...event.targets, ...targets])];
  const faces = detections.flatMap(({ face }) => (face === undefined ? [] : [face]));
  if (faces.length > 0) event.face = [...(event.face ?? []), ...faces];
  const plate = detections.find((each) => each.plate !== undefined)?.plate;
  if (plate !== undefined) event.plate ??= plate;
  const seen = targets.length > 0 && targets.every((target) => target === 'vehicle');
  if (event.kind === 'person' && seen) event.kind = 'vehicle';
}

function common(fields: Fields, document: Fields) {
  return {
    channel: readChannel(text(fields, 'strchn')) ?? readIndex(text(fields, 'chn')),
    channelName: text(fields, 'chn_alias', 'chn_alais'),
    time: text(fields, 'starttime'),
    document,
  };
}

function readObject(document: Fields): Detection {
  const fields = lowered(document);
  const known = OBJECT_TYPES.get(number(fields, 'type') ?? -1);
  return {
    type: 'SnapedObjInfo',
    kind: known?.kind ?? 'unknown',
    alarms: known?.alarms ?? [],
    ...common(fields, document),
    pictures: [
      [fields.background, 'scene'],
      [fields.objectimage, 'target'],
    ],
    ...(known !== undefined && { target: known.target }),
  };
}

const LISTS: ReadonlyMap<string, string> = new Map([
  ['1', 'allow'],
  ['2', 'block'],
  ['3', 'stranger'],
]);

/** Only a registered plate has an `Id`; what was read of any other stands in `SnapId`. */
function readPlate(document: Fields): Detection {
  const fields = lowered(document);
  const plate: Draft<Plate> = {};
  put(plate, 'number', text(fields, 'id', 'snapid'));
  put(plate, 'list', LISTS.get(text(fields, 'grpid') ?? ''));
  const type = text(fields, 'cartype');
  if (type !== undefined) plate.vehicle = { type };
  return {
    type: 'PlateInfo',
    kind: 'plate',
    alarms: PLATE_ALARMS,
    ...common(fields, document),
    pictures: [
      [fields.bgimg, 'scene'],
      [fields.plateimg, 'plate'],
    ],
    plate,
  };
}

const YES_NO = ['no', 'yes'];
const GENDERS = ['male', 'female'];

function readFace(document: Fields): Detection {
  const fields = lowered(document);
  const one = (words: readonly string[], ...names: string[]) => words[number(fields, ...names) ?? -1];
  const positive = (name: string) => {
    const value = number(fields, name);
    return value !== undefined && value > 0 ? value : undefined;
  };
  const face: Draft<Face> = {};
  put(face, 'age', positive('age'));
  put(face, 'gender', one(GENDERS, 'sex', 'gender'));
  put(face, 'glasses', one(YES_NO, 'glassestype'));
  put(face, 'mask', one(YES_NO, 'mouthmask'));
  put(face, 'score', number(fields, 'score'));
  put(face, 'person', text(fields, 'name'));
  put(face, 'similarity', positive('similarity'));
  return {
    type: 'FaceInfo',
    kind: 'face',
    alarms: FACE_ALARMS,
    ...common(fields, document),
    // The picture of the day before the one of the register: it is what somebody wants to see.
    pictures: [
      [fields.image4, 'scene'],
      [fields.image2, 'face'],
      [fields.image3, 'target'],
      [fields.image1, 'face'],
    ],
    face,
  };
}
