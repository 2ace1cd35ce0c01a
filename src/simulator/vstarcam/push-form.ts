import { multipartBody, type PushPart } from '../http-push.js';

/** The codes of the document (seed 002 §5.4). */
export const ALARM_CODES = {
  motion: 0x12,
  doorbell: 0x14,
  smoke: 0x26,
  absence: 0x27,
  babyCry: 0x28,
  person: 0x29,
  fire: 0x6d,
  smokeDetection: 0x6e,
} as const;

/** What a camera tells of an alarm; nothing else, not even the time (seed 002 §5.2). */
export interface CameraAlarm {
  readonly code: number;
  readonly picture?: Buffer;
  readonly film?: Buffer;
}

/**
 * How a camera writes what its document leaves open (raysharp-vstarcam-unknowns.md V2, V3): the code as 18, 0x12 or
 * 12H, and files with a name and type as curl writes them, or without.
 */
export interface FormStyle {
  readonly code: 'decimal' | 'prefixed' | 'suffixed';
  readonly files: 'named' | 'bare';
}

/** The likeliest: an Integer by the document, and libcurl in the firmware. */
export const USUAL_FORM: FormStyle = { code: 'decimal', files: 'named' };

/** As curl makes them. */
const BOUNDARY = '------------------------5e00531122334455';
export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** The body of an alarm push. */
export function pushForm(vuid: string, { code, picture, film }: CameraAlarm, style: FormStyle): Buffer {
  const file = (name: string, filename: string, contentType: string, bytes: Buffer): PushPart =>
    style.files === 'named' ? { name, filename, contentType, bytes } : { name, bytes };
  const parts: PushPart[] = [
    { name: 'vuid', bytes: vuid },
    { name: 'type', bytes: written(code, style.code) },
    ...(picture === undefined ? [] : [file('picture', 'picture.jpg', 'image/jpeg', picture)]),
    ...(film === undefined ? [] : [file('video', 'record.mp4', 'video/mp4', film)]),
  ];
  const unmeasured = parts.map((part) => ({ ...part, noLength: true }));
  return multipartBody(unmeasured, '\r\n', BOUNDARY);
}

function written(code: number, as: FormStyle['code']): string {
  if (as === 'decimal') return String(code);
  return as === 'prefixed' ? `0x${code.toString(16)}` : `${code.toString(16).toUpperCase()}H`;
}
