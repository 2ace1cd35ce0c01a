import type { Attachment, AttachmentRole, Draft } from '../../event.js';
import type { BodyPart } from '../../notification.js';

/** Words in the names devices give their pictures (isapi.md §3.2) → what the picture shows. First hit counts. */
const ROLE_WORDS: ReadonlyArray<readonly [string, AttachmentRole]> = [
  ['background', 'scene'],
  ['plate', 'plate'],
  ['face', 'face'],
  ['detectionpicture', 'scene'],
  ['vehicle', 'target'],
  ['pedestrian', 'target'],
  ['human', 'target'],
  ['target', 'target'],
  ['detectedimage', 'target'],
];

/** The pictures among the parts of one event, with our own file names: names from the wire are only read. */
export function readPictures(parts: readonly BodyPart[]): Draft<Attachment>[] {
  const pictures = parts.filter((part) => part.kind === 'jpeg' || part.kind === 'png');
  return pictures.map((part, index) => {
    const role = roleOf(part) ?? (index === 0 ? 'scene' : 'target');
    const [contentType, extension] = part.kind === 'png' ? ['image/png', 'png'] : ['image/jpeg', 'jpg'];
    return { filename: `${role}-${index + 1}.${extension}`, contentType, content: part.bytes, cid: '', role };
  });
}

function roleOf(part: BodyPart): AttachmentRole | undefined {
  const names = `${part.name ?? ''} ${part.filename ?? ''} ${part.contentId ?? ''}`.toLowerCase();
  // "pedestrianDetectionPicture" holds two of the words: the object is the more exact one.
  if (names.includes('pedestrian')) return 'target';
  return ROLE_WORDS.find(([word]) => names.includes(word))?.[1];
}
