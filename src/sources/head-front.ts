import type { Socket } from 'node:net';
import type { Limits } from '../limits.js';
import { judgeHead } from '../wire/request-head.js';

/**
 * Stands before Node's HTTP server: holds a connection until the head of its first request is there, and hands it on
 * with a head that Node's parser takes (wire-notes.md §2). What comes behind that head goes straight to the parser.
 */
export class HeadFront {
  readonly #limits: Limits;
  readonly #serve: (socket: Socket) => void;
  readonly #onClientError: (error: NodeJS.ErrnoException, socket: Socket) => void;

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
    let held: Buffer | undefined;
    const read = (chunk: Buffer) => {
      const searched = held?.length ?? 0;
      held = held === undefined ? chunk : Buffer.concat([held, chunk]);
      const verdict = judgeHead(held, searched);
      if (verdict !== 'incomplete') {
        release();
        // Asks for more now: left to itself the stream does so a moment later, and undoes a pause of the server.
        socket.read(0);
        this.#serve(socket);
        socket.unshift(verdict === 'as it is' ? held : verdict);
      } else if (held.length >= this.#limits.requestHeadBytes) giveUp('HPE_HEADER_OVERFLOW');
    };
    const giveUp = (code: string) => {
      release();
      this.#onClientError(Object.assign(new Error(code), { code }), socket);
    };
    const timer = setTimeout(() => giveUp('ERR_HTTP_REQUEST_TIMEOUT'), this.#limits.headersTimeoutMs);
    const hangUp = () => socket.destroy();
    const release = () => {
      clearTimeout(timer);
      socket.off('data', read).off('end', hangUp).off('close', release).off('error', ignore);
    };
    socket.on('data', read).on('end', hangUp).on('close', release).on('error', ignore);
  }
}

/** A connection that is cut before it has said anything: it closes itself. */
const ignore = () => undefined;
