import { pictureAttachment } from '../../attachment.js';
import type { Attachment, AttachmentRole, Draft } from '../../event.js';
import type { BodyPart } from '../../notification.js';
import { roleOfName } from './links.js';

type Links = ReadonlyMap<string, AttachmentRole | undefined>;
const NO_LINKS: Links = new Map();

export const isPicturePart = (part: BodyPart) => part.kind === 'jpeg' || part.kind === 'png';

/** Whether a document names this part as its picture. */
export function isLinked(part: BodyPart, links: Links): boolean {
  return namesOf(part).some((name) => links.has(name));
}

/**
 * The pictures among the parts of one event, with our own file names: names from the wire are only read. What each
 * shows is told by the document's link to it, else by its names, else by its place: the whole view comes first.
 */
export function readPictures(parts: readonly BodyPart[], links: Links = NO_LINKS): Draft<Attachment>[] {
  return parts.filter(isPicturePart).map((part, index) => {
    const role = roleOf(part, links) ?? (index === 0 ? 'scene' : 'target');
    return { ...pictureAttachment(part.bytes, role, index + 1, ''), cid: '' };
  });
}

function roleOf(part: BodyPart, links: Links): AttachmentRole | undefined {
  const names = namesOf(part);
  for (const name of names) {
    const role = links.get(name);
    if (role !== undefined) return role;
  }
  return roleOfName(names.join(' '));
}

/** What a document may call a part by: Content-ID, name, file name with and without its ending. */
function namesOf({ contentId, name, filename }: BodyPart): string[] {
  const names = [contentId, name, filename, filename?.replace(/\.[^.]*$/, '')];
  return names.filter((each) => each !== undefined && each !== '') as string[];
}
