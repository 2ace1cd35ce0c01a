import type { Draft } from '../event.js';
import type { BodyPart, PartKind } from '../notification.js';
import { classify, isPicture } from './classify.js';
import { label, parseParameters } from './header.js';

const LINE_ENDS = new Set([0x0a, 0x0d]);
/** Some devices end the head of a part with more than one empty line. */
const MOST_LINE_ENDS = 8;

/** A part as its head (lower-case names) and its bytes say what it is. */
export function bodyPartOf(
  headers: ReadonlyMap<string, string>,
  bytes: Buffer,
  truncated: boolean,
): BodyPart {
  const part: Draft<BodyPart> = { headers, ...contentOf(bytes), truncated };
  const disposition = headers.get('content-disposition');
  if (disposition !== undefined) nameBy(part, parseParameters(disposition).parameters);
  const contentType = headers.get('content-type');
  if (contentType !== undefined) part.contentType = contentType;
  const contentId = headers.get('content-id');
  if (contentId !== undefined) part.contentId = contentId.replace(/^<|>$/g, '');
  return part;
}

/** Documents may begin with blanks; a picture that does is one that nothing can show. */
function contentOf(bytes: Buffer): Pick<BodyPart, 'kind' | 'bytes'> {
  let at = 0;
  while (at < MOST_LINE_ENDS && LINE_ENDS.has(bytes[at] as number)) at++;
  const behind = bytes.subarray(at);
  const kind = classify(behind);
  return at > 0 && isSurelyOne(kind, behind) ? { kind, bytes: behind } : { kind: classify(bytes), bytes };
}

/** Whether it is a picture for sure: behind the sign of a JPEG a marker follows. */
const isSurelyOne = (kind: PartKind, bytes: Buffer) =>
  isPicture(kind) && (kind !== 'jpeg' || bytes[2] === 0xff);

function nameBy(part: Draft<BodyPart>, disposition: ReadonlyMap<string, string>): void {
  const name = disposition.get('name');
  if (name !== undefined) part.name = label(name);
  const filename = disposition.get('filename');
  if (filename !== undefined) part.filename = label(filename);
}
