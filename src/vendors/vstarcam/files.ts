import { pictureAttachment } from '../../attachment.js';
import type { Attachment, Draft } from '../../event.js';
import type { BodyPart } from '../../notification.js';
import { pictureFromBase64 } from '../../wire/base64.js';
import { isCutPicture, isPicture } from '../../wire/classify.js';
import { filmKind } from '../../wire/film.js';

/** Pictures and films of an alarm. */
export interface Files {
  readonly attachments: Draft<Attachment>[];
  /** One of them breaks off. */
  readonly cut: boolean;
}

const UNKNOWN_FILM = { ending: 'bin', contentType: 'application/octet-stream' };
/** Of text in base64 that may be a picture. */
const BASE64_SIGN = 32;

/**
 * What each is says its bytes, not its name (unknowns V3): pictures first, then films.
 * @param most bytes of a picture that came as text
 */
export function readFiles(parts: readonly BodyPart[], most: number): Files {
  const pictures: Buffer[] = [];
  const films: { bytes: Buffer; kind: { ending: string; contentType: string } }[] = [];
  let cut = false;
  for (const part of parts) {
    const picture = isPicture(part.kind) ? part.bytes : pictureOfText(part.bytes, most);
    // The first bytes of one that broke off are no film.
    const isVideo = part.name?.toLowerCase() === 'video' && !part.truncated;
    const kind = filmKind(part.bytes) ?? (isVideo ? UNKNOWN_FILM : undefined);
    if (picture !== undefined) pictures.push(picture);
    else if (kind !== undefined && part.bytes.length > 0) films.push({ bytes: part.bytes, kind });
    else continue;
    cut ||= part.truncated || (picture !== undefined && isCutPicture(picture));
  }
  const attachments = pictures.map((bytes, at) => pictureAttachment(bytes, 'scene', at + 1, ''));
  for (const { bytes, kind } of films) {
    attachments.push({
      filename: `video-${attachments.length + 1}.${kind.ending}`,
      contentType: kind.contentType,
      content: bytes,
      cid: '',
      role: 'video',
    });
  }
  return { attachments, cut };
}

function pictureOfText(bytes: Buffer, most: number): Buffer | undefined {
  const start = bytes.toString('latin1', 0, BASE64_SIGN).trimStart();
  if (!/^(?:data:image|\/9j\/|iVBORw)/i.test(start)) return undefined;
  return pictureFromBase64(bytes.toString('latin1').trim())?.subarray(0, most);
}
