import type { BodyPart } from '../notification.js';

/** Fields that announce pictures behind an event (isapi.md §4, §7), with how many. */
const ANNOUNCED =
  /<(?:\w+:)?(?:detectionPicturesNumber|picNum|picturesNumber)>\s*(\d{1,2})\s*<|"(?:detectionPicturesNumber|picNum|picturesNumber)"\s*:\s*"?(\d{1,2})/;
/** They stay on the device, where they can be fetched (isapi.md §3.3). */
const BY_URL = /<(?:\w+:)?detectionPictureTransType>\s*url\s*<|"detectionPictureTransType"\s*:\s*"url"/i;
const TYPE = /<(?:\w+:)?eventType>\s*([^<]{1,64}?)\s*<|"eventType"\s*:\s*"([^"]{1,64})"/;
const STATE = /<(?:\w+:)?eventState>\s*([^<]{1,16}?)\s*<|"eventState"\s*:\s*"([^"]{1,16})"/;

const CHANNEL =
  /<(?:\w+:)?(?:dynC|c)hannelID>\s*([^<]{1,16}?)\s*<|"(?:dynC|c)hannelID"\s*:\s*"?([^",}]{1,16})/;

/** More kinds of events than a recorder with many channels sends. */
const MOST = 1_024;

/** So many events without the usual pictures, and they are not waited for any more. */
const MISSES = 3;

/** How many pictures follow a document. */
export interface Expected {
  /** As its text says. */
  readonly announced: number;
  /** To wait for. */
  readonly pictures: number;
  /** Whether it is known what follows, so that nobody need wait for one more. */
  readonly sure: boolean;
  /** Milliseconds until the first one came so far; undefined where that is not known. */
  readonly delayMs: number | undefined;
}

/** What is known of one kind of event. */
interface Usual {
  readonly pictures: number;
  readonly misses: number;
  readonly delayMs: number | undefined;
}

/**
 * Learns after which kinds of events a device sends pictures, and how soon. Many send them without a word in the
 * document, and they may come a moment later: to wait long after every event would make all of them late.
 */
export class PictureHabits {
  readonly #usual = new Map<string, Usual>();

  expected(document: BodyPart): Expected {
    const text = document.bytes.toString('latin1');
    const announced = announcedIn(text);
    const usual = this.#usual.size === 0 ? undefined : this.#usual.get(kindOf(text, announced));
    const inVain = (usual?.misses ?? 0) >= MISSES;
    const pictures = inVain ? 0 : announced || (usual?.pictures ?? 0);
    const delayMs = announced > 0 ? undefined : usual?.delayMs;
    return { announced, pictures, sure: pictures > 0, delayMs };
  }

  /**
   * So many pictures came with an event, of which so many had been expected.
   * @param delayMs milliseconds until the first one; undefined when none came
   */
  note(document: BodyPart, pictures: number, expected: number, delayMs: number | undefined): void {
    if (pictures === 0 && expected === 0) return;
    const text = document.bytes.toString('latin1');
    const kind = kindOf(text, announcedIn(text));
    if (this.#usual.size >= MOST && !this.#usual.has(kind)) this.#usual.clear();
    const before = this.#usual.get(kind) ?? { pictures: 0, misses: 0, delayMs: undefined };
    this.#usual.set(kind, {
      pictures: Math.max(before.pictures, pictures),
      misses: pictures === 0 ? before.misses + 1 : 0,
      delayMs: delayMs === undefined ? before.delayMs : Math.max(before.delayMs ?? 0, delayMs),
    });
  }
}

const announcedIn = (text: string) => (BY_URL.test(text) ? 0 : numberIn(ANNOUNCED, text));

/**
 * An alarm and its end are two kinds, and so are those of two channels: only one of them may have pictures. What is
 * announced is a kind of its own, as that none came where none was announced says nothing about it.
 */
function kindOf(text: string, announced: number): string {
  return `${wordIn(TYPE, text)} ${wordIn(STATE, text)} ${wordIn(CHANNEL, text)} ${announced > 0}`;
}

function wordIn(pattern: RegExp, text: string): string {
  const found = pattern.exec(text);
  return found?.[1] ?? found?.[2] ?? '';
}

const numberIn = (pattern: RegExp, text: string) => Number(wordIn(pattern, text));
