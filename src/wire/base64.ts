import { classify, isPicture } from './classify.js';

const DATA_URL = /^data:[\w/+.-]{0,40};base64,/i;
/** Enough of base64 to see what it is. */
const SIGN = 24;

/** The bytes of a picture that came as text, with or without `data:` before it; undefined for what is none. */
export function pictureFromBase64(text: string): Buffer | undefined {
  const start = DATA_URL.exec(text.slice(0, 64))?.[0].length ?? 0;
  if (!isPicture(classify(Buffer.from(text.slice(start, start + SIGN), 'base64')))) return undefined;
  return Buffer.from(start === 0 ? text : text.slice(start), 'base64');
}
