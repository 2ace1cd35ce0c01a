import { AlarmError, type AlarmErrorCode, asAlarmError } from '../errors.js';
import type { Device } from '../event.js';
import type { Inbox } from '../inbox/inbox.js';
import { LIMITS, type Limits } from '../limits.js';
import type { DeviceSign } from '../notification.js';
import { Backoff } from './backoff.js';
import { Silence } from './silence.js';
import { StreamParts } from './stream-parts.js';

/** Who takes a stream as it comes. Neither may throw. */
export interface StreamSink {
  /** @param headers lower-case names */
  open(headers: ReadonlyMap<string, string>): void;
  data(chunk: Buffer): void;
}

/**
 * Opens the stream of a device and keeps it open. Resolves when it ended of itself.
 * @throws AlarmError what went wrong
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

/** Time as the stream needs it, so that tests can make it pass. */
export interface StreamClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** @returns how to call it off */
  after(milliseconds: number, action: () => void): () => void;
}

export interface AlertStreamOptions {
  readonly clock: StreamClock;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly limits?: Limits;
  readonly onState?: (state: StreamState) => void;
  /** An error of our own code. */
  readonly onError?: (error: unknown) => void;
}

/** A timer later than this was held up, as by a machine that slept. */
const LATE_MS = 2_000;
/** Reasons that need another wait than a failed connection does. */
const LOGIN: ReadonlySet<AlarmErrorCode> = new Set([
  'DEVICE_LOGIN_REFUSED',
  'DEVICE_LOGIN_MISSING',
  'DEVICE_LOGIN_PLAIN',
  'DEVICE_LOGIN_UNKNOWN',
]);

/**
 * The long alertStream of one device (isapi.md §1): one connection at any time, known to be dead within bounded time,
 * opened again by itself. Every change of what is known is told once.
 */
export class AlertStream {
  readonly #open: StreamDoor;
  readonly #inbox: Inbox;
  readonly #device: Device;
  readonly #limits: Limits;
  readonly #clock: StreamClock;
  readonly #onState: (state: StreamState) => void;
  readonly #onError: (error: unknown) => void;
  readonly #backoff: Backoff;
  readonly #silence: Silence;
  #state: StreamState;
  #connection: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();
  #cancel: () => void = () => undefined;
  #loginTries = 0;

  /** @param device what is known of it before it has said anything: its address, and its name */
  constructor(open: StreamDoor, inbox: Inbox, device: Device, options: AlertStreamOptions) {
    this.#open = open;
    this.#inbox = inbox;
    this.#device = device;
    this.#limits = options.limits ?? LIMITS;
    this.#clock = options.clock;
    this.#onState = options.onState ?? (() => undefined);
    this.#onError = options.onError ?? (() => undefined);
    this.#backoff = new Backoff(this.#limits, options.random);
    this.#silence = new Silence(this.#limits);
    this.#state = { state: 'closed', since: this.#iso(0) };
  }

  get state(): StreamState {
    return this.#state;
  }

  /** Connects at once, and again whenever the connection is lost. */
  start(): void {
    if (this.#state.state !== 'closed') return;
    this.#enter('connecting', {});
    this.#connect();
  }

  /** Resolves when the connection is gone. Nothing is told afterwards. */
  async stop(): Promise<void> {
    this.#enter('closed', {});
    this.#cancel();
    this.#connection?.abort(new AlarmError('DEVICE_CLOSED'));
    await this.#running;
  }

  #connect(): void {
    const connection = new AbortController();
    this.#connection = connection;
    this.#running = this.#run(connection).catch(this.#onError);
  }

