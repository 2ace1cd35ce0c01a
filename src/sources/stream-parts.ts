import type { Clock } from '../clock.js';
import { AlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import type { BodyPart } from '../notification.js';
import { isPicture } from '../wire/classify.js';
import { parseParameters } from '../wire/header.js';
import { MultipartParser } from '../wire/multipart.js';
import { type Expected, PictureHabits } from './picture-habits.js';

/** Who hears of what comes over a stream. */
export interface StreamTaker {
  /** Once, before anything else: what comes is a stream of parts indeed. */
  begin(): void;
  /** The parts of one event. @returns whether a picture that comes later may belong to it */
  take(parts: BodyPart[], truncated: boolean): boolean;
}

/** A document with the pictures that have come so far; or pictures whose document has not. */
interface Open {
  readonly document: BodyPart | undefined;
  readonly parts: BodyPart[];
  readonly expected: Expected;
  readonly since: number;
  /** Pictures of the same event that went on before. */
  readonly before: number;
  pictures: number;
  bytes: number;
  /** Milliseconds between the document and its first picture. */
  delayMs: number | undefined;
}

const NOTHING: Expected = { announced: 0, pictures: 0, sure: false, delayMs: undefined };
/** Pictures are waited for a few times as long as they took so far. */
const PATIENCE = 4;

/**
 * A stream of parts to events: a document, and the pictures behind it. A document goes on as soon as its own last byte
 * is there, unless pictures are to be waited for: announced by it, begun in the same breath, or usual for this device
 * behind an event of this kind. They are waited for until they are there, the next document comes, or the time is over.
 *
 * A picture that comes later still, as the first time that a device sends one unannounced, goes on with its document
 * once more: rather one message twice than a picture lost. From then on it is waited for.
 */
export class StreamParts {
  readonly #parser: MultipartParser;
  readonly #limits: Limits;
  readonly #taker: StreamTaker;
  readonly #clock: Clock;
  readonly #habits: PictureHabits;
  #begun = false;
  #broken = false;
  #open: Open | undefined;
  #last:
    | { readonly document: BodyPart; readonly at: number; readonly since: number; pictures: number }
    | undefined;
  #cancel: (() => void) | undefined;
  #progress = false;
  #sinceLastPart = 0;
  /** When the part began that is on its way; undefined between two. */
  #partAt: number | undefined;
  #cancelDoubt: (() => void) | undefined;

  /**
   * @param contentType of the stream, for its boundary
   * @param habits of the device, kept from one connection to the next
   */
  constructor(
    contentType: string | undefined,
    limits: Limits,
    taker: StreamTaker,
    clock: Clock,
    habits = new PictureHabits(),
  ) {
    this.#limits = limits;
    this.#taker = taker;
    this.#clock = clock;
    this.#habits = habits;
    this.#parser = new MultipartParser(
      parseParameters(contentType ?? '').parameters.get('boundary'),
      { ...limits, parts: Number.POSITIVE_INFINITY },
      (part) => this.#add(part),
    );
  }

  /** @throws AlarmError `STREAM_PART_ENDLESS`, and what the parser throws; of no use afterwards. */
  write(chunk: Buffer): void {
    this.#progress = true;
    this.#sinceLastPart += chunk.length;
    this.#read(() => this.#parser.write(chunk));
    this.#watchPart();
    if (this.#sinceLastPart > this.#limits.bodyBytes) this.#giveUp();
  }

  /** The stream is over: what is there of an event goes on. */
  end(): void {
    this.#cancelDoubt?.();
    try {
      // What the parser gave up on is no part of an event.
      if (!this.#broken) this.#parser.end();
    } catch (error) {
      if (!(error instanceof AlarmError)) throw error;
    } finally {
      this.#handOver();
    }
  }

  /** Lets the parser go on, and hands on what is ready. */
  #read(step: () => void): void {
    if (this.#broken) this.#giveUp();
    this.#broken = true;
    step();
    this.#parser.flush();
    if (this.#parser.begun) this.#begin();
    this.#broken = false;
    if (this.#open === undefined) return;
    const wait = this.#waitFor(this.#open);
    if (wait === 0) this.#handOver();
    else this.#cancel ??= this.#wait(wait);
  }

  #giveUp(): never {
    this.#broken = true;
    throw new AlarmError('STREAM_PART_ENDLESS');
  }

  /** One that broke off takes what follows for its own until its count is full: hours, with heartbeats alone. */
  #watchPart(): void {
    const now = this.#clock.ticks();
    if (!this.#parser.inBody) {
      this.#partAt = undefined;
      return;
    }
    this.#partAt ??= now;
    if (now - this.#partAt >= this.#limits.partMostMs) this.#giveUp();
    this.#cancelDoubt ??= this.#clock.after(this.#limits.partDoubtMs, () => {
      this.#cancelDoubt = undefined;
      try {
        this.#read(() => this.#parser.doubt());
      } catch (error) {
        // The stream is of no use any more, which the next bytes are told.
        if (!(error instanceof AlarmError)) throw error;
      }
    });
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#taker.begin();
  }

  #add(part: BodyPart): void {
    this.#begin();
    this.#sinceLastPart = 0;
    this.#partAt = undefined;
    this.#cancelDoubt?.();
    this.#cancelDoubt = undefined;
    this.#stopWaiting();
    if (part.kind === 'xml' || part.kind === 'json') this.#addDocument(part);
    else if (part.kind !== 'empty') this.#addOther(part);
  }

  #addDocument(document: BodyPart): void {
    // Pictures before the first document are its own; behind one they were that one's.
    const early = this.#open?.document === undefined ? (this.#open?.parts ?? []) : [];
    if (early.length === 0) this.#handOver();
    const expected = this.#habits.expected(document);
    this.#open = {
      ...this.#opened(document, expected, 0),
      parts: [...early, document],
      pictures: early.length,
    };
  }

  #addOther(part: BodyPart): void {
    if (this.#open === undefined) this.#reopen(part);
    const open = this.#open as unknown as Open;
    open.delayMs ??= this.#clock.ticks() - open.since;
    open.parts.push(part);
    open.bytes += part.bytes.length;
    open.pictures++;
    const { bodyBytes, parts } = this.#limits;
    if (open.bytes >= bodyBytes || open.parts.length >= parts) this.#handOver();
  }

  /** For a part behind no event: a picture may be late, anything else is by itself. */
  #reopen(part: BodyPart): void {
    const last = this.#last;
    const late = last !== undefined && this.#clock.ticks() - last.at <= this.#limits.pictureLateMs;
    this.#open =
      late && isPicture(part.kind)
        ? this.#opened(last.document, NOTHING, last.pictures)
        : this.#opened(undefined, NOTHING, 0);
  }

  #opened(document: BodyPart | undefined, expected: Expected, before: number): Open {
    const parts = document === undefined ? [] : [document];
    return {
      document,
      parts,
      expected,
      since: this.#clock.ticks(),
      before,
      pictures: 0,
      bytes: 0,
      delayMs: undefined,
    };
  }

  /** Milliseconds to wait for more, 0 when nothing is to come. */
  #waitFor({ document, expected, pictures }: Open): number {
    const { pictureWaitMs, pictureGapMs } = this.#limits;
    if (this.#parser.inAttachment || document === undefined) return pictureWaitMs;
    if (pictures < expected.announced && expected.pictures > 0) return pictureWaitMs;
    if (pictures < expected.pictures && pictures > 0) return pictureGapMs;
    if (pictures < expected.pictures) {
      const { delayMs = pictureWaitMs } = expected;
      return Math.min(pictureWaitMs, Math.max(pictureGapMs, PATIENCE * delayMs));
    }
    return pictures > 0 && !expected.sure ? pictureGapMs : 0;
  }

  #wait(milliseconds: number): () => void {
    this.#progress = false;
    return this.#clock.after(milliseconds, () => {
      this.#cancel = undefined;
      const since = this.#open?.since ?? 0;
      // A picture on a slow link is waited for while it grows.
      const grows = this.#progress && this.#parser.inAttachment;
      if (grows && this.#clock.ticks() - since < this.#limits.pictureMostMs) {
        this.#cancel = this.#wait(this.#limits.pictureWaitMs);
      } else this.#handOver();
    });
  }

  #stopWaiting(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #handOver(): void {
    this.#stopWaiting();
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined || open.parts.length === 0) return;
    const { document, parts, expected, before, since, delayMs } = open;
    const pictures = before + open.pictures;
    const belongs = this.#taker.take(parts, pictures < expected.announced);
    if (document === undefined || !belongs) return;
    // One that came late was begun when it came: what counts is how long it took since its document.
    const begun = before === 0 && this.#last?.document === document ? this.#last.since : since;
    const took = delayMs === undefined ? undefined : since + delayMs - begun;
    this.#habits.note(document, pictures, expected.pictures, took);
    this.#last = { document, at: this.#clock.ticks(), since: begun, pictures };
  }
}
