import type { Clock } from '../clock.js';
import type { Limits } from '../limits.js';

/** One datagram as it came. */
export interface Datagram {
  readonly bytes: Buffer;
  readonly address: string;
  /** Milliseconds since 1970, for people. */
  readonly receivedAt: number;
  /** Milliseconds since any moment: the clock of the computer may jump. */
  readonly since: number;
}

/** What becomes of datagrams that waited. */
export interface DatagramTaker {
  /** Whether somebody is there; while nobody is, they wait. */
  readonly ready: () => boolean;
  /** Must not throw. */
  readonly take: (datagram: Datagram) => void;
  /** It waited for too long. */
  readonly drop: (datagram: Datagram) => void;
}

/**
 * Where datagrams wait between the socket and the parsers: whoever parses while more come in loses them in the kernel,
 * uncounted (reliability.md §4). Handed on a few at a time, so that sockets and timers get their turn.
 */
export class DatagramQueue {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #taker: DatagramTaker;
  #waiting: Datagram[] = [];
  /** How many of them are gone. */
  #gone = 0;
  #bytes = 0;
  #turn: NodeJS.Immediate | undefined;
  /** When the last turn began. */
  #began = Number.NEGATIVE_INFINITY;

  constructor(limits: Limits, clock: Clock, taker: DatagramTaker) {
    this.#limits = limits;
    this.#clock = clock;
    this.#taker = taker;
  }

  get size(): number {
    return this.#waiting.length - this.#gone;
  }

  /** @returns whether there was room */
  put(datagram: Datagram): boolean {
    const bytes = this.#bytes + datagram.bytes.length;
    if (this.size >= this.#limits.udpQueue || bytes > this.#limits.udpQueueBytes) return false;
    this.#waiting.push(datagram);
    this.#bytes = bytes;
    this.resume();
    return true;
  }

  /** Goes on handing out, as when somebody has come. */
  resume(): void {
    if (this.size > 0) this.#turn ??= setImmediate(() => this.#handOut());
  }

  /** Hands out all that waits, or drops it where nobody is there. */
  empty(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    while (this.size > 0) {
      if (this.#taker.ready()) this.#taker.take(this.#next());
      else this.#taker.drop(this.#next());
    }
  }

  #handOut(): void {
    this.#turn = undefined;
    const { udpTurn, udpTurnBusy, udpTurnMs, udpWaitMs } = this.#limits;
    const begin = this.#clock.ticks();
    const most = begin - this.#began > udpTurnMs ? udpTurnBusy : udpTurn;
    this.#began = begin;
    for (let count = 0; count < most && this.size > 0; count++) {
      if (!this.#taker.ready()) return;
      const datagram = this.#next();
      if (datagram.since < begin - udpWaitMs) this.#taker.drop(datagram);
      else this.#taker.take(datagram);
      if (this.#clock.ticks() - begin >= udpTurnMs) break;
    }
    this.resume();
  }

  /** Taken from the front without moving the others, which would cost more than it helps. */
  #next(): Datagram {
    const datagram = this.#waiting[this.#gone++] as Datagram;
    this.#bytes -= datagram.bytes.length;
    if (this.#gone === this.#waiting.length || this.#gone >= this.#limits.udpQueue) {
      this.#waiting = this.#waiting.slice(this.#gone);
      this.#gone = 0;
    }
    return datagram;
  }
}