  /** One connection from its begin to its end. */
  async #run(connection: AbortController): Promise<void> {
    const watch = new Watch(
      this.#clock,
      () => this.#silence.limitMs,
      () => {
        this.#enter('stale', { reason: new AlarmError('STREAM_SILENT') });
        connection.abort(new AlarmError('STREAM_SILENT'));
      },
    );
    let parts: StreamParts | undefined;
    let since = 0;
    let failure: AlarmError;
    try {
      await this.#open(
        {
          open: (headers) => {
            this.#silence.interrupt();
            watch.feed();
            parts = this.#read(headers.get('content-type'), connection);
          },
          data: (chunk) => {
            watch.feed();
            try {
              if (since === 0 && holdsDelimiter(chunk)) {
                since = this.#clock.now();
                this.#loginTries = 0;
                this.#enter('online', {});
              }
              parts?.write(chunk);
            } catch (error) {
              connection.abort(asAlarmError(error, 'INTERNAL'));
            }
          },
        },
        connection.signal,
      );
      failure = new AlarmError('STREAM_ENDED');
    } catch (error) {
      failure = asAlarmError(error, 'INTERNAL');
      if (failure.code === 'INTERNAL') this.#onError(error);
    }
    watch.stop();
    this.#deliver(() => parts?.end());
    if (since > 0 && this.#clock.now() - since >= this.#limits.healthyMs) this.#backoff.reset();
    if (this.#state.state !== 'closed') this.#lost(failure);
  }

  #read(contentType: string | undefined, connection: AbortController): StreamParts {
    const take = (parts: Parameters<ConstructorParameters<typeof StreamParts>[2]>[0], truncated: boolean) => {
      if (this.#state.state === 'closed') return;
      const notification = {
        transport: 'alertstream',
        receivedAt: new Date(this.#clock.now()),
        address: this.#device.address ?? this.#device.id,
        parts,
        truncated,
      } as const;
      const raw = () => Buffer.concat(parts.map(({ bytes }) => bytes)).subarray(0, this.#limits.rawBytes);
      this.#deliver(() => {
        const outcome = this.#inbox.accept({ notification, raw });
        if (outcome === 'heartbeat') this.#silence.beat(this.#clock.now());
      });
    };
    const after = (milliseconds: number, action: () => void) =>
      this.#clock.after(milliseconds, () => !connection.signal.aborted && action());
    return new StreamParts(contentType, this.#limits, take, after);
  }

  /** What goes wrong in our own code must not cost the connection. */
  #deliver(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#onError(error);
    }
  }

  /** Tells what is known and waits for the next try. */
  #lost(failure: AlarmError): void {
    const wait = this.#waitAfter(failure);
    const nextRetry = this.#iso(wait);
    // A stale connection was told as such; it is offline when the next one fails.
    if (failure.code === 'STREAM_SILENT') this.#state = { ...this.#state, nextRetry };
    else this.#enter(LOGIN.has(failure.code) ? 'auth-failed' : 'offline', { reason: failure, nextRetry });
    this.#cancel = this.#clock.after(wait, () => this.#connect());
  }

  #waitAfter({ code }: AlarmError): number {
    if (LOGIN.has(code)) {
      const { loginRetryMs, loginRetryMaxMs } = this.#limits;
      return Math.min(loginRetryMaxMs, loginRetryMs * 2 ** this.#loginTries++);
    }
    return code === 'STREAM_BUSY' ? this.#limits.busyRetryMs : this.#backoff.next();
  }

  /** Told to the outside on a change of the state; on a new reason alone only shown. */
  #enter(state: StreamState['state'], more: Pick<StreamState, 'reason' | 'nextRetry'>): void {
    const changed = this.#state.state !== state;
    const since = changed ? this.#iso(0) : this.#state.since;
    this.#state = { state, since, ...more };
    this.#deliver(() => this.#onState(this.#state));
    if (!changed || state === 'closed' || state === 'connecting') return;
    const { reason, nextRetry } = more;
    const sign: DeviceSign = {
      event: state,
      vendor: this.#inbox.vendor.id,
      device: this.#device,
      since,
      ...(reason !== undefined && { reason: `${reason.code}: ${reason.message}` }),
      ...(nextRetry !== undefined && { nextRetry }),
    };
    this.#deliver(() => this.#inbox.tell(sign));
  }

  #iso(inMs: number): string {
    return new Date(this.#clock.now() + inMs).toISOString();
  }
}

/** A stream begins with a delimiter; a web page with status 200 is no stream. */
function holdsDelimiter(chunk: Buffer): boolean {
  const start = chunk.subarray(0, 256).toString('latin1').trimStart();
  return start.startsWith('--') || start === '-';
}

/** Looks whether bytes keep coming. */
class Watch {
  readonly #clock: StreamClock;
  readonly #limit: () => number;
  readonly #onSilence: () => void;
  #last = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: StreamClock, limit: () => number, onSilence: () => void) {
    this.#clock = clock;
    this.#limit = limit;
    this.#onSilence = onSilence;
  }

  feed(): void {
    this.#last = this.#clock.now();
    this.#cancel ??= this.#arm(this.#limit());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(wait: number): () => void {
    const due = this.#clock.now() + wait;
    return this.#clock.after(wait, () => {
      const now = this.#clock.now();
      const left = this.#last + this.#limit() - now;
      // This process was asleep: bytes that came meanwhile are read before the next timer.
      const asleep = now - due > LATE_MS;
      if (left > 0 || asleep) this.#cancel = this.#arm(asleep ? LATE_MS : left);
      else this.#onSilence();
    });
  }
}
