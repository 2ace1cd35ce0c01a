import type { Draft } from '../event.js';
import type { BodyPart } from '../notification.js';
import { classify } from './classify.js';
import { label, parseParameters } from './header.js';

/** A part as its head (lower-case names) and its bytes say what it is. */
export function bodyPartOf(
  headers: ReadonlyMap<string, string>,
  bytes: Buffer,
  truncated: boolean,
): BodyPart {
  const part: Draft<BodyPart> = { headers, kind: classify(bytes), bytes, truncated };
  const disposition = headers.get('content-disposition');
  if (disposition !== undefined) nameBy(part, parseParameters(disposition).parameters);
  const contentType = headers.get('content-type');
  if (contentType !== undefined) part.contentType = contentType;
  const contentId = headers.get('content-id');
  if (contentId !== undefined) part.contentId = contentId.replace(/^<|>$/g, '');
  return part;
}

function nameBy(part: Draft<BodyPart>, disposition: ReadonlyMap<string, string>): void {
  const name = disposition.get('name');
  if (name !== undefined) part.name = label(name);
  const filename = disposition.get('filename');
  if (filename !== undefined) part.filename = label(filename);
}
