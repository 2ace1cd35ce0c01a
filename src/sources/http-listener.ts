import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type Clock, SYSTEM_CLOCK } from '../clock.js';
import { AlarmError, type AlarmErrorCode, reasonOf } from '../errors.js';
import { createIds } from '../event-id.js';
import { type Delivery, Inbox } from '../inbox/inbox.js';
import { LIMITS, type Limits } from '../limits.js';
import type { DeviceSign, Outcome, Vendor } from '../notification.js';
import { BodyReader } from '../wire/body.js';
import { Access, type AccessSettings } from './access.js';
import { Complaints } from './complaints.js';
import { connectionOf } from './connection.js';
import { addressOf } from './connection-gate.js';
import { HttpPort, type PortSettings, type PortState } from './http-port.js';
import { KeepAlives, type Pushers } from './keep-alives.js';
import { type Refusal, refuse } from './refusal.js';

/** Where a listener binds and who may push to it. */
export interface ListenerSettings extends AccessSettings, PortSettings {}

export interface ListenerOptions {
  readonly onState?: (state: PortState) => void;
  readonly limits?: Limits;
  /** An error of our own code; the request was answered 500. */
  readonly onError?: (error: unknown) => void;
  readonly clock?: Clock;
  /** Of a listener before this one. */
  readonly pushers?: Pushers;
}

/** A refusal with what the flow is told about it. */
interface Objection extends Refusal {
  readonly event: 'denied' | 'overload';
  readonly code: AlarmErrorCode;
}

const TOO_LARGE: Objection = { status: 413, event: 'overload', code: 'BODY_TOO_LARGE' };
const TOO_MUCH: Objection = { status: 503, event: 'overload', code: 'MEMORY_FULL' };
const WRONG_PATH: Objection = { status: 404, event: 'denied', code: 'PATH_UNKNOWN' };
const WRONG_METHOD: Objection = { status: 405, event: 'denied', code: 'METHOD_WRONG' };
const NO_KEEPALIVE: Objection = { status: 404, event: 'denied', code: 'KEEPALIVE_UNKNOWN' };
const COMPRESSED: Objection = { status: 415, event: 'denied', code: 'ENCODING_REFUSED' };

/**
 * One HTTP or HTTPS port for many devices and vendors (seed 003). Each path below the secret belongs to one vendor
 * and has an {@link Inbox}. What is answered when: reliability.md §6.
 */
export class HttpListener {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #access: Access;
  readonly #port: HttpPort;
  readonly #complaints: Complaints;
  readonly #newId: () => string;
  readonly #onError: (error: unknown) => void;
  readonly #inboxes = new Map<string, Inbox>();
  /** Requests without a login since the last one with, by address. */
  readonly #knocks = new Map<string, number>();
  readonly #keepAlives: KeepAlives;
  #bytesInMemory = 0;

