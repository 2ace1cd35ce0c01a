import type { AttachmentRole, PictureUrl } from '../../event.js';
import { type Fields, isFields } from '../../wire/fields.js';

/** Fields that name a picture part of the same delivery (isapi.md §3.3). */
const LINK = /^(?:contentID|pId|fileName)([12]?)$/;
/** Fields that say where the device keeps a picture. */
const ADDRESS = /^(?:bkgUrl|URL|\w*(?:pic|picture|image|img|face|human|vehicle|plate)\w*url)$/i;
/** Names of objects and pictures → what their picture shows. First hit counts; `background` beats the object. */
const ROLE_WORDS: ReadonlyArray<readonly [string, AttachmentRole]> = [
  ['background', 'scene'],
  ['bkg', 'scene'],
  ['plate', 'plate'],
  // Holds two of the words that follow: the object is the more exact one.
  ['pedestrian', 'target'],
  ['face', 'face'],
  ['detectionpicture', 'scene'],
  ['targetattrs', 'scene'],
  ['vehicle', 'target'],
  ['nonmotor', 'target'],
  ['human', 'target'],
  ['target', 'target'],
  ['detectedimage', 'target'],
];

/** What a picture of that name shows, if the name says. */
export function roleOfName(name: string): AttachmentRole | undefined {
  const words = name.toLowerCase();
  return ROLE_WORDS.find(([word]) => words.includes(word))?.[1];
}

/**
 * What each picture shows that a document names: by the type beside the name (ANPR), by the number behind it (of an
 * object's two pictures the second is the whole view), by the name, by the object it stands in.
 * @param deepest how far into the document is looked
 */
export function pictureLinks(
  alert: Fields,
  deepest: number,
): ReadonlyMap<string, AttachmentRole | undefined> {
  const links = new Map<string, AttachmentRole | undefined>();
  walk(alert, deepest, '', (key, value, inside, fields) => {
    const link = LINK.exec(key);
    if (link === null) return;
    const role =
      roleOfType(fields) ?? (link[1] === '2' ? 'scene' : (roleOfName(value) ?? roleOfName(inside)));
    if (links.get(value) === undefined) links.set(value, role);
  });
  return links;
}

/** Pictures that a document names by their addresses, in its order, each once. @param deepest as `pictureLinks` */
export function pictureUrls(alert: Fields, deepest: number): PictureUrl[] {
  const urls: PictureUrl[] = [];
  const seen = new Set<string>();
  walk(alert, deepest, '', (key, url, inside, fields) => {
    // The address first: nearly no text is one.
    if (!/^https?:\/\//i.test(url) || !ADDRESS.test(key) || seen.has(url)) return;
    seen.add(url);
    urls.push({
      url,
      role:
        roleOfType(fields) ??
        roleOfName(key) ??
        roleOfName(inside) ??
        (urls.length === 0 ? 'scene' : 'target'),
    });
  });
  return urls;
}

/** By the type beside the name of a picture (ANPR). */
function roleOfType({ type }: Fields): AttachmentRole | undefined {
  return typeof type === 'string' ? roleOfName(type) : undefined;
}

type Visit = (key: string, value: string, inside: string, fields: Fields) => void;

/** Each text of a document that says something, with its name, the name of the object it is in, and that object. */
function walk(fields: Fields, deeper: number, inside: string, visit: Visit): void {
  for (const key in fields) {
    const value = fields[key];
    for (const each of Array.isArray(value) ? value.flat(deeper) : [value]) {
      if (typeof each === 'string' || typeof each === 'number') {
        if (each !== '') visit(key, String(each), inside, fields);
      } else if (isFields(each) && deeper > 0) walk(each, deeper - 1, key, visit);
    }
  }
}
