import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { AlarmError } from '../errors.js';
import { DEVICE_LIMITS, type DeviceLimits, LIMITS, type Limits } from '../limits.js';
import type { StreamSink } from '../stream-sink.js';
import { type DeviceAddress, DeviceConnections } from './device-connections.js';
import { isHeadRefused } from './device-failure.js';
import type { DeviceCredentials, LoginKind } from './device-login.js';
import { DeviceSession } from './device-session.js';
import { exchange, type Incoming } from './exchange.js';
import { LoginPauses } from './login-pause.js';
import { Turns } from './turns.js';

/** How long the end of a connection takes to get to a device nearby: it hears of it before the next one begins. */
const CLOSING_MS = 5;

/** A device and the login for it. Without a user name nothing is logged in. */
export interface DeviceSettings extends DeviceAddress, DeviceCredentials {}

/** What a device is asked. */
export interface DeviceRequest {
  /** `GET` when left out. */
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Path with query as sent: begins with `/`, blanks and special letters escaped. */
  readonly path: string;
  readonly body?: string | Buffer;
  /** `application/xml` when left out and there is a body. */
  readonly contentType?: string;
  /** Largest body taken as an answer. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

/** What it answered. The status may be any but 401, which is an error. */
export interface DeviceAnswer {
  readonly status: number;
  /** Lower-case names; a header sent several times is joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Numbers, time and randomness of a client; each has its usual value. */
export interface DeviceClientOptions {
  readonly limits?: Partial<DeviceLimits>;
  /** For the documents of the device, and for who asks it. */
  readonly generalLimits?: Limits;
  /** Milliseconds since any moment. */
  readonly now?: () => number;
  readonly newCnonce?: () => string;
  /** Shared by all clients that may log in at the same devices, so that a new one knows what an old one was told. */
  readonly pauses?: LoginPauses;
}

/**
 * Asks one device over HTTP or HTTPS and logs in as it wants it. Redirects are answers, not followed: the password is
 * for the host it was stored with.
 */
export class DeviceClient {
  /** For who asks this device. */
  readonly limits: DeviceLimits;
  readonly generalLimits: Limits;
  readonly #address: DeviceAddress;
  readonly #connections: DeviceConnections;
  readonly #session: DeviceSession;
  readonly #streams = new Set<DeviceConnections>();
  readonly #calls = new Set<AbortController>();
  /** A request waits here for its connection and not in undici, so that its login is made when it is sent. */
  readonly #places: Turns;
  /** The device writes heads that a strict reader refuses. */
  #lenient = false;
  #closing: Promise<void> | undefined;

  /** @throws AlarmError `DEVICE_ADDRESS_INVALID` */
  constructor(settings: DeviceSettings, options: DeviceClientOptions = {}) {
    this.limits = { ...DEVICE_LIMITS, ...options.limits };
    this.generalLimits = options.generalLimits ?? LIMITS;
    this.#address = settings;
    this.#connections = new DeviceConnections(settings, this.limits);
    const now = options.now ?? (() => performance.now());
    const newCnonce = options.newCnonce ?? (() => randomBytes(8).toString('hex'));
    const pauses = options.pauses ?? new LoginPauses();
    this.#session = new DeviceSession(
      // Over HTTPS nobody else can read it (reliability.md §5.7).
      { ...settings, basic: settings.basic === true || settings.protocol === 'https' },
      pauses.of(settings, settings, this.limits, now),
      this.limits,
      this.generalLimits,
      now,
      newCnonce,
    );
    this.#places = new Turns(this.limits.connections);
  }

  /** How the device let us in last; `none` also before it did. */
  get loginKind(): LoginKind {
    return this.#session.kind;
  }

  /**
   * Settles within `totalTimeoutMs`.
   * @throws AlarmError with a code that begins with `DEVICE_`, or the reason of the request's signal
   */
  request(request: DeviceRequest): Promise<DeviceAnswer> {
    return this.#call(request, undefined);
  }

  /**
   * Asks for a body that has no end. Settles when it has ended after all, or at once with an answer that is no stream;
   * `totalTimeoutMs` is for its head alone.
   * @throws as `request`
   */
  stream(request: DeviceRequest, sink: StreamSink): Promise<DeviceAnswer> {
    return this.#call(request, sink);
  }

