import type { Attachment } from '../event.js';
import type { Limits } from '../limits.js';
import type { Wording } from '../wording.js';
import { type Chosen, isFilm, type Outgoing } from './message.js';

/**
 * A mail as the node of node-red-node-email takes it: the payload is sent as HTML where it holds a tag, and `plaintext`
 * beside it (61-email.js of 5.2.5). The pictures stand in the text, and are attached; films are only attached.
 * @param to '' where the e-mail node knows to whom
 */
export function emailMessage(
  { title, text }: Wording,
  attachments: readonly Attachment[],
  to: string,
  language: string,
): Outgoing {
  const parts = attachments.map((each, index) => attached(each, index));
  return {
    topic: title,
    payload: html(title, text, parts, language),
    plaintext: text,
    attachments: parts,
    ...(to !== '' && { to }),
  };
}

/** As many as a mail may hold, first come first served. */
export function fitForMail(attachments: readonly Attachment[], { mailBytes }: Limits): Chosen {
  let left = mailBytes / BASE64;
  const sent = attachments.filter(({ content }) => {
    const fits = content.length <= left;
    if (fits) left -= content.length;
    return fits;
  });
  return {
    sent,
    leftOut: attachments.filter((each) => !sent.includes(each)).map(({ filename }) => filename),
  };
}

/** Bytes on the way for each byte of a picture: 57 become a line of 76 letters and its end (RFC 2045 §6.8). */
const BASE64 = 78 / 57;

/** A content id would keep mail programs from offering a film, as it stands nowhere in the text. */
function attached(attachment: Attachment, index: number): Partial<Attachment> {
  const { filename, contentType, content, role, cid } = attachment;
  if (isFilm(attachment)) return { filename, contentType, content, role };
  return {
    filename,
    contentType,
    content,
    role,
    cid: CONTENT_ID.test(cid) ? cid : `${index + 1}@camera-alarms`,
  };
}

const CONTENT_ID = /^[\w.+-]+@[\w.-]+$/;

/** No colours but those of the reader's mail program, dark or light; nothing of it is needed to read the text. */
function html(title: string, text: string, parts: readonly Partial<Attachment>[], language: string): string {
  const pictures = parts.flatMap(({ cid, filename = '' }) =>
    cid === undefined
      ? []
      : [
          `<p style="margin:0 0 16px"><img src="cid:${cid}" alt="${escaped(filename)}" style="max-width:100%;height:auto"></p>`,
        ],
  );
  const lines = escaped(text).split(/\r\n|\r|\n/);
  return [
    `<!DOCTYPE html><html lang="${escaped(language)}"><head><meta charset="utf-8">`,
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<title>${escaped(title)}</title></head>`,
    '<body style="font-family:sans-serif;font-size:16px;line-height:1.5">',
    `<p style="margin:0 0 16px;font-size:20px"><strong>${escaped(title)}</strong></p>`,
    `<p style="margin:0 0 16px">${lines.join('<br>')}</p>`,
    ...pictures,
    '</body></html>',
  ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text that is text in HTML too; what HTML cannot hold is a blank. */
const escaped = (text: string) =>
  text
    .replace(/[&<>"']/g, (letter) => ENTITIES[letter] as string)
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, ' ');
