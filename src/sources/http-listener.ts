import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Clock, SYSTEM_CLOCK } from '../clock.js';
import { type AlarmErrorCode, reasonOf } from '../errors.js';
import { createIds } from '../event-id.js';
import { Backlog, type KeepOptions } from '../inbox/backlog.js';
import type { Duplicates } from '../inbox/duplicates.js';
import { Inbox } from '../inbox/inbox.js';
import { LIMITS, type Limits } from '../limits.js';
import type { DeviceSign, Vendor } from '../notification.js';
import { Access, type AccessSettings } from './access.js';
import { type ClientError, diagnose, dismiss, isBrokenOff } from './client-error.js';
import { Complaints } from './complaints.js';
import { connectionOf, counts, endWith, numberOf } from './connection.js';
import { addressOf } from './connection-gate.js';
import { HttpPort, type PortSettings, type PortState } from './http-port.js';
import { KeepAlives, type Pushers } from './keep-alives.js';
import { ListenerHealth } from './listener-health.js';
import {
  HEAD_TOO_LARGE,
  hasTooManyLines,
  NO_KEEPALIVE,
  type Objection,
  objectionTo,
  WRONG_PATH,
} from './objection.js';
import { Paths, type Place } from './paths.js';
import { Reception } from './reception.js';
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
  /** How alarms are kept; nowhere unless given. */
  readonly keep?: KeepOptions | undefined;
  /** Events that come in several ways, for all sources of one process. */
  readonly shared?: Duplicates;
}

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
  readonly #onError: (error: unknown) => void;
  readonly #paths: Paths;
  readonly #reception: Reception;
  /** Requests without a login since the last one with, by address. */
  readonly #knocks = new Map<string, number>();
  readonly #keepAlives: KeepAlives;
  readonly #backlog: Backlog;
  #isWanted = false;
  #isPaused = false;

  /** Opens nothing yet. @throws AlarmError `LISTENER_OPEN`, `ALLOW_INVALID`, `LOGIN_MISSING` */
  constructor(settings: ListenerSettings, options: ListenerOptions = {}) {
    this.#limits = options.limits ?? LIMITS;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#onError = options.onError ?? (() => undefined);
    this.#access = new Access(settings, settings.host, this.#limits, () => this.#clock.now());
    this.#keepAlives = new KeepAlives(this.#limits, options.pushers);
    this.#complaints = new Complaints(this.#limits, () => this.#clock.now());
    const health = new ListenerHealth(options.onState ?? (() => undefined));
    this.#backlog = new Backlog(options.keep, this.#limits, this.#clock, {
      onTrouble: (trouble) => health.setTrouble(trouble),
      onError: this.#onError,
    });
    const newId = createIds();
    this.#paths = new Paths((path, vendor) => {
      const inbox = new Inbox(vendor, newId, this.#limits, {
        clock: this.#clock,
        keeping: this.#backlog.keeping(path),
        shared: options.shared,
        onError: this.#onError,
      });
      if (this.#isPaused) inbox.pause();
      this.#backlog.join(path, inbox);
      return inbox;
    });
    this.#reception = new Reception(this.#limits, this.#clock, {
      pushed: (address, { path, inbox }) => this.#keepAlives.note(address, path, inbox),
      object: (request, response, objection, inbox) => this.#object(request, response, objection, inbox),
      refuse: (request, response, refusal, inbox) => this.#refuse(request, response, refusal, inbox),
      fail: (request, response, error, inbox) => this.#fail(request, response, error, inbox),
    });
    this.#port = new HttpPort(settings, this.#limits, {
      onState: (state) => health.setPort(state),
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
    return this.#paths.claim(path, vendor);
  }

  /**
   * A flow has dealt with an alarm.
   * @param id of its receipt, or of the event for all who have it
   * @returns false when none of this listener was waiting for that
   */
  confirm(id: string): boolean {
    return [...this.#paths.inboxes.values()].some((inbox) => inbox.confirm(id));
  }

  /** Gives the path up, so that it is answered like any unknown one. */
  abandon(path: string): void {
    const place = this.#paths.abandon(path);
    if (place === undefined) return;
    this.#backlog.leave(place.path);
    place.inbox.stop();
  }

  /** Gives out what was left and opens the port, which is tried for as long as it cannot be had. The state tells. */
  start(): void {
    this.#isWanted = true;
    const opened = this.#backlog.open();
    if (opened === undefined) this.#port.start();
    else void opened.then(() => this.#isWanted && this.#port.start());
  }

  /** Flows are exchanged: what comes is kept for when they are there again, and what they just had comes once more. */
  pause(): void {
    this.#isPaused = true;
    for (const inbox of this.#paths.inboxes.values()) inbox.pause();
  }

  /** The flows are there. */
  resume(): void {
    this.#isPaused = false;
    for (const inbox of this.#paths.inboxes.values()) inbox.resume();
  }

  /** Frees the port; requests under way get a second to finish. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    await this.#port.stop();
    for (const inbox of this.#paths.inboxes.values()) inbox.stop();
    await this.#backlog.close();
  }

  #guarded(request: IncomingMessage, response: ServerResponse): void {
    if (!counts(request) || numberOf(request) > this.#limits.requestsPerConnection) return;
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
    endWith(request);
    const answer = inbox?.vendor.refusal?.(refusal.status);
    refuse(request, response, this.#limits, { ...refusal, answer });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const address = addressOf(request.socket);
    const { method = '', url = '', headers } = request;
    if (hasTooManyLines(request, this.#limits)) {
      this.#object(request, response, HEAD_TOO_LARGE);
      return;
    }
    const verdict = this.#access.check({ address, method, url, authorization: headers.authorization });
    if (!('status' in verdict) || verdict.code !== 'ADDRESS_DENIED') {
      const listed = this.#access.lists(address);
      const homes = this.#keepAlives.find(address, url, this.#paths.inboxes, listed);
      const [home, ...others] = homes ?? [];
      if (home !== undefined) this.#take(request, response, { path: '', inbox: home }, others);
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
    const place = this.#paths.find(verdict.path);
    if (place === undefined) this.#object(request, response, WRONG_PATH);
    else this.#take(request, response, place);
  }

  /** @param alsoFor set for a sign of life: others that its sender pushes to */
  #take(request: IncomingMessage, response: ServerResponse, place: Place, alsoFor?: readonly Inbox[]): void {
    const { inbox } = place;
    const objection = objectionTo(request, inbox.vendor, alsoFor !== undefined, this.#limits);
    if (objection !== undefined) this.#object(request, response, objection, inbox);
    else if (inbox.deserted) this.#refuse(request, response, { status: 503 }, inbox);
    else {
      // RFC 9110 §10.1.1: an expectation in HTTP/1.0 is ignored.
      const waits = request.headers.expect?.toLowerCase() === '100-continue' && request.httpVersion !== '1.0';
      if (waits) response.writeContinue();
      this.#reception.receive(request, response, place, alsoFor);
    }
  }

  /** Devices ask for a challenge first and log in then: only one that never logs in is worth a word. */
  #knocksTooOften(address: string): boolean {
    const knocks = (this.#knocks.get(address) ?? 0) + 1;
    if (this.#knocks.size >= this.#limits.complaintKeys) this.#knocks.clear();
    this.#knocks.set(address, knocks);
    return knocks >= this.#limits.knocks;
  }

  #object(request: IncomingMessage, response: ServerResponse, objection: Objection, inbox?: Inbox): void {
    this.#tell(objection.event, addressOf(request.socket), objection.code, inbox);
    this.#refuse(request, response, objection, inbox);
  }

  /** What Node's parser refuses, and peers that are too slow, still get an answer. */
  #answerClientError(error: ClientError, socket: Socket): void {
    socket.on('error', () => undefined);
    // What comes behind a request that is still to be answered is nobody's: the answer goes first, and is the last.
    const connection = connectionOf(socket);
    if (connection.last <= connection.received) return;
    if (connection.pending > 0 && connection.latest?.complete) {
      connection.ending = true;
      return;
    }
    const broken = isBrokenOff(error);
    const [status, code] = diagnose(error);
    if (!broken) this.#tell('denied', addressOf(socket), code);
    if (broken || !socket.writable) socket.destroy();
    else dismiss(socket, status, this.#limits.refusedLingerMs);
  }

  /** To one inbox, or to all where the request belongs to none; the same complaint once in a while only. */
  #tell(event: DeviceSign['event'], address: string, code: AlarmErrorCode, inbox?: Inbox): void {
    if (!this.#complaints.isNew(`${address} ${code}`)) return;
    const since = new Date(this.#clock.now()).toISOString();
    for (const each of inbox === undefined ? this.#paths.inboxes.values() : [inbox]) {
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
