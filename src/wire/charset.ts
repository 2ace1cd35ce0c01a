import { isAscii, isUtf8 } from 'node:buffer';
import { parseParameters } from './header.js';

/** Text with a note of how sure we are of it. */
export interface Decoded {
  readonly text: string;
  /** The bytes did not fit the announced character set and were read as Latin-1. */
  readonly guessed: boolean;
}

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Bytes of a document to text. A byte order mark counts most, then the XML declaration, then the `charset` of the
 * content type; without any of them UTF-8 (isapi.md §4: no capture shows anything else, older OEM firmware may send
 * GB2312). Never throws.
 * @param contentType header of the part or request, for its `charset`
 */
export function decodeText(bytes: Buffer, contentType?: string): Decoded {
  // Nearly every document: the same in all character sets but UTF-16, which is not ASCII with its mark or its zeros.
  if (isAscii(bytes) && !bytes.includes(0)) return { text: bytes.toString('latin1'), guessed: false };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeAs(bytes.subarray(2), 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeAs(bytes.subarray(2), 'utf-16be');
  if (bytes.subarray(0, 3).equals(UTF8_MARK)) return decodeAs(bytes.subarray(3), 'utf-8');
  return decodeAs(bytes, declaredEncoding(bytes) ?? charsetOf(contentType) ?? 'utf-8');
}

const charsetOf = (contentType: string | undefined) =>
  contentType === undefined ? undefined : parseParameters(contentType).parameters.get('charset');

function decodeAs(bytes: Buffer, label: string): Decoded {
  if (/^utf-?8$/i.test(label)) {
    return isUtf8(bytes)
      ? { text: bytes.toString('utf8'), guessed: false }
      : { text: bytes.toString('latin1'), guessed: true };
  }
  try {
    return { text: new TextDecoder(label, { fatal: true }).decode(bytes), guessed: false };
  } catch {
    const utf8 = isUtf8(bytes);
    return { text: bytes.toString(utf8 ? 'utf8' : 'latin1'), guessed: !utf8 };
  }
}

/** The encoding named by `<?xml … encoding="…"?>` at the start, if any. One that can be read here is not UTF-16. */
function declaredEncoding(bytes: Buffer): string | undefined {
  const line = bytes.subarray(0, 140).toString('latin1');
  const start = line.indexOf('<?xml');
  if (start < 0 || start > 16) return undefined;
  const label = /^[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(line.slice(start))?.[1];
  return label !== undefined && /^utf-?16/i.test(label) ? 'utf-8' : label;
}
