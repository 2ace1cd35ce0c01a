import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.js';
import { asAlarmError } from '../errors.js';
import type { Delivery, Inbox } from '../inbox/inbox.js';
import { Shares } from '../inbox/shares.js';
import type { Limits } from '../limits.js';
import type { Outcome, Vendor } from '../notification.js';
import { BodyReader } from '../wire/body.js';
import { connectionOf, counts, endWith, numberOf } from './connection.js';
import { addressOf } from './connection-gate.js';
import { mostBytes, type Objection, queryOf, TOO_LARGE, TOO_MUCH } from './objection.js';
import type { Place } from './paths.js';
import type { Refusal } from './refusal.js';

type Exchange = [request: IncomingMessage, response: ServerResponse];

/** Who sends away what cannot be taken, and is told who has pushed. */
export interface Doorkeeper {
  pushed(address: string, place: Place): void;
  object(...refused: [...Exchange, objection: Objection, inbox: Inbox]): void;
  refuse(...refused: [...Exchange, refusal: Refusal, inbox: Inbox]): void;
  /** An error of our own code. */
  fail(...refused: [...Exchange, error: unknown, inbox: Inbox]): void;
}

/** A request that came in. The address is kept: a socket that was cut off has forgotten it. */
interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly place: Place;
  readonly address: string;
  readonly body: BodyReader;
  /** Set for a sign of life: others that its sender pushes to. */
  readonly alsoFor: readonly Inbox[] | undefined;
  /** It broke off. */
  readonly cut: boolean;
  /** It is answered now, and its body is needed no more. */
  readonly leave: () => void;
}

/** Reads what was let in, gives it to its inbox, and answers when it is kept. */
export class Reception {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #door: Doorkeeper;
  /** Bytes of bodies by address, until they are answered. */
  readonly #memory: Shares;

  constructor(limits: Limits, clock: Clock, door: Doorkeeper) {
    this.#limits = limits;
    this.#clock = clock;
    this.#door = door;
    this.#memory = new Shares(limits.bodyBytesInMemory);
  }

  /** @param alsoFor set for a sign of life: others that its sender pushes to */
  receive(
    request: IncomingMessage,
    response: ServerResponse,
    place: Place,
    alsoFor: readonly Inbox[] | undefined,
  ): void {
    const address = addressOf(request.socket);
    const connection = connectionOf(request.socket);
    connection.latest = request;
    connection.pending++;
    const most = mostBytes(alsoFor !== undefined, this.#limits);
    let length = 0;
    let body: BodyReader | undefined = this.#readerFor(request, place.inbox.vendor);
    /** Gives the body away, once: the request lives until its connection is closed, and pictures need not. */
    const finish = (): BodyReader | undefined => {
      const finished = body;
      body = undefined;
      return finished;
    };
    const leave = () => {
      connection.pending--;
      this.#memory.give(address, length);
    };
    request.on('data', (chunk: Buffer) => {
      if (body === undefined) return;
      const hasRoom = this.#memory.take(address, chunk.length);
      if (hasRoom) length += chunk.length;
      const tooLarge = length > most;
      if (hasRoom && !tooLarge) {
        body.write(chunk);
        return;
      }
      finish();
      leave();
      this.#door.object(request, response, tooLarge ? TOO_LARGE : TOO_MUCH, place.inbox);
    });
    const answer = (cut: boolean) => {
      const finished = finish();
      if (finished === undefined) return;
      if (cut && length === 0) leave();
      else this.#answer({ request, response, place, address, body: finished, alsoFor, cut, leave });
    };
    request.on('end', () => answer(false));
    // Cut off: nobody is there to answer, yet an event whose document is whole must not be lost.
    request.on('close', () => answer(true));
    request.on('error', () => undefined);
    response.on('error', () => undefined);
  }

  #readerFor({ headers }: IncomingMessage, { embedsPictures, sendsFormData }: Vendor): BodyReader {
    const limits = embedsPictures ? { ...this.#limits, documentBytes: this.#limits.bodyBytes } : this.#limits;
    return new BodyReader(headers['content-type'], limits, sendsFormData);
  }

  /** When what came is kept: at once where nothing is. */
  #answer(arrival: Arrival): void {
    const { request, response, place } = arrival;
    try {
      // Not taken, so the device sends it again.
      if (!counts(request)) arrival.leave();
      // Its nodes may have gone while it was on its way: it is asked to come again when they are back.
      else if (place.inbox.deserted) {
        arrival.leave();
        this.#door.refuse(request, response, { status: 503 }, place.inbox);
      } else {
        const outcome = this.#accept(arrival);
        if (!(outcome instanceof Promise)) this.#reply(arrival, outcome);
        else
          void outcome.then(
            (kept) => this.#reply(arrival, kept),
            (error: unknown) => this.#shed(arrival, error),
          );
      }
    } catch (error) {
      arrival.leave();
      this.#door.fail(request, response, error, place.inbox);
    }
  }

  #reply({ request, response, place: { inbox }, leave }: Arrival, outcome: Outcome): void {
    leave();
    try {
      const { status, headers, body } = inbox.vendor.reply(outcome);
      const last = this.#isLast(request, headers.connection === 'close')
        ? { connection: 'close' }
        : undefined;
      response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers, ...last });
      response.end(body);
    } catch (error) {
      this.#door.fail(request, response, error, inbox);
    }
  }

  /** Not kept, so not taken: the device sends it again when there is room. */
  #shed({ request, response, place: { inbox }, leave }: Arrival, error: unknown): void {
    leave();
    const { code } = asAlarmError(error, 'INTERNAL');
    this.#door.object(request, response, { status: 503, event: 'overload', code }, inbox);
  }

  /** Whether the connection has had its share of requests with this one, or the vendor wants it to end. */
  #isLast(request: IncomingMessage, wanted: boolean): boolean {
    const connection = connectionOf(request.socket);
    connection.answered++;
    const enough = numberOf(request) >= this.#limits.requestsPerConnection;
    const isLast = wanted || enough || (connection.ending && connection.pending === 0);
    if (isLast) endWith(request);
    return isLast;
  }

  #accept({ request, address, place, body, alsoFor, cut }: Arrival): Outcome | Promise<Outcome> {
    const { inbox } = place;
    const { parts, truncated, error } = body.end();
    const query = inbox.vendor.takesQuery ? queryOf(request) : '';
    // With the whole event in the query, an empty body is no part that is missing.
    const missing = truncated && !((query !== '' || alsoFor !== undefined) && error?.code === 'BODY_EMPTY');
    if (alsoFor === undefined) this.#door.pushed(address, place);
    const delivery: Delivery = {
      notification: {
        transport: request.method === 'GET' ? 'http-get' : 'http-push',
        receivedAt: new Date(this.#clock.now()),
        address,
        parts,
        truncated: missing || cut,
        ...(query !== '' && { query }),
        ...(alsoFor !== undefined && { keepAlive: true as const }),
      },
      raw: () => (parts.length === 0 && query !== '' ? Buffer.from(query) : body.raw()),
      ...(error !== undefined && { error }),
    };
    // Signs of life: nothing of them is kept.
    for (const other of alsoFor ?? []) void other.accept(delivery);
    return inbox.accept(delivery);
  }
}
