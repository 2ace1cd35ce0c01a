import { AlarmError } from '../errors.js';

const LF = 0x0a;

/** The head of an answer. */
export interface AnswerHead {
  readonly status: number;
  /** Lower-case names; all values of a name. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

/** Who takes what a reader finds. */
export interface AnswerTaker {
  head(head: AnswerHead): void;
  data(bytes: Buffer): void;
  /** The answer is over, whatever follows. */
  end(): void;
}

type State = 'head' | 'counted' | 'open' | 'chunk-size' | 'chunk' | 'over';

/**
 * Reads an HTTP answer of devices whose heads no proper client takes: lines that end in LF alone, names with blanks,
 * lines that are no header, a Content-Length that is empty or comes twice.
 */
export class AnswerReader {
  readonly #taker: AnswerTaker;
  readonly #headBytes: number;
  #pending: Buffer = Buffer.alloc(0);
  #state: State = 'head';
  #left = 0;

  constructor(taker: AnswerTaker, headBytes: number) {
    this.#taker = taker;
    this.#headBytes = headBytes;
  }

  /** @throws AlarmError `DEVICE_ANSWER_BROKEN` */
  write(chunk: Buffer): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    while (this.#step());
  }

  /** The connection has ended. @returns whether the answer is whole; one that has no length ends here */
  close(): boolean {
    if (this.#state === 'open') this.#end();
    return this.#state === 'over';
  }

  #step(): boolean {
    switch (this.#state) {
      case 'head':
        return this.#readHead();
      case 'chunk-size':
        return this.#readSize();
      case 'over':
        return false;
      default:
        return this.#readBody();
    }
  }

  #readHead(): boolean {
    const end = headEnd(this.#pending);
    if ((end ?? this.#pending.length) > this.#headBytes) throw new AlarmError('DEVICE_ANSWER_BROKEN');
    if (end === undefined) return false;
    const head = parseHead(this.#pending.toString('latin1', 0, end));
    this.#pending = this.#pending.subarray(end);
    // Not the answer yet (RFC 9110 §15.2).
    if (head.status < 200) return true;
    this.#frame(head);
    this.#taker.head(head);
    if (this.#state === 'counted' && this.#left === 0) this.#end();
    return true;
  }

  #frame({ status, headers }: AnswerHead): void {
    const lengths = new Set(headers.get('content-length')?.filter((text) => /^\d{1,15}$/.test(text)));
    // Nobody knows where its body ends.
    if (lengths.size > 1) throw new AlarmError('DEVICE_ANSWER_BROKEN');
    const [length] = lengths;
    if (headers.get('transfer-encoding')?.some((text) => /chunked/i.test(text))) this.#state = 'chunk-size';
    else this.#state = length === undefined && status !== 204 && status !== 304 ? 'open' : 'counted';
    this.#left = Number(length ?? 0);
  }

  /** The line with the length of a chunk; the line end behind the chunk before is skipped with it. */
  #readSize(): boolean {
    const end = this.#pending.indexOf(LF);
    if (end < 0 && this.#pending.length <= this.#headBytes) return false;
    const line = this.#pending.toString('latin1', 0, Math.max(0, end)).trim();
    this.#pending = this.#pending.subarray(end + 1);
    if (line === '' && end >= 0) return true;
    const [, size] = /^([\da-f]{1,8})\s*(?:;.*)?$/i.exec(line) ?? [];
    if (size === undefined) throw new AlarmError('DEVICE_ANSWER_BROKEN');
    this.#left = Number.parseInt(size, 16);
    this.#state = 'chunk';
    if (this.#left === 0) this.#end();
    return true;
  }

  #readBody(): boolean {
    const counted = this.#state !== 'open';
    const bytes = counted ? this.#pending.subarray(0, this.#left) : this.#pending;
    this.#pending = this.#pending.subarray(bytes.length);
    if (bytes.length > 0) this.#taker.data(bytes);
    if (!counted) return false;
    this.#left -= bytes.length;
    if (this.#left > 0) return false;
    if (this.#state === 'chunk') this.#state = 'chunk-size';
    else this.#end();
    return true;
  }

  #end(): void {
    this.#state = 'over';
    this.#taker.end();
  }
}

/** Where the body begins: behind the first empty line, which may hold CR. */
function headEnd(bytes: Buffer): number | undefined {
  let from = 0;
  // An empty line before the status line is passed over (RFC 9112 §2.2).
  while (bytes[from] === 0x0d || bytes[from] === LF) from++;
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === LF) return at + 3;
  }
  return undefined;
}

function parseHead(text: string): AnswerHead {
  const [first = '', ...lines] = text.trimStart().split(/\r?\n/);
  const [, status] = /^[A-Z]+\/[\d.]+\s+(\d{3})(?:\s|$)/i.exec(first) ?? [];
  if (status === undefined) throw new AlarmError('DEVICE_ANSWER_BROKEN');
  const headers = new Map<string, string[]>();
  let last: string[] | undefined;
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (/^[ \t]/.test(line) && last !== undefined) last.push(`${last.pop() ?? ''} ${line.trim()}`);
    else if (colon > 0) {
      // A blank for the dash in a name is one of the faults seen.
      const name = line.slice(0, colon).trim().toLowerCase().replaceAll(' ', '-');
      last = headers.get(name) ?? [];
      last.push(line.slice(colon + 1).trim());
      headers.set(name, last);
    }
  }
  return { status: Number(status), headers };
}
