import type { Socket } from 'node:net';
import type { Limits } from '../limits.js';
import { judgeHead } from '../wire/request-head.js';
import { connectionOf } from './connection.js';

/** A connection whose first request is still to come, since when, and what ends the waiting for it. */
interface Held {
  readonly since: number;
  readonly giveUp: (code: string) => void;
}

/** Node's own code for a request that takes too long. */
const TOO_SLOW = 'ERR_HTTP_REQUEST_TIMEOUT';

/**
 * Stands before Node's HTTP server: holds a connection until the head of its first request is there, and hands it on
 * with a head that Node's parser takes (wire-notes.md §2). What comes behind that head goes straight to the parser.
 */
export class HeadFront {
  readonly #limits: Limits;
  readonly #serve: (socket: Socket) => void;
  readonly #onClientError: (error: NodeJS.ErrnoException, socket: Socket) => void;
  readonly #held = new Map<Socket, Held>();
  /** One for all: a timer of its own for each connection would cost more than looking at its head. */
  #timer: NodeJS.Timeout | undefined;

  /** @param onClientError told of a head that is too long or too slow, with the codes that Node has for it */
  constructor(
    limits: Limits,
    serve: (socket: Socket) => void,
    onClientError: (error: NodeJS.ErrnoException, socket: Socket) => void,
  ) {
    this.#limits = limits;
    this.#serve = serve;
    this.#onClientError = onClientError;
  }

  admit(socket: Socket): void {
    const since = performance.now();
    let bytes: Buffer | undefined;
    const read = (chunk: Buffer) => {
      const searched = bytes?.length ?? 0;
      bytes = bytes === undefined ? chunk : Buffer.concat([bytes, chunk]);
      const verdict = judgeHead(bytes, searched);
      if (verdict !== 'incomplete') {
        release();
        this.#hurry(socket, performance.now() - since);
        // Asks for more now: left to itself the stream does so a moment later, and undoes a pause of the server.
        socket.read(0);
        this.#serve(socket);
        socket.unshift(verdict === 'as it is' ? bytes : verdict);
      } else if (bytes.length >= this.#limits.requestHeadBytes) giveUp('HPE_HEADER_OVERFLOW');
    };
    const release = () => {
      this.#held.delete(socket);
      socket.off('data', read).off('end', hangUp).off('error', release);
    };
    const hangUp = () => {
      release();
      socket.destroy();
    };
    const giveUp = (code: string) => {
      release();
      this.#fail(socket, code);
    };
    this.#held.set(socket, { since, giveUp });
    this.#timer ??= setInterval(() => this.#sweep(), this.#limits.checkIntervalMs).unref();
    socket.on('data', read).on('end', hangUp).on('error', release);
  }

  #fail(socket: Socket, code: string): void {
    this.#onClientError(Object.assign(new Error(code), { code }), socket);
  }

  /** Node's clock for the whole request begins behind the head: what a slow head took is taken from it. */
  #hurry(socket: Socket, spentMs: number): void {
    const { requestTimeoutMs, checkIntervalMs } = this.#limits;
    if (spentMs < checkIntervalMs) return;
    const timer = setTimeout(() => {
      const { answered, latest } = connectionOf(socket);
      if (answered === 0 && latest?.complete !== true) this.#fail(socket, TOO_SLOW);
    }, requestTimeoutMs - spentMs).unref();
    socket.once('close', () => clearTimeout(timer));
  }

  #sweep(): void {
    const due = performance.now() - this.#limits.headersTimeoutMs;
    for (const [socket, { since, giveUp }] of this.#held) {
      if (socket.destroyed) this.#held.delete(socket);
      else if (since <= due) giveUp(TOO_SLOW);
    }
    if (this.#held.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
