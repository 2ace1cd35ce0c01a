import { AlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import type { BodyPart } from '../notification.js';
import { parseParameters } from '../wire/header.js';
import { MultipartParser } from '../wire/multipart.js';

/** Fields that announce pictures behind an event (isapi.md §4, §7), with how many. */
const ANNOUNCED =
  /<(?:\w+:)?(?:detectionPicturesNumber|picNum|picturesNumber)>\s*(\d{1,2})\s*<|"(?:detectionPicturesNumber|picNum|picturesNumber)"\s*:\s*"?(\d{1,2})/;

/** Hands over the parts of one event. */
export type TakeEvent = (parts: BodyPart[], truncated: boolean) => void;

/**
 * A stream of parts to events: a document, and the pictures behind it. A document goes on as soon as its own last byte
 * is there, unless it announces pictures or one has begun: those are waited for, until they are there, the next document
 * comes, or the time is over.
 */
export class StreamParts {
  readonly #parser: MultipartParser;
  readonly #limits: Limits;
  readonly #take: TakeEvent;
  readonly #after: (milliseconds: number, action: () => void) => () => void;
  #event: BodyPart[] = [];
  #wanted = 0;
  #cancel: (() => void) | undefined;
  #sinceLastPart = 0;

  /**
   * @param contentType of the stream, for its boundary
   * @param after calls an action later; returns how to call it off
   */
  constructor(
    contentType: string | undefined,
    limits: Limits,
    take: TakeEvent,
    after: (milliseconds: number, action: () => void) => () => void,
  ) {
    const { parameters } = parseParameters(contentType ?? '');
    this.#limits = limits;
    this.#take = take;
    this.#after = after;
    this.#parser = new MultipartParser(
      parameters.get('boundary'),
      { ...limits, parts: Number.POSITIVE_INFINITY },
      (part) => this.#add(part),
    );
  }

  /** @throws AlarmError `STREAM_PART_ENDLESS`, and what the parser throws; of no use afterwards. */
  write(chunk: Buffer): void {
    this.#sinceLastPart += chunk.length;
    this.#parser.write(chunk);
    this.#parser.flush();
    if (this.#sinceLastPart > this.#limits.bodyBytes) throw new AlarmError('STREAM_PART_ENDLESS');
    if (this.#event.length > 0 && !this.#waits) this.#handOver();
  }

  /** The stream is over: what is there of an event goes on. */
  end(): void {
    try {
      this.#parser.end();
    } catch (error) {
      if (!(error instanceof AlarmError)) throw error;
    }
    this.#handOver();
  }

  get #waits(): boolean {
    return this.#wanted > 0 || this.#parser.inPicture;
  }

  #add(part: BodyPart): void {
    this.#sinceLastPart = 0;
    const document = part.kind === 'xml' || part.kind === 'json';
    if (document) {
      this.#handOver();
      this.#event = [part];
      this.#wanted = announced(part);
      if (this.#wanted > 0 || this.#parser.inPicture) this.#wait();
      return;
    }
    if (part.kind === 'empty') return;
    this.#event.push(part);
    if (this.#wanted > 0) this.#wanted--;
    this.#wait();
  }

  #wait(): void {
    this.#cancel?.();
    this.#cancel = this.#after(this.#limits.pictureWaitMs, () => this.#handOver());
  }

  #handOver(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const parts = this.#event;
    const missing = this.#wanted > 0;
    this.#event = [];
    this.#wanted = 0;
    if (parts.length > 0) this.#take(parts, missing);
  }
}

function announced({ bytes }: BodyPart): number {
  const found = ANNOUNCED.exec(bytes.toString('latin1'));
  return Number(found?.[1] ?? found?.[2] ?? 0);
}
