import type { Draft, Face } from '../../../event.js';
import { child, children, type Fields, number, put, text } from '../../../wire/fields.js';

/**
 * The faces of a `faceCapture` or an `alarmResult`, which are lists of targets with a list of faces each
 * (isapi.md §7). Values stand alone or in an object as `{ "value": 35 }`.
 */
export function readFaces(targets: readonly Fields[]): Face[] {
  return targets.flatMap((target) => children(target, 'faces')).map(readFace);
}

function readFace(fields: Fields): Face {
  const face: Draft<Face> = {};
  put(face, 'age', said(fields, 'age', number));
  put(face, 'ageGroup', text(child(fields, 'age'), 'ageGroup') ?? text(fields, 'ageGroup'));
  put(face, 'score', said(fields, 'faceScore', number) ?? said(fields, 'score', number));
  put(face, 'gender', said(fields, 'gender', text));
  put(face, 'glasses', said(fields, 'glass', text));
  put(face, 'mask', said(fields, 'mask', text));
  readMatch(fields, face);
  return face;
}

/** Of all entries of the libraries the face is like, the one it is most like. */
function readMatch(fields: Fields, face: Draft<Face>): void {
  for (const candidate of children(fields, 'identify').flatMap((each) => children(each, 'candidate'))) {
    const similarity = number(candidate, 'similarity') ?? 0;
    if (face.similarity !== undefined && similarity <= face.similarity) continue;
    face.similarity = similarity;
    const person = text(child(candidate, 'reserve_field'), 'name') ?? text(candidate, 'name');
    if (person === undefined) delete face.person;
    else face.person = person;
  }
}

function said<T>(fields: Fields, name: string, read: (fields: Fields | undefined, name: string) => T): T {
  return read(child(fields, name), 'value') ?? read(fields, name);
}
