import type { Readable } from 'node:stream';
import busboy from 'busboy';
import { AlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import type { BodyPart } from '../notification.js';
import { classify } from './classify.js';
import { label, parseParameters } from './header.js';
import { PartBytes } from './part-bytes.js';

/** What may stand behind the last delimiter; a line end, as a rule. */
const EPILOGUE = 256;

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
  #tail: Buffer = Buffer.alloc(0);
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
    this.#close = Buffer.from(`--${parseParameters(contentType).parameters.get('boundary')}--`);
    const most = limits.bodyBytes + 1;
    this.#form = busboy({
      headers: { 'content-type': contentType },
      // Bytes of a part without a file name are text to busboy: one character each gives them back as they were.
      defCharset: 'latin1',
      // What is read is taken at once, so that nobody need wait for anybody.
      fileHwm: most,
      limits: { fieldSize: most, fileSize: most, fields: most, files: most, parts: most, fieldNameSize: 100 },
    });
    this.#form.on('file', (name, stream, { filename, mimeType }) =>
      this.#begin({ name, filename, mimeType }, stream),
    );
    this.#form.on('field', (name, value, { mimeType }) => {
      this.#begin({ name, mimeType });
      this.#open?.bytes.add(Buffer.from(value, 'latin1'));
    });
    this.#form.on('error', () => {
      this.#failed = true;
    });
  }

  /** @throws AlarmError `PARTS_TOO_MANY` */
  write(chunk: Buffer): void {
    if (this.#failed) return;
    const most = this.#close.length + EPILOGUE;
    this.#tail = Buffer.concat([this.#tail, chunk.subarray(-most)]).subarray(-most);
    this.#form.write(chunk);
    this.#drain();
  }

  /** @returns whether something is missing */
  end(): boolean {
    const whole = !this.#failed && this.#tail.includes(this.#close);
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
