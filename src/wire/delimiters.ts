import type { Limits } from '../limits.js';
import { sameBytes } from './lines.js';

const DASH = 0x2d;
/** Delimiters one stream may use; more would let junk lines take over. */
const MOST = 4;

/** What stands at a place: `undecided` when more bytes could change the answer and more may come. */
export type Match = 'no' | 'open' | 'close' | 'undecided';

/**
 * The lines that part one multipart stream (RFC 2046 §5.1.1). Devices announce one boundary and write another, or
 * announce it with its dashes (isapi.md §1.3): what is on the wire counts.
 */
export class Delimiters {
  readonly #known: Buffer[] = [];
  readonly #longest: number;

  /** @param boundary as announced, if it was */
  constructor(boundary: string | undefined, limits: Limits) {
    this.#longest = limits.boundaryBytes;
    if (boundary === undefined || boundary === '' || boundary.length > this.#longest) return;
    this.#known.push(Buffer.from(`--${boundary}`, 'latin1'));
    if (boundary.startsWith('--')) this.#known.push(Buffer.from(boundary, 'latin1'));
  }

  /**
   * What stands in `bytes` at `at`, the start of a line. Behind a delimiter anything but another character of a
   * boundary may follow.
   * @param final no more bytes will come
   */
  match(bytes: Buffer, at: number, final: boolean): Match {
    let undecided = false;
    for (const delimiter of this.#known) {
      const end = at + delimiter.length;
      const there = Math.min(end, bytes.length);
      if (!sameBytes(bytes, at, delimiter, 0, there - at)) continue;
      const [first, second] = [bytes[end], bytes[end + 1]];
      const more = there < end || first === undefined || (first === DASH && second === undefined);
      if (more && !final) undecided = true;
      else if (there < end) continue;
      else if (first === DASH && (second ?? DASH) === DASH) return 'close';
      else if (first === undefined || !isBoundaryCharacter(first)) return 'open';
    }
    return undecided && !final ? 'undecided' : 'no';
  }

  /**
   * Takes a line such as `--token`, where no part was begun, for the delimiter this device writes.
   * @param line without its line break
   * @returns whether a part begins behind it
   */
  learn(line: Buffer): boolean {
    const text = line.toString('latin1').trimEnd();
    const token = text.length > 4 && text.endsWith('--') ? text.slice(0, -2) : text;
    if (!token.startsWith('--') || token.length < 3 || token.length > this.#longest) return false;
    if (this.#known.length >= MOST) return false;
    for (let at = 0; at < token.length; at++) if (!isBoundaryCharacter(token.charCodeAt(at))) return false;
    this.#known.push(Buffer.from(token, 'latin1'));
    return token === text;
  }
}

/** `bchars` of RFC 2046 §5.1.1 without the blank. */
function isBoundaryCharacter(code: number): boolean {
  const letterOrDigit =
    (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  return letterOrDigit || "'()+_,-./:=?".includes(String.fromCharCode(code));
}
