import type { Clock } from '../clock.js';
import { AlarmError, type AlarmErrorCode, asAlarmError } from '../errors.js';
import type { Device } from '../event.js';
import type { Inbox } from '../inbox/inbox.js';
import { Silence } from '../inbox/silence.js';
import { LIMITS, type Limits } from '../limits.js';
import type { BodyPart, DeviceSign, Outcome } from '../notification.js';
import type { StreamSink } from '../stream-sink.js';
import { Backoff } from './backoff.js';
import { PictureHabits } from './picture-habits.js';
import { StreamParts } from './stream-parts.js';
import { Watch } from './watch.js';

/**
 * Opens the stream of a device and keeps it open. Resolves when it ended of itself; settles at once when the signal
 * aborts, and tells the sink nothing afterwards.
 * @throws AlarmError what went wrong, or the reason of the signal
 */
export type StreamDoor = (sink: StreamSink, signal: AbortSignal) => Promise<void>;

/** What is known of the connection to a device. */
export interface StreamState {
  readonly state: 'closed' | 'connecting' | 'online' | 'stale' | 'offline' | 'auth-failed';
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly reason?: AlarmError;
  /** ISO 8601, UTC. */
  readonly nextRetry?: string;
}

export interface AlertStreamOptions {
  readonly clock: Clock;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly limits?: Limits;
  /** Milliseconds for which the device is not asked to let us in. */
  readonly pausedMs?: () => number;
  readonly onState?: (state: StreamState) => void;
  /** An error of our own code. */
  readonly onError?: (error: unknown) => void;
}

/** Reasons that need another wait than a failed connection does: only a change of settings helps. */
const REFUSALS: ReadonlySet<AlarmErrorCode> = new Set([
  'DEVICE_LOGIN_REFUSED',
  'DEVICE_LOGIN_MISSING',
  'DEVICE_LOGIN_PLAIN',
  'DEVICE_LOGIN_UNKNOWN',
  'STREAM_FORBIDDEN',
]);
/** The client itself sends no login for as long: a timer that is a little early must find that over. */
const LOGIN_MARGIN_MS = 1_000;

/**
 * The long alertStream of one device (isapi.md §1): one connection at any time, known to be dead within bounded time,
 * opened again by itself. Every change of what is known is told once.
 */
export class AlertStream {
  readonly #open: StreamDoor;
  readonly #inbox: Inbox;
  readonly #device: Device;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #pausedMs: () => number;
  readonly #onState: (state: StreamState) => void;
  readonly #onError: (error: unknown) => void;
  readonly #backoff: Backoff;
  readonly #silence: Silence;
  readonly #habits = new PictureHabits();
  #state: StreamState;
  /** The one that counts; what an older one still does is of no interest. */
  #connection: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();
  #cancel: () => void = () => undefined;
  #refusals = 0;

  /** @param device what is known of it before it has said anything: its address, and its name */
  constructor(open: StreamDoor, inbox: Inbox, device: Device, options: AlertStreamOptions) {
    this.#open = open;
    this.#inbox = inbox;
    this.#device = device;
    this.#limits = options.limits ?? LIMITS;
    this.#clock = options.clock;
    this.#pausedMs = options.pausedMs ?? (() => 0);
    this.#onState = options.onState ?? (() => undefined);
    this.#onError = options.onError ?? (() => undefined);
    this.#backoff = new Backoff(this.#limits, options.random);
    this.#silence = new Silence(this.#limits);
    this.#state = { state: 'closed', since: this.#iso(0) };
  }

  get state(): StreamState {
    return this.#state;
  }

  /** What flows are told of the state; undefined while there is nothing to tell. */
  get sign(): DeviceSign | undefined {
    const { state, since, reason, nextRetry } = this.#state;
    if (state === 'closed' || state === 'connecting') return undefined;
    return {
      event: state,
      vendor: this.#inbox.vendor.id,
      device: this.#device,
      since,
      ...(reason !== undefined && { reason: `${reason.code}: ${reason.message}` }),
      ...(nextRetry !== undefined && { nextRetry }),
    };
  }

