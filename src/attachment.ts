import type { Attachment, AttachmentRole } from './event.js';

/** PNG §5.2 signature; what is no PNG is a JPEG: nobody sends anything else. */
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

/**
 * A picture in the form the e-mail node takes, with our own file name.
 * @param number its place among the pictures of the message, from 1
 * @param id of the event or message it belongs to; makes the content id unique
 */
export function pictureAttachment(
  content: Buffer,
  role: AttachmentRole,
  number: number,
  id: string,
): Attachment {
  const isPng = content.subarray(0, PNG.length).equals(PNG);
  return {
    filename: `${role}-${number}.${isPng ? 'png' : 'jpg'}`,
    contentType: isPng ? 'image/png' : 'image/jpeg',
    content,
    cid: contentId(id, number),
    role,
  };
}

/** For `cid:` in the text of a mail. */
export const contentId = (id: string, number: number) => `${id}.${number}@camera-alarms`;