  /** Milliseconds for which no login is tried, because the device refused one; 0 when it may be tried. */
  get loginPauseMs(): number {
    return this.#session.pauseMs;
  }

  async #call(request: DeviceRequest, sink: StreamSink | undefined): Promise<DeviceAnswer> {
    if (this.#closing !== undefined) throw new AlarmError('DEVICE_CLOSED');
    if (!/^\/[\x21-\x7e]*$/.test(request.path)) throw new AlarmError('DEVICE_PATH_INVALID');
    const { signal } = request;
    signal?.throwIfAborted();
    const call = new AbortController();
    const giveUp = () => call.abort(signal?.reason);
    const late = () => call.abort(new AlarmError('DEVICE_TIMEOUT'));
    const timer = setTimeout(late, this.limits.totalTimeoutMs);
    // One signal may stop any number of requests; Node.js would warn of the eleventh.
    if (signal !== undefined) setMaxListeners(0, signal);
    signal?.addEventListener('abort', giveUp);
    this.#calls.add(call);
    const own: StreamSink | undefined = sink && {
      open: (headers) => {
        clearTimeout(timer);
        sink.open(headers);
      },
      data: (chunk) => sink.data(chunk),
    };
    try {
      return await this.#ask(request, call.signal, own);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      this.#calls.delete(call);
    }
  }

  /** Everything under way ends with `DEVICE_CLOSED`; resolves when no connection is left. */
  close(): Promise<void> {
    for (const call of this.#calls) call.abort(new AlarmError('DEVICE_CLOSED'));
    const all = [this.#connections, ...this.#streams];
    this.#closing ??= Promise.all(all.map((each) => each.close())).then(() => undefined);
    return this.#closing;
  }

  async #ask(
    request: DeviceRequest,
    signal: AbortSignal,
    sink: StreamSink | undefined,
  ): Promise<DeviceAnswer> {
    const { method = 'GET', path, body } = request;
    const release = await this.#places.take(signal);
    let closes = false;
    try {
      const { status, headers, ...incoming } = await this.#session.answered({
        signed: { method, path, body },
        send: async (authorization, reset) => {
          if (closes) await pause(CLOSING_MS);
          closes = reset;
          return await this.#send(request, authorization, reset, signal, sink);
        },
        signal,
      });
      return { status, headers, body: await incoming.body };
    } finally {
      release();
    }
  }

  async #send(
    request: DeviceRequest,
    authorization: string | undefined,
    reset: boolean,
    signal: AbortSignal,
    sink: StreamSink | undefined,
  ): Promise<Incoming> {
    const { method = 'GET', path, body = null, contentType = 'application/xml', maxBytes } = request;
    const headers: Record<string, string> = {};
    if (body !== null) headers['content-type'] = contentType;
    if (authorization !== undefined) headers['authorization'] = authorization;
    const options: Dispatcher.DispatchOptions = { method, path, body, headers, reset };
    const limits = { ...this.limits, bodyBytes: maxBytes ?? this.limits.bodyBytes };
    if (sink === undefined) return this.#exchange(this.#connections, options, limits, signal);
    // undici opens a connection anew for a request that was broken off: a stream has one of its own, which ends with it.
    const own = new DeviceConnections(this.#address, { ...limits, connections: 1 });
    this.#streams.add(own);
    const end = async () => {
      await own.close();
      this.#streams.delete(own);
      await pause(CLOSING_MS);
    };
    try {
      const incoming = await this.#exchange(own, options, limits, signal, sink);
      const ended = incoming.body.finally(end);
      ended.catch(() => {});
      return { ...incoming, body: ended };
    } catch (error) {
      await end();
      throw error;
    }
  }

  /** A head that undici refuses is read by ourselves, now and from then on; what may not be done twice is not. */
  async #exchange(
    connections: DeviceConnections,
    options: Dispatcher.DispatchOptions,
    limits: DeviceLimits,
    signal: AbortSignal,
    sink?: StreamSink,
  ): Promise<Incoming> {
    if (this.#lenient) return exchange(connections.lenient, options, limits, signal, sink);
    try {
      return await exchange(connections.pool, options, limits, signal, sink);
    } catch (error) {
      if (!isHeadRefused(error)) throw error;
      this.#lenient = true;
      if (options.method !== 'GET') throw error;
      return exchange(connections.lenient, options, limits, signal, sink);
    }
  }
}