  /** Connects at once, and again whenever the connection is lost. */
  start(): void {
    if (this.#state.state !== 'closed') return;
    this.#connect();
    this.#enter('connecting', {});
  }

  /** Resolves when the connection is gone. Nothing is told afterwards, but that it is closed. */
  stop(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#cancel();
    connection?.abort(new AlarmError('DEVICE_CLOSED'));
    if (this.#state.state !== 'closed') this.#enter('closed', {});
    return this.#running;
  }

  #connect(): void {
    const connection = new AbortController();
    this.#connection = connection;
    // Behind the one before, so that there are never two, even when it was stopped a moment ago.
    this.#running = this.#running.then(() => this.#run(connection)).catch((error) => this.#report(error));
  }

  /** One connection from its begin to its end. Never rejects but for an error of our own. */
  async #run(connection: AbortController): Promise<void> {
    const current = () => this.#connection === connection;
    if (!current()) return;
    let parts: StreamParts | undefined;
    let since: number | undefined;
    const watch = new Watch(
      this.#clock,
      () => this.#silence.limitMs,
      () => connection.abort(new AlarmError('STREAM_SILENT')),
    );
    const begin = () => {
      if (!current()) return;
      since = this.#clock.ticks();
      this.#refusals = 0;
      this.#enter('online', {});
    };
    const take = (event: BodyPart[], truncated: boolean) => {
      const outcome = current() ? this.#accept(event, truncated) : undefined;
      if (outcome === 'heartbeat') {
        this.#silence.beat(this.#clock.ticks());
        watch.adjust();
      }
      return outcome === 'accepted';
    };
    const sink: StreamSink = {
      open: (headers) => {
        this.#silence.interrupt();
        watch.feed();
        parts = new StreamParts(
          headers.get('content-type'),
          this.#limits,
          { begin, take },
          this.#clock,
          this.#habits,
        );
      },
      data: (chunk) => {
        watch.feed();
        try {
          parts?.write(chunk);
        } catch (error) {
          connection.abort(asAlarmError(error, 'INTERNAL'));
        }
      },
    };
    let failure = new AlarmError('STREAM_ENDED');
    try {
      await this.#open(sink, connection.signal);
    } catch (error) {
      failure = asAlarmError(error, 'INTERNAL');
      if (failure.code === 'INTERNAL') this.#report(error);
    }
    watch.stop();
    this.#deliver(() => parts?.end());
    if (current()) this.#lost(failure, since === undefined ? 0 : this.#clock.ticks() - since);
  }

  /** What a stream brings is kept nowhere, as the device does not ask whether it arrived: nothing is waited for. */
  #accept(parts: BodyPart[], truncated: boolean): Outcome | Promise<Outcome> | undefined {
    const notification = {
      transport: 'alertstream',
      receivedAt: new Date(this.#clock.now()),
      address: this.#device.address ?? this.#device.id,
      parts,
      truncated,
    } as const;
    const raw = () => Buffer.concat(parts.map(({ bytes }) => bytes)).subarray(0, this.#limits.rawBytes);
    let outcome: Outcome | Promise<Outcome> | undefined;
    this.#deliver(() => {
      outcome = this.#inbox.accept({ notification, raw });
    });
    return outcome;
  }

  /** Waits for the next try and tells what is known. */
  #lost(failure: AlarmError, goodForMs: number): void {
    this.#connection = undefined;
    if (failure.code === 'STREAM_SILENT') this.#silence.doubt();
    if (goodForMs >= this.#limits.healthyMs) this.#backoff.reset();
    const wait = this.#waitAfter(failure, goodForMs >= this.#limits.steadyMs);
    const nextRetry = this.#iso(wait);
    this.#cancel = this.#clock.after(wait, () => this.#connect());
    this.#enter(this.#stateAfter(failure, goodForMs > 0), { reason: failure, nextRetry });
  }

  /** @param begun whether a valid byte had come over this connection: one that never spoke is not there */
  #stateAfter({ code }: AlarmError, begun: boolean): StreamState['state'] {
    if (REFUSALS.has(code)) return 'auth-failed';
    return code === 'STREAM_SILENT' && begun ? 'stale' : 'offline';
  }

  #waitAfter({ code }: AlarmError, steady: boolean): number {
    if (REFUSALS.has(code)) {
      // One fresh try: devices also say so for a moment when they are busy (defects.md D6).
      const steps = this.#refusals++ - 1;
      const { loginRetryMs, loginRetryMaxMs } = this.#limits;
      const wait = Math.min(loginRetryMaxMs, loginRetryMs * 2 ** steps) + LOGIN_MARGIN_MS;
      return Math.max(steps < 0 ? this.#backoff.next() : wait, this.#pausedMs() + LOGIN_MARGIN_MS);
    }
    const full = code === 'STREAM_BUSY' || code === 'STREAM_MISSING';
    return full ? this.#limits.busyRetryMs : this.#backoff.next(steady);
  }

  /** Told to the outside on a change of the state; on a new reason alone only shown. */
  #enter(state: StreamState['state'], more: Pick<StreamState, 'reason' | 'nextRetry'>): void {
    const changed = this.#state.state !== state;
    const next = { state, since: changed ? this.#iso(0) : this.#state.since, ...more };
    this.#state = next;
    this.#deliver(() => this.#onState(next));
    // Who hears of it may stop the stream at once.
    if (!changed || this.#state !== next) return;
    const { sign } = this;
    if (sign !== undefined) this.#deliver(() => this.#inbox.tell(sign));
  }

  /** What goes wrong in our own code must not cost the connection. */
  #deliver(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    try {
      this.#onError(error);
    } catch {
      // Who is told of errors has one: nobody is left to tell.
    }
  }

  #iso(inMs: number): string {
    return new Date(this.#clock.now() + inMs).toISOString();
  }
}
