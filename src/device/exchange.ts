import { setImmediate as turn } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { AlarmError } from '../errors.js';
import type { DeviceLimits } from '../limits.js';
import type { StreamSink } from '../stream-sink.js';
import { deviceFailure } from './device-failure.js';

/** The head of an answer, with its body on the way. */
export interface Incoming {
  readonly status: number;
  /** Lower-case names; a header sent several times is joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
  /** Each `WWW-Authenticate` header by itself. */
  readonly challenges: readonly string[];
  /** The whole body; of a 401 what came of it, as nobody needs more. Never left unhandled. */
  readonly body: Promise<Buffer>;
  /** The body is not wanted: what is not here yet is not waited for, at the price of the connection. */
  discard(): void;
}

/** What is taken of an answer, and how long it is waited for. */
export type ExchangeLimits = Pick<
  DeviceLimits,
  'headersTimeoutMs' | 'bodyTimeoutMs' | 'bodyBytes' | 'refusalBytes' | 'refusalTimeoutMs'
>;

/**
 * Sends one request and resolves with the head of its answer.
 * @param sink takes the body of a 200; any other is an answer like others
 * @throws AlarmError as {@link deviceFailure} names it, or the reason of the signal
 */
export function exchange(
  dispatcher: Pick<Dispatcher, 'dispatch'>,
  options: Dispatcher.DispatchOptions,
  limits: ExchangeLimits,
  signal: AbortSignal,
  sink?: StreamSink,
): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const headersTimeout = limits.headersTimeoutMs;
    // How long a stream may be silent is for who reads it to say.
    const bodyTimeout = sink === undefined ? limits.bodyTimeoutMs : 0;
    const reader = new AnswerReader(limits, signal, resolve, reject, sink);
    dispatcher.dispatch({ ...options, headersTimeout, bodyTimeout }, reader);
  });
}

/** undici tells it what happens; it is done exactly once, by an end, a failure or the signal. */
class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #limits: ExchangeLimits;
  readonly #signal: AbortSignal;
  readonly #onHead: (incoming: Incoming) => void;
  readonly #onFailure: (error: unknown) => void;
  readonly #sink: StreamSink | undefined;
  readonly #chunks: Buffer[] = [];
  readonly #body: Promise<Buffer>;
  #resolveBody: (body: Buffer) => void = () => {};
  #rejectBody: (error: unknown) => void = () => {};
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #done = false;

  constructor(
    limits: ExchangeLimits,
    signal: AbortSignal,
    onHead: (incoming: Incoming) => void,
    onFailure: (error: unknown) => void,
    sink: StreamSink | undefined,
  ) {
    this.#limits = limits;
    this.#sink = sink;
    this.#signal = signal;
    this.#onHead = onHead;
    this.#onFailure = onFailure;
    this.#body = new Promise((resolve, reject) => {
      this.#resolveBody = resolve;
      this.#rejectBody = reject;
    });
    // Nobody waits for the body of a request that failed before its head, or of one that is given up.
    this.#body.catch(() => {});
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while it waited for its connection.
    if (this.#done) controller.abort(new AlarmError('DEVICE_CLOSED'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (this.#done || status < 200) return;
    this.#status = status;
    const joined = new Map<string, string>();
    for (const [name, value = ''] of Object.entries(headers)) {
      joined.set(name.toLowerCase(), typeof value === 'string' ? value : value.join(', '));
    }
    const challenges = [headers['www-authenticate'] ?? []].flat();
    const body = this.#body.then(connectionIsFree);
    body.catch(() => {});
    const discard = () => this.#cut(undefined);
    this.#onHead({ status, headers: joined, challenges, body, discard });
    if (this.#streams) {
      this.#tell(() => this.#sink?.open(joined));
      return;
    }
    if (status === 401) this.#timer = setTimeout(discard, this.#limits.refusalTimeoutMs);
    else if (Number(joined.get('content-length')) > this.#limits.bodyBytes) {
      this.#cut(new AlarmError('DEVICE_ANSWER_TOO_LARGE'));
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#done) return;
    if (this.#streams) {
      this.#tell(() => this.#sink?.data(chunk));
      return;
    }
    this.#bytes += chunk.length;
    const refusal = this.#status === 401;
    if (this.#bytes <= (refusal ? this.#limits.refusalBytes : this.#limits.bodyBytes)) {
      this.#chunks.push(chunk);
    } else this.#cut(refusal ? undefined : new AlarmError('DEVICE_ANSWER_TOO_LARGE'));
  }

  onResponseEnd(): void {
    this.#finish(undefined);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#finish(this.#status === 401 ? undefined : deviceFailure(error));
  }

  get #streams(): boolean {
    return this.#status === 200 && this.#sink !== undefined;
  }

  /** A reader that throws must not do so inside undici. */
  #tell(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#cut(error);
    }
  }

  readonly #onAbort = () => this.#cut(this.#signal.reason);

  /** Ends it from this side, with the connection, unless it is over already. */
  #cut(reason: unknown): void {
    if (this.#done) return;
    this.#finish(reason);
    this.#controller?.abort(new AlarmError('DEVICE_CLOSED'));
  }

  /** @param error undefined for a body that is good as far as it came */
  #finish(error: unknown): void {
    if (this.#done) return;
    this.#done = true;
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
    if (error === undefined) this.#resolveBody(Buffer.concat(this.#chunks));
    else {
      this.#onFailure(error);
      this.#rejectBody(error);
    }
  }
}

/** undici takes a connection back a turn of the event loop later: a request sent at once would open one more. */
async function connectionIsFree(body: Buffer): Promise<Buffer> {
  await turn();
  return body;
}
