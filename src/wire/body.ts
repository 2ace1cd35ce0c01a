import { AlarmError, asAlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import type { BodyPart } from '../notification.js';
import { classify } from './classify.js';
import { FormDataReader } from './form-data.js';
import { parseParameters } from './header.js';
import { MultipartParser } from './multipart.js';
import { PartBytes } from './part-bytes.js';

const BLANKS = new Set([0x20, 0x09, 0x0d, 0x0a]);
const DASH = 0x2d;
const EMPTY = Buffer.alloc(0);
/** A byte order mark and the first character. */
const SIGN_BYTES = 4;

/** What a body was found to hold. */
export interface Body {
  readonly parts: readonly BodyPart[];
  /** A part is missing or cut. */
  readonly truncated: boolean;
  /** Why reading stopped before the end; parts before that are kept. */
  readonly error?: AlarmError;
}

/**
 * Reads one body as it streams in. What the body begins with decides how it is read, not only what the content
 * type says: devices ignore their own format setting (isapi.md §3.9).
 */
export class BodyReader {
  readonly #contentType: string | undefined;
  readonly #limits: Limits;
  readonly #parts: BodyPart[] = [];
  readonly #raw: Buffer[] = [];
  #rawLength = 0;
  #start: Buffer = EMPTY;
  readonly #formData: boolean;
  #multipart: MultipartParser | FormDataReader | undefined;
  #single: PartBytes | undefined;
  #error: AlarmError | undefined;

  /**
   * @param contentType header of the request, if it had one
   * @param formData whether its devices send clean form data, for the library that reads it
   */
  constructor(contentType: string | undefined, limits: Limits, formData = false) {
    this.#contentType = contentType;
    this.#limits = limits;
    this.#formData = formData;
  }

  /** Never throws: what goes wrong is in the result of `end`. */
  write(chunk: Buffer): void {
    this.#keepRaw(chunk);
    if (this.#error !== undefined) return;
    try {
      this.#read(chunk);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The body is over. */
  end(): Body {
    let truncated = false;
    try {
      if (this.#error === undefined) {
        if (this.#rawLength === 0) throw new AlarmError('BODY_EMPTY');
        if (this.#multipart === undefined && this.#single === undefined) this.#choose(true);
        truncated = this.#multipart?.end() ?? this.#endSingle();
        if (this.#multipart !== undefined && this.#parts.length === 0)
          this.#error = new AlarmError('MULTIPART_NO_BOUNDARY');
      }
    } catch (error) {
      this.#fail(error);
    }
    return {
      parts: this.#parts,
      truncated: truncated || this.#error !== undefined,
      ...(this.#error !== undefined && { error: this.#error }),
    };
  }

  /** The first bytes as they came, at most `limits.rawBytes`. */
  raw(): Buffer {
    return Buffer.concat(this.#raw, this.#rawLength);
  }

  #read(chunk: Buffer): void {
    if (this.#multipart !== undefined) this.#multipart.write(chunk);
    else if (this.#single !== undefined) this.#single.add(chunk);
    else {
      this.#start = this.#start.length === 0 ? chunk : Buffer.concat([this.#start, chunk]);
      this.#choose(false);
    }
  }

  /** Multipart or one document: by the first bytes that are not blank, then by the content type. */
  #choose(ended: boolean): void {
    const most = this.#limits.partHeaderBytes;
    let at = 0;
    while (at < most && BLANKS.has(this.#start[at] as number)) at++;
    const first = this.#start.subarray(at, at < most ? at + SIGN_BYTES : at);
    if (first.length < SIGN_BYTES && at < most && !ended) return;
    const type = this.#contentType ?? '';
    const form = this.#formData && FormDataReader.takes(type, this.#start);
    if (form === undefined && !ended) return;
    if (isMultipart(first, type)) {
      const add = (part: BodyPart) => this.#parts.push(part);
      this.#multipart = form
        ? new FormDataReader(type, this.#limits, add)
        : new MultipartParser(parseParameters(type).parameters.get('boundary'), this.#limits, add);
      this.#multipart.write(this.#start);
    } else {
      this.#single = new PartBytes(this.#limits);
      this.#single.add(this.#start);
    }
    this.#start = EMPTY;
  }

  #endSingle(): boolean {
    const bytes = this.#single?.bytes() ?? EMPTY;
    const truncated = this.#single?.cut ?? false;
    this.#parts.push({
      headers: new Map(),
      ...(this.#contentType !== undefined && { contentType: this.#contentType }),
      kind: classify(bytes),
      bytes,
      truncated,
    });
    return truncated;
  }

  /** Nobody stands behind a socket to catch what is thrown: an error of our own is told as one, and costs one delivery. */
  #fail(error: unknown): void {
    this.#error = asAlarmError(error, 'INTERNAL');
  }

  #keepRaw(chunk: Buffer): void {
    const room = this.#limits.rawBytes - this.#rawLength;
    if (room <= 0) return;
    const kept = chunk.length <= room ? chunk : chunk.subarray(0, room);
    this.#raw.push(kept);
    this.#rawLength += kept.length;
  }
}

/** By the first bytes of a body; the content type counts where they say nothing. */
function isMultipart(first: Buffer, type: string): boolean {
  if (first[0] === DASH && first[1] === DASH) return true;
  const kind = classify(first);
  return kind !== 'xml' && kind !== 'json' && parseParameters(type).value.startsWith('multipart/');
}
