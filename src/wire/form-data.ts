import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import busboy from 'busboy';
import { AlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import type { BodyPart } from '../notification.js';
import { classify } from './classify.js';
import { label, parseParameters } from './header.js';
import { PartBytes } from './part-bytes.js';

/** No text has these. */
const CONTROLS = /[\0-\x08\x0e-\x1f]/;

interface OpenPart {
  readonly head: Pick<BodyPart, 'name' | 'filename' | 'contentType'>;
  readonly bytes: PartBytes;
  readonly stream: Readable | undefined;
}

/**
 * Spec-clean `multipart/form-data` (RFC 7578), as cameras with an ordinary HTTP library send it, through busboy. Gives the
 * same parts as our own tolerant parser, which reads everything that is not clean.
 */
export class FormDataReader {
  readonly #form: busboy.Busboy;
  readonly #limits: Limits;
  readonly #onPart: (part: BodyPart) => void;
  readonly #close: Buffer;
  #open: OpenPart | undefined;
  #parts = 0;
  /** Last bytes that came: the last delimiter may have begun in them. */
  #tail: Buffer = Buffer.alloc(0);
  #closed = false;
  #failed = false;

  /** Whether a body of this type that begins with these bytes is one for this reader; undefined: it takes more of them. */
  static takes(contentType: string, start: Buffer): boolean | undefined {
    const { value, parameters } = parseParameters(contentType);
    const boundary = parameters.get('boundary') ?? '';
    if (value !== 'multipart/form-data' || !/^[\w'()+,./:=?-]{1,70}$/.test(boundary)) return false;
    const wanted = `--${boundary}\r\n`;
    const there = start.toString('latin1', 0, wanted.length);
    if (there === wanted) return true;
    return wanted.startsWith(there) ? undefined : false;
  }

  constructor(contentType: string, limits: Limits, onPart: (part: BodyPart) => void) {
    this.#limits = limits;
    this.#onPart = onPart;
    const boundary = parseParameters(contentType).parameters.get('boundary') ?? '';
    this.#close = Buffer.from(`\r\n--${boundary}--`);
    const most = limits.bodyBytes + 1;
    this.#form = busboy({
      // Written anew: the library throws at a semicolon too many.
      headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` },
      // Bytes of a part without a file name are text to busboy: one character each gives them back as they were.
      defCharset: 'latin1',
      // What is read is taken at once, so that nobody need wait for anybody.
      fileHwm: most,
      limits: { fieldSize: most, fileSize: most, fields: most, files: most, parts: most, fieldNameSize: 100 },
    });
    this.#form.on('file', (name, stream, { filename, mimeType }) =>
      this.#begin({ name, filename, mimeType }, stream),
    );
    this.#form.on('field', (name, value: string | undefined, { mimeType }) => {
      this.#begin({ name, mimeType });
      this.#open?.bytes.add(bytesOf(value));
    });
    // The head of a part that cannot be read: that part is lost, and those behind it are not.
    this.#form.on('error', () => {
      this.#failed = true;
    });
  }

  /** @throws AlarmError `PARTS_TOO_MANY` */
  write(chunk: Buffer): void {
    if (this.#closed) return;
    const end = this.#endOfForm(chunk);
    this.#closed = end !== undefined;
    // Behind the last delimiter the library may read on, or not, by how the bytes were chunked.
    this.#form.write(chunk.subarray(0, end));
    this.#drain();
  }

  /** Place behind the last delimiter, where that ends in this chunk. */
  #endOfForm(chunk: Buffer): number | undefined {
    const most = this.#close.length - 1;
    const joint = Buffer.concat([this.#tail, chunk.subarray(0, most)]);
    const early = joint.indexOf(this.#close);
    const at = early >= 0 ? early - this.#tail.length : chunk.indexOf(this.#close);
    this.#tail = chunk.length < most ? joint.subarray(-most) : chunk.subarray(-most);
    return early < 0 && at < 0 ? undefined : at + this.#close.length;
  }

  /** @returns whether something is missing */
  end(): boolean {
    const whole = !this.#failed && this.#closed;
    this.#finish(!whole);
    this.#form.destroy();
    return !whole;
  }

  #begin(
    head: { name: string | undefined; filename?: string | undefined; mimeType: string },
    stream?: Readable,
  ): void {
    this.#finish(false);
    if (++this.#parts > this.#limits.parts) throw new AlarmError('PARTS_TOO_MANY');
    stream?.on('error', () => undefined);
    const { name, filename, mimeType } = head;
    this.#open = {
      head: {
        // Its types say text for both; what is not there is undefined.
        ...(name !== undefined && { name: label(name) }),
        ...(filename !== undefined && { filename: label(filename) }),
        contentType: mimeType,
      },
      bytes: new PartBytes(this.#limits),
      stream,
    };
  }

  #drain(): void {
    for (let read = this.#open?.stream?.read(); read !== null && read !== undefined; ) {
      this.#open?.bytes.add(read as Buffer);
      read = this.#open?.stream?.read();
    }
  }

  #finish(truncated: boolean): void {
    this.#drain();
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    const bytes = open.bytes.bytes();
    const cut = truncated || open.bytes.cut;
    this.#onPart({ ...open.head, headers: new Map(), kind: classify(bytes), bytes, truncated: cut });
  }
}

/**
 * What stood in a part: one byte for each character, unless the part named a character set and its text was decoded by it.
 * Bytes of a picture are told from such text by their control characters.
 * @param value undefined where the part named a character set that nobody knows, whatever the types of the library say
 */
function bytesOf(value = ''): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  const decoded = /[^\0-\xff]/.test(value) || !(isUtf8(bytes) || CONTROLS.test(value));
  return decoded ? Buffer.from(value) : bytes;
}
