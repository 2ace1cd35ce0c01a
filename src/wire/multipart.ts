import { AlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import type { BodyPart } from '../notification.js';
import { bodyPartOf } from './body-part.js';
import { classify, isPicture, looksWhole } from './classify.js';
import { Delimiters } from './delimiters.js';
import { beginsBody, endsLikeDocument, lineEnds, lineWithDashes, textEnd } from './lines.js';
import { PartBytes } from './part-bytes.js';
import { PartHead } from './part-head.js';

const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;
const EMPTY = Buffer.alloc(0);
/** Enough of the begin of a part to say what it is: a few blanks and its first character. */
const LEAD = 64;
const DOCUMENT_TYPE = /xml|json|text/i;
/** Line ends behind a counted part; seen is one, more than this are content. */
const MOST_LINE_ENDS = 64;
/** Kept back while a delimiter may still begin in it: CR LF and the first dash. */
const HELD = 3;
/** Lines that begin like a delimiter and are none, in what is looked at all at once. 8 MiB have one by chance. */
const MOST_LOOKALIKES = 10_000;
/** Bytes read again because of wrong counts, in largest pictures; beyond it no count is believed any more. */
const MOST_REREAD = 2;

/**
 * Where the parser stands:
 * `between` parts, looking for a delimiter · there in a `long-line` that cannot be one · in the `head` of a part ·
 * in a body that is `counted` by its Content-Length · behind a counted body that did not look whole, to `verify`
 * the count · in a body that is `delimited` by the next delimiter only.
 */
type State = 'between' | 'long-line' | 'head' | 'counted' | 'verify' | 'delimited';

/**
 * Streaming parser for multipart/form-data (RFC 7578) and multipart/mixed (RFC 2046 §5.1) as cameras write them.
 *
 * A part with a Content-Length is framed by it and handed on with its own last byte; where the count turns out to
 * be wrong, and for parts without one, the delimiter decides. Lines may end in CRLF or LF. Heads may be missing,
 * and so may the blank line behind them. The delimiter on the wire counts, not the announced one.
 * Any chunking of the same bytes gives the same parts. Sources: isapi.md §1.3-§1.8, §3.2; reliability.md §5.2.
 */
export class MultipartParser {
  readonly #limits: Limits;
  readonly #onPart: (part: BodyPart) => void;
  readonly #delimiters: Delimiters;
  #state: State = 'between';
  /** What came and is not read yet, from `#at` on: a view of it for every line would cost more than reading the line. */
  #pending: Buffer = EMPTY;
  #at = 0;
  #ended = false;
  #head: PartHead;
  #body: PartBytes;
  #remaining = 0;
  #reread = 0;
  /** Left in what is read again. */
  #lookalikes = Number.POSITIVE_INFINITY;
  #parts = 0;
  #cut = false;
  #begun = false;

  /**
   * @param boundary as announced in Content-Type, with or without its leading dashes; may be unknown
   * @param onPart called with each part in order, from within `write` and `end`
   */
  constructor(boundary: string | undefined, limits: Limits, onPart: (part: BodyPart) => void) {
    this.#limits = limits;
    this.#onPart = onPart;
    this.#head = new PartHead(limits);
    this.#body = new PartBytes(limits);
    this.#delimiters = new Delimiters(boundary, limits);
  }

  /** @throws AlarmError `PART_HEADER_TOO_LARGE`, `PARTS_TOO_MANY`; the parser is of no use afterwards. */
  write(chunk: Buffer): void {
    // The most of every picture goes this way: nothing in it has to be looked at.
    const inside = this.#state === 'counted' && this.#left === 0 && chunk.length < this.#remaining;
    if (inside && chunk.length <= this.#body.room) {
      this.#body.add(chunk);
      this.#remaining -= chunk.length;
      return;
    }
    this.#setPending(this.#left === 0 ? chunk : Buffer.concat([this.#rest(), chunk]));
    while (this.#step());
  }

  /**
   * The stream is over: hands on what is left.
   * @returns whether a part was cut by the end
   * @throws AlarmError as `write`
   */
  end(): boolean {
    this.#ended = true;
    while (this.#step());
    if (this.#state === 'head') this.#cut ||= this.#head.headers.size > 0;
    else if (this.#state === 'counted' && this.#reframe()) return this.end();
    else if (this.#state === 'counted' || this.#state === 'delimited') this.#finishCutPart();
    return this.#cut;
  }

  /** Whether a delimiter has come: these are parts indeed, and no page of a web server. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Whether the head of a part has come, and not yet all of its bytes. */
  get inBody(): boolean {
    return this.#state === 'delimited' || this.#state === 'counted' || this.#state === 'verify';
  }

  /**
   * Whether a part has begun that is no document, as far as can be seen: by its first bytes, or by what its head says.
   * A delimiter alone is none yet: devices may write it behind a part as well as before the next one.
   */
  get inAttachment(): boolean {
    if (this.#state === 'between') return this.#pending[this.#at] === DASH;
    if (this.#state === 'head' && this.#head.headers.size === 0) return this.#left > 0;
    if (this.#state === 'counted' || this.#state === 'delimited') {
      const kind = classify(this.#lead());
      if (kind !== 'empty') return kind !== 'xml' && kind !== 'json';
    }
    return this.#state !== 'long-line' && !DOCUMENT_TYPE.test(this.#head.headers.get('content-type') ?? '');
  }

  /**
   * Hands on a document that is whole although no delimiter has come yet, or less than its count: on a stream that one
   * comes with the next event only, and the count may be too large. Call it when all that came was written.
   */
  flush(): void {
    // Only the ends are looked at first: this is asked with every piece of a part that may be large.
    if (!this.inBody || this.#body.cut || !endsLikeDocument(this.#tail())) return;
    const kind = classify(this.#lead());
    if (kind !== 'xml' && kind !== 'json') return;
    if (looksWhole(Buffer.concat([this.#body.bytes(), this.#rest()])) !== true) return;
    this.#body.add(this.#take(this.#left));
    this.#emit();
    this.#state = 'between';
  }

  /**
   * A counted part takes longer than such parts do: perhaps it broke off, and what is taken for its bytes are others
   * already. Reads it by delimiter if one stands in it. Call it now and then, as all of the part is looked at.
   * @throws AlarmError as `write`
   */
  doubt(): void {
    if (this.#state !== 'counted' || !this.#holdsParts() || !this.#reframe()) return;
    while (this.#step());
  }

  /** Last bytes that came of the part. */
  #tail(): Buffer {
    return this.#left > 0 ? this.#rest() : this.#body.tail(LEAD);
  }

  /** First bytes of the part that has begun. */
  #lead(): Buffer {
    const lead = this.#body.lead(LEAD);
    return lead.length === LEAD ? lead : Buffer.concat([lead, this.#rest().subarray(0, LEAD - lead.length)]);
  }

  /** One state change, or as much as the pending bytes allow; false when it needs more of them. */
  #step(): boolean {
    switch (this.#state) {
      case 'between':
        return this.#skipToDelimiter();
      case 'long-line':
        return this.#skipLine();
      case 'head':
        return this.#readHead();
      case 'counted':
        return this.#readCounted();
      case 'verify':
        return this.#verifyCount();
      case 'delimited':
        return this.#readDelimited();
    }
  }

  #skipToDelimiter(): boolean {
    const start = lineEnds(this.#pending, this.#at, this.#pending.length);
    this.#at = start;
    const end = this.#lineEnd();
    if (end === undefined) {
      if (this.#left <= this.#limits.partHeaderBytes) return false;
      this.#state = 'long-line';
      return true;
    }
    this.#at = end;
    if (end - start > this.#limits.partHeaderBytes) return true;
    let match = this.#delimiters.match(this.#pending, start, true);
    if (match === 'no') {
      const line = this.#pending.subarray(start, textEnd(this.#pending, start, end));
      if (this.#delimiters.learn(line)) match = 'open';
    }
    if (match === 'open') this.#startHead();
    return true;
  }

  #skipLine(): boolean {
    const end = this.#pending.indexOf(LF, this.#at);
    this.#at = end < 0 ? this.#pending.length : end + 1;
    if (end >= 0) this.#state = 'between';
    return end >= 0;
  }

  #readHead(): boolean {
    if (this.#left === 0) return false;
    const start = this.#at;
    const first = this.#pending[start] as number;
    if (first === 0xff && this.#left < 2 && !this.#ended) return false;
    if (beginsBody(first, this.#pending[start + 1])) return this.#startBody();
    const end = this.#lineEnd();
    const length = (end ?? this.#pending.length) - start;
    this.#head.grow(length, end !== undefined);
    if (end === undefined) return false;
    this.#at = end;
    const match = first === DASH ? this.#delimiters.match(this.#pending, start, true) : 'no';
    const stop = textEnd(this.#pending, start, end);
    if (match === 'open') this.#startHead();
    else if (match === 'close') this.#state = 'between';
    else if (stop === start) return this.#startBody();
    else this.#head.add(this.#pending.toString('utf8', start, stop));
    return true;
  }

  #startHead(): void {
    this.#begun = true;
    this.#state = 'head';
    this.#head = new PartHead(this.#limits);
  }

  #startBody(): true {
    if (++this.#parts > this.#limits.parts) throw new AlarmError('PARTS_TOO_MANY');
    const length = this.#head.headers.get('content-length') ?? '';
    const trusted = this.#reread <= MOST_REREAD * this.#limits.pictureBytes;
    let counted = trusted && length !== '' && length.length <= 10 && !/\D/.test(length);
    // More than will come: the count is wrong, and reading by it would copy all the rest for nothing.
    counted &&= !this.#ended || Number(length) <= this.#left;
    this.#remaining = counted ? Number(length) : 0;
    this.#state = counted ? 'counted' : 'delimited';
    return true;
  }

  #readCounted(): boolean {
    const { room } = this.#body;
    // Before the first byte is dropped: a count far too large may hold whole parts.
    if (room === 0 && this.#holdsParts() && this.#reframe()) return true;
    const take = Math.min(this.#remaining, this.#left, room === 0 ? Number.POSITIVE_INFINITY : room);
    this.#body.add(this.#take(take));
    this.#remaining -= take;
    if (this.#remaining > 0) return this.#left > 0;
    const whole = looksWhole(this.#body.bytes());
    if (this.#body.cut || (whole === true && !this.#holdsParts(whole))) {
      this.#emit();
      this.#state = 'between';
    } else this.#state = 'verify';
    return true;
  }

  /** Whether a counted body is more than one part: it is no whole document, or already was one before a delimiter. */
  #holdsParts(whole = looksWhole(this.#body.bytes())): boolean {
    const bytes = this.#body.bytes();
    // A picture that ends as pictures do is not searched: what looks like a delimiter in it is chance.
    if (whole === true && isPicture(classify(bytes))) return false;
    let lookalikes = 0;
    for (let at = lineWithDashes(bytes, 0); at !== undefined; at = lineWithDashes(bytes, at + 1)) {
      if (this.#delimiters.match(bytes, at + 1, true) === 'no') {
        if (++lookalikes > MOST_LOOKALIKES) return false;
        continue;
      }
      return whole === false || looksWhole(bytes.subarray(0, textEnd(bytes, 0, at + 1))) === true;
    }
    return false;
  }

  /** A right count is followed by line ends and a delimiter, or by the end. */
  #verifyCount(): boolean {
    const line = lineEnds(this.#pending, this.#at, this.#at + MOST_LINE_ENDS);
    const none = line === this.#pending.length;
    const match = none ? 'undecided' : this.#delimiters.match(this.#pending, line, false);
    if (match === 'undecided' && !this.#ended) return false;
    const right = match !== 'no' && !this.#holdsParts();
    if (right || !this.#reframe()) {
      this.#emit();
      this.#state = 'between';
    }
    return true;
  }

  /** The count was wrong: reads the same bytes again by delimiter. False when they were not kept. */
  #reframe(): boolean {
    if (this.#body.cut) return false;
    const bytes = this.#body.bytes();
    this.#reread += bytes.length;
    this.#lookalikes = MOST_LOOKALIKES;
    this.#setPending(this.#left === 0 ? bytes : Buffer.concat([bytes, this.#rest()]));
    this.#body = new PartBytes(this.#limits);
    this.#state = 'delimited';
    return true;
  }

  #readDelimited(): boolean {
    const bytes = this.#pending;
    // A delimiter at the very start of a body has no line break of its own before it.
    const atStart = this.#body.length === 0 && bytes[this.#at] === DASH;
    for (
      let at = atStart ? this.#at - 1 : lineWithDashes(bytes, this.#at);
      at !== undefined;
      at = lineWithDashes(bytes, at + 1)
    ) {
      const match = this.#delimiters.match(bytes, at + 1, this.#ended);
      if (match === 'undecided') {
        this.#keepFrom(at);
        return false;
      }
      if (match !== 'no') {
        this.#body.add(bytes.subarray(this.#at, Math.max(this.#at, bytes[at - 1] === CR ? at - 1 : at)));
        this.#dropStatusLine();
        this.#emit();
        this.#at = at + 1;
        this.#state = 'between';
        return true;
      }
      if (--this.#lookalikes < 0) throw new AlarmError('PARTS_TOO_MANY');
    }
    if (!this.#ended) this.#keepFrom(bytes.length - HELD);
    return false;
  }

  /** Doorbells begin a new answer in the middle of a stream, right behind a document (isapi.md §1.7). */
  #dropStatusLine(): void {
    const bytes = this.#body.bytes();
    if (this.#body.cut || looksWhole(bytes) !== false) return;
    const at = bytes.lastIndexOf('HTTP/1.');
    if (at > 0 && looksWhole(bytes.subarray(0, at)) === true) {
      this.#body = new PartBytes(this.#limits);
      this.#body.add(bytes.subarray(0, at));
    }
  }

  /** Moves all before the line break at `at` to the body; that and what follows stays pending. */
  #keepFrom(at: number): void {
    this.#body.add(this.#take(Math.max(0, at - 1 - this.#at)));
  }

  /** The end came inside a part: its bytes without the beginning of a delimiter are all there will be. */
  #finishCutPart(): void {
    const bytes = this.#take(this.#left);
    const lineBreak = bytes.lastIndexOf(LF);
    const tail = bytes.subarray(lineBreak + 1);
    const begun = lineBreak >= 0 && tail.length > 0 && this.#delimiters.match(tail, 0, false) === 'undecided';
    this.#body.add(
      begun ? bytes.subarray(0, bytes[lineBreak - 1] === CR ? lineBreak - 1 : lineBreak) : bytes,
    );
    const whole = looksWhole(this.#body.bytes()) === true;
    this.#cut ||= !whole;
    this.#emit(!whole);
    this.#state = 'between';
  }

  #emit(cutByEnd = false): void {
    const bytes = this.#body.bytes();
    const truncated = cutByEnd || this.#body.cut;
    this.#cut ||= truncated;
    this.#onPart(bodyPartOf(this.#head.headers, bytes, truncated));
    this.#lookalikes = Number.POSITIVE_INFINITY;
    this.#body = new PartBytes(this.#limits);
  }

  /** Place behind the first pending line and its line break; at the end of the stream the rest is a line. */
  #lineEnd(): number | undefined {
    const end = this.#pending.indexOf(LF, this.#at);
    if (end >= 0) return end + 1;
    return this.#ended && this.#left > 0 ? this.#pending.length : undefined;
  }

  /** How many bytes are pending. */
  get #left(): number {
    return this.#pending.length - this.#at;
  }

  #rest(): Buffer {
    return this.#pending.subarray(this.#at);
  }

  #setPending(bytes: Buffer): void {
    this.#pending = bytes;
    this.#at = 0;
  }

  #take(count: number): Buffer {
    const from = this.#at;
    this.#at += count;
    return this.#pending.subarray(from, this.#at);
  }
}
