import type { AlarmEvent, Attachment, Draft, VendorId } from '../../event.js';
import type { AlarmDraft } from '../../notification.js';

/** What is kept of an alarm: the alarm as its vendor read it, where it came in, and what makes it known again. */
export interface KeptAlarm {
  /** Of the inbox it came to. */
  readonly path: string;
  readonly draft: AlarmDraft;
  /** By which the same notification is known when it comes again. */
  readonly keys: readonly string[];
}

/** What is known of a kept alarm without its pictures. */
export interface About {
  readonly path: string;
  readonly vendor: VendorId;
  readonly device: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly keys: readonly string[];
}

type Written = Omit<KeptAlarm, 'draft'> & {
  readonly draft: Pick<AlarmDraft, 'event' | 'awaits' | 'brings'>;
  readonly attachments: readonly (Omit<Attachment, 'content'> & { readonly bytes: number })[];
  readonly raw?: number;
};

const LENGTH_BYTES = 4;

/** The body of its record, in pieces: how long the JSON text is, the text, the pictures, the raw bytes. */
export function writeAlarm({ path, draft, keys }: KeptAlarm): Uint8Array[] {
  const { event, awaits, brings, attachments, raw } = draft;
  const written: Written = {
    path,
    keys,
    draft: { event, ...(awaits !== undefined && { awaits }), ...(brings !== undefined && { brings }) },
    attachments: attachments.map(({ content, ...rest }) => ({ ...rest, bytes: content.length })),
    ...(raw !== undefined && { raw: raw.length }),
  };
  const text = Buffer.from(JSON.stringify(written));
  const length = Buffer.allocUnsafe(LENGTH_BYTES);
  length.writeUInt32LE(text.length);
  return [length, text, ...attachments.map(({ content }) => content), ...(raw !== undefined ? [raw] : [])];
}

/** What {@link writeAlarm} wrote. @throws SyntaxError, RangeError when it was something else */
export function readAlarm(body: Buffer): KeptAlarm {
  const { path, draft, keys, attachments, raw } = readText(body);
  let at = LENGTH_BYTES + body.readUInt32LE();
  const take = (bytes: number) => {
    at += bytes;
    return body.subarray(at - bytes, at);
  };
  return {
    path,
    keys,
    draft: {
      ...draft,
      event: draft.event as Draft<AlarmEvent>,
      attachments: attachments.map(({ bytes, ...rest }) => ({ ...rest, content: take(bytes) })),
      ...(raw !== undefined && { raw: take(raw) }),
    },
  };
}

/** The same without the pictures. @throws SyntaxError, RangeError */
export function readAbout(body: Buffer): About {
  const { path, keys, draft } = readText(body);
  const { vendor, device, receivedAt } = draft.event;
  return { path, keys, vendor, device: device.id, receivedAt: Date.parse(receivedAt) };
}

function readText(body: Buffer): Written {
  const end = LENGTH_BYTES + body.readUInt32LE();
  return JSON.parse(body.toString('utf8', LENGTH_BYTES, end)) as Written;
}