  /** Opens nothing yet. @throws AlarmError `LISTENER_OPEN`, `ALLOW_INVALID`, `LOGIN_MISSING` */
  constructor(settings: ListenerSettings, options: ListenerOptions = {}) {
    this.#limits = options.limits ?? LIMITS;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#newId = createIds();
    this.#onError = options.onError ?? (() => undefined);
    this.#access = new Access(settings, settings.host, this.#limits, () => this.#clock.now());
    this.#keepAlives = new KeepAlives(this.#limits, options.pushers);
    this.#complaints = new Complaints(this.#limits, () => this.#clock.now());
    this.#port = new HttpPort(settings, this.#limits, {
      onState: options.onState ?? (() => undefined),
      onRequest: (request, response) => this.#guarded(request, response),
      onClientError: (error, socket) => this.#answerClientError(error, socket),
      onCrowd: (address) => this.#tell('overload', address, 'CONNECTIONS_TOO_MANY'),
    });
  }

  /**
   * The inbox of a path such as `/isapi`, made when first asked for.
   * @throws AlarmError `PATH_TAKEN` when the path belongs to another vendor
   */
  inbox(path: string, vendor: Vendor): Inbox {
    const key = normalPath(path);
    const inbox = this.#inboxes.get(key) ?? new Inbox(vendor, this.#newId, this.#limits, true, this.#clock);
    if (inbox.vendor !== vendor) throw new AlarmError('PATH_TAKEN');
    this.#inboxes.set(key, inbox);
    return inbox;
  }

  /** Gives the path up, so that it is answered like any unknown one. */
  abandon(path: string): void {
    const inbox = this.#inboxes.get(normalPath(path));
    this.#inboxes.delete(normalPath(path));
    inbox?.stop();
  }

  /** Opens the port, and tries again for as long as it cannot be had. The state tells how it went. */
  start(): void {
    this.#port.start();
  }

  /** Frees the port; requests under way get a second to finish. */
  async stop(): Promise<void> {
    await this.#port.stop();
    for (const inbox of this.#inboxes.values()) inbox.stop();
  }

  #guarded(request: IncomingMessage, response: ServerResponse): void {
    // A request behind one that was refused, or that was the last one: nobody will see its answer.
    if (connectionOf(request.socket).closing) return;
    try {
      this.#serve(request, response);
    } catch (error) {
      this.#fail(request, response, error);
    }
  }

  #fail(request: IncomingMessage, response: ServerResponse, error: unknown, inbox?: Inbox): void {
    this.#onError(error);
    this.#refuse(request, response, { status: 500 }, inbox);
  }

  /** @param inbox whose words are used, where it is known whose device was refused */
  #refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal, inbox?: Inbox): void {
    connectionOf(request.socket).closing = true;
    const answer = inbox?.vendor.refusal?.(refusal.status);
    refuse(request, response, this.#limits, { ...refusal, answer });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const address = addressOf(request.socket);
    const { method = '', url = '', headers } = request;
    const verdict = this.#access.check({ address, method, url, authorization: headers.authorization });
    if (!('status' in verdict) || verdict.code !== 'ADDRESS_DENIED') {
      const listed = this.#access.lists(address);
      const homes = this.#keepAlives.find(address, url, this.#inboxes, listed);
      const [home, ...others] = homes ?? [];
      if (home !== undefined) this.#take(request, response, home, { alsoFor: others });
      else if (homes !== undefined) {
        if (this.#keepAlives.isNewStranger(address)) this.#tell('denied', address, NO_KEEPALIVE.code);
        this.#refuse(request, response, 'status' in verdict ? verdict : NO_KEEPALIVE);
      }
      if (homes !== undefined) return;
    }
    if ('status' in verdict) {
      const knock = verdict.status === 401 && headers.authorization === undefined;
      if (!knock || this.#knocksTooOften(address)) this.#tell('denied', address, verdict.code);
      // In no maker's words: they would tell who has not logged in which paths there are.
      this.#refuse(request, response, verdict);
      return;
    }
    this.#knocks.delete(address);
    const inbox = this.#inboxAt(verdict.path);
    if (inbox === undefined) this.#object(request, response, WRONG_PATH);
    else this.#take(request, response, inbox);
  }

  #pathOf(inbox: Inbox): string {
    return [...this.#inboxes].find(([, each]) => each === inbox)?.[0] ?? '';
  }

  /** That of the path itself, else of the nearest one above it whose vendor takes what is below. */
  #inboxAt(path: string): Inbox | undefined {
    let inbox = this.#inboxes.get(path);
    for (let at = path.lastIndexOf('/'); inbox === undefined && at > 0; at = path.lastIndexOf('/', at - 1)) {
      const above = this.#inboxes.get(path.slice(0, at));
      if (above?.vendor.takesSubpaths) inbox = above;
    }
    return inbox;
  }

  /** @param keepAlive set when it came to the path for signs of life */
  #take(request: IncomingMessage, response: ServerResponse, inbox: Inbox, keepAlive?: KeepAlive): void {
    const objection = this.#objectionTo(request, inbox.vendor, keepAlive !== undefined);
    if (objection !== undefined) this.#object(request, response, objection, inbox);
    else if (inbox.deserted) this.#refuse(request, response, { status: 503 }, inbox);
    else {
      // RFC 9110 §10.1.1: an expectation in HTTP/1.0 is ignored.
      const waits = request.headers.expect?.toLowerCase() === '100-continue' && request.httpVersion !== '1.0';
      if (waits) response.writeContinue();
      this.#receive(request, response, inbox, keepAlive);
    }
  }

  /** Devices ask for a challenge first and log in then: only one that never logs in is worth a word. */
  #knocksTooOften(address: string): boolean {
    const knocks = (this.#knocks.get(address) ?? 0) + 1;
    if (this.#knocks.size >= this.#limits.complaintKeys) this.#knocks.clear();
    this.#knocks.set(address, knocks);
    return knocks >= this.#limits.knocks;
  }

  /** Why a request that may come in is still not taken, from its head alone. */
  #objectionTo(request: IncomingMessage, vendor: Vendor, keepAlive: boolean): Objection | undefined {
    const asks =
      request.method === 'GET' && (keepAlive || (vendor.takesQuery === true && queryOf(request) !== ''));
    if (request.method !== 'POST' && !asks) return WRONG_METHOD;
    const content = request.headers['content-encoding'] ?? 'identity';
    const transfer = request.headers['transfer-encoding'] ?? 'chunked';
    if (content.toLowerCase() !== 'identity' || transfer.toLowerCase() !== 'chunked') return COMPRESSED;
    return Number(request.headers['content-length'] ?? 0) > this.#limits.bodyBytes ? TOO_LARGE : undefined;
  }

  #object(request: IncomingMessage, response: ServerResponse, objection: Objection, inbox?: Inbox): void {
    this.#tell(objection.event, addressOf(request.socket), objection.code, inbox);
    this.#refuse(request, response, objection, inbox);
  }

  #receive(request: IncomingMessage, response: ServerResponse, inbox: Inbox, keepAlive?: KeepAlive): void {
    const address = addressOf(request.socket);
    const connection = connectionOf(request.socket);
    connection.latest = request;
    connection.pending++;
    let length = 0;
    let body: BodyReader | undefined = this.#readerFor(request, inbox.vendor);
    /** Gives the body away, once: the request lives until its connection is closed, and pictures need not. */
    const finish = (): BodyReader | undefined => {
      if (body === undefined) return undefined;
      const finished = body;
      body = undefined;
      connection.pending--;
      this.#bytesInMemory -= length;
      return finished;
    };
    request.on('data', (chunk: Buffer) => {
      if (body === undefined) return;
      length += chunk.length;
      this.#bytesInMemory += chunk.length;
      const tooLarge = length > this.#limits.bodyBytes;
      if (tooLarge || this.#bytesInMemory > this.#limits.bodyBytesInMemory) {
        finish();
        this.#object(request, response, tooLarge ? TOO_LARGE : TOO_MUCH, inbox);
      } else body.write(chunk);
    });
    const answer = (cut: boolean) => {
      const finished = finish();
      if (finished === undefined || (cut && length === 0)) return;
      const accept = () => this.#accept({ request, address, body: finished, keepAlive }, inbox, cut);
      this.#answer(request, response, inbox, accept);
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

  #answer(request: IncomingMessage, response: ServerResponse, inbox: Inbox, accept: () => Outcome): void {
    // It came behind one whose answer ends the connection: not taken, so the device sends it again.
    if (connectionOf(request.socket).closing) return;
    try {
      // Its nodes may have gone while it was on its way: it is asked to come again when they are back.
      if (inbox.deserted) {
        this.#refuse(request, response, { status: 503 }, inbox);
        return;
      }
      const { status, headers, body } = inbox.vendor.reply(accept());
      const last = this.#isLast(request, headers.connection === 'close')
        ? { connection: 'close' }
        : undefined;
      response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers, ...last });
      response.end(body);
    } catch (error) {
      this.#fail(request, response, error, inbox);
    }
  }

  /** Whether the connection has had its share of requests with this one, or the vendor wants it to end. */
  #isLast(request: IncomingMessage, wanted: boolean): boolean {
    const connection = connectionOf(request.socket);
    const enough = ++connection.answered >= this.#limits.requestsPerConnection;
    connection.closing = wanted || enough || (connection.ending && connection.pending === 0);
    return connection.closing;
  }

  #accept({ request, address, body, keepAlive }: Arrival, inbox: Inbox, cut: boolean): Outcome {
    const { parts, truncated, error } = body.end();
    const query = inbox.vendor.takesQuery ? queryOf(request) : '';
    // With the whole event in the query, an empty body is no part that is missing.
    const missing = truncated && !((query !== '' || keepAlive !== undefined) && error?.code === 'BODY_EMPTY');
    if (keepAlive === undefined) this.#keepAlives.note(address, this.#pathOf(inbox), inbox);
    const delivery: Delivery = {
      notification: {
        transport: request.method === 'GET' ? 'http-get' : 'http-push',
        receivedAt: new Date(this.#clock.now()),
        address,
        parts,
        truncated: missing || cut,
        ...(query !== '' && { query }),
        ...(keepAlive !== undefined && { keepAlive: true as const }),
      },
      raw: () => (parts.length === 0 && query !== '' ? Buffer.from(query) : body.raw()),
      ...(error !== undefined && { error }),
    };
    for (const other of keepAlive?.alsoFor ?? []) other.accept(delivery);
    return inbox.accept(delivery);
  }

  /** What Node's parser refuses, and peers that are too slow, still get an answer. */
  #answerClientError(error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket: Socket): void {
    socket.on('error', () => undefined);
    // What comes behind a request that is still to be answered is nobody's: the answer goes first, and is the last.
    const connection = connectionOf(socket);
    if (connection.closing) return;
    if (connection.pending > 0 && connection.latest?.complete) {
      connection.ending = true;
      return;
    }
    const broken = error.code === 'ECONNRESET' || error.code === 'HPE_INVALID_EOF_STATE';
    const [status, code] = diagnose(error);
    if (!broken) this.#tell('denied', addressOf(socket), code);
    if (broken || !socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
    setTimeout(() => socket.destroy(), this.#limits.refusedLingerMs).unref();
  }

  /** To one inbox, or to all where the request belongs to none; the same complaint once in a while only. */
  #tell(event: DeviceSign['event'], address: string, code: AlarmErrorCode, inbox?: Inbox): void {
    if (!this.#complaints.isNew(`${address} ${code}`)) return;
    const since = new Date(this.#clock.now()).toISOString();
    for (const each of inbox === undefined ? this.#inboxes.values() : [inbox]) {
      each.tell({
        event,
        vendor: each.vendor.id,
        device: { id: address, address },
        since,
        reason: reasonOf(code),
      });
    }
  }
}

/** A request that came in. The address is kept: a socket that was cut off has forgotten it. */
interface Arrival {
  readonly request: IncomingMessage;
  readonly address: string;
  readonly body: BodyReader;
  readonly keepAlive: KeepAlive | undefined;
}

/** A sign of life at the path for those. */
interface KeepAlive {
  /** Its sender pushes to several paths. */
  readonly alsoFor: readonly Inbox[];
}

/** What to answer to bytes that are no request, and why that may be. */
function diagnose(error: NodeJS.ErrnoException & { rawPacket?: Buffer }): [number, AlarmErrorCode] {
  switch (error.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [408, 'REQUEST_TOO_SLOW'];
    case 'HPE_HEADER_OVERFLOW':
      return [431, 'HEAD_TOO_LARGE'];
    case 'ERR_SSL_HTTP_REQUEST':
      return [400, 'HTTPS_EXPECTED'];
    default:
      return [400, error.rawPacket?.[0] === TLS_HANDSHAKE ? 'HTTP_EXPECTED' : 'REQUEST_MALFORMED'];
  }
}

/** First byte of a TLS record that opens a connection (RFC 8446 §5.1). */
const TLS_HANDSHAKE = 0x16;

/** What stands behind the `?` of the request target; empty for nothing. */
function queryOf({ url = '' }: IncomingMessage): string {
  const mark = url.indexOf('?');
  return mark < 0 ? '' : url.slice(mark + 1);
}

function normalPath(path: string): string {
  return `/${path
    .split('/')
    .filter((step) => step !== '')
    .join('/')}`;
}
