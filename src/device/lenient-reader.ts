import type { Socket } from 'node:net';
import type { buildConnector, Dispatcher } from 'undici';
import { AlarmError } from '../errors.js';
import { AnswerReader } from '../wire/answer.js';

/**
 * Asks devices whose answers undici does not take for HTTP, over a connection for each request. For {@link exchange} it
 * is what a dispatcher of undici is.
 */
export class LenientReader {
  readonly #origin: URL;
  readonly #connect: buildConnector.connector;
  readonly #headBytes: number;

  constructor(origin: URL, connect: buildConnector.connector, headBytes: number) {
    this.#origin = origin;
    this.#connect = connect;
    this.#headBytes = headBytes;
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const { protocol, hostname, host, port } = this.#origin;
    const request = new LenientRequest(options, handler, host, this.#headBytes);
    // As undici does it: an IPv6 address without its brackets.
    const name = hostname.replace(/^\[|\]$/g, '');
    this.#connect({ protocol, hostname: name, host, port }, (...result) => {
      const [error, socket] = result;
      // undici leaves the socket out of a failure, whatever its types say.
      if (error === null) request.send(socket);
      else request.fail(error);
    });
    return true;
  }
}

/** One request and its answer. */
class LenientRequest {
  readonly #options: Dispatcher.DispatchOptions;
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #host: string;
  readonly #reader: AnswerReader;
  readonly #controller: Dispatcher.DispatchController;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    host: string,
    headBytes: number,
  ) {
    this.#options = options;
    this.#handler = handler;
    this.#host = host;
    const controller = { aborted: false, paused: false, reason: null, pause: nothing, resume: nothing };
    this.#controller = { ...controller, abort: (reason: Error) => this.fail(reason) };
    this.#reader = new AnswerReader(
      {
        head: ({ status, headers }) => {
          this.#wait(this.#options.bodyTimeout);
          const known = Object.fromEntries([...headers].map(([name, values]) => [name, [...values]]));
          handler.onResponseStart?.(this.#controller, status, known);
        },
        data: (bytes) => {
          this.#wait(this.#options.bodyTimeout);
          handler.onResponseData?.(this.#controller, bytes);
        },
        end: () => this.#end(),
      },
      headBytes,
    );
    handler.onRequestStart?.(this.#controller, undefined);
  }

  send(socket: Socket): void {
    if (this.#over) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.#closed());
    socket.on('data', (chunk: Buffer) => {
      if (this.#over) return;
      try {
        this.#reader.write(chunk);
      } catch (error) {
        this.fail(error);
      }
    });
    this.#wait(this.#options.headersTimeout);
    const { method, path, headers, body } = this.#options;
    const bytes = body === null || body === undefined ? undefined : Buffer.from(body as string | Buffer);
    const lines = [
      `${method} ${path} HTTP/1.1`,
      `Host: ${this.#host}`,
      'Connection: close',
      ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`),
      ...(bytes === undefined ? [] : [`content-length: ${bytes.length}`]),
      '',
      '',
    ];
    socket.write(Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), bytes ?? Buffer.alloc(0)]));
  }

  /** Ends it, with its connection, unless it is over. */
  fail(error: unknown): void {
    if (this.#finish()) this.#handler.onResponseError?.(this.#controller, error as Error);
  }

  #closed(): void {
    if (this.#over || this.#reader.close()) return;
    this.fail(new AlarmError('DEVICE_ANSWER_BROKEN'));
  }

  #end(): void {
    if (this.#finish()) this.#handler.onResponseEnd?.(this.#controller, {});
  }

  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
    return true;
  }

  #wait(milliseconds: number | null | undefined): void {
    clearTimeout(this.#timer);
    if (this.#over || !milliseconds) return;
    this.#timer = setTimeout(() => this.fail(new AlarmError('DEVICE_TIMEOUT')), milliseconds);
  }
}

const nothing = () => undefined;
