import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { AlarmError } from '../errors.js';
import type { Limits } from '../limits.js';
import { addressOf, ConnectionGate } from './connection-gate.js';
import { HeadFront } from './head-front.js';

/** What a port is doing; `retrying` holds why it could not be opened, `blocked` why everyone is sent away. */
export type PortState =
  | { readonly state: 'closed' }
  | { readonly state: 'listening'; readonly port: number }
  | { readonly state: 'retrying'; readonly port: number; readonly error: AlarmError }
  /** Open, yet nothing can be taken. */
  | { readonly state: 'blocked'; readonly port: number; readonly error: AlarmError };

export interface PortSettings {
  readonly host: string;
  readonly port: number;
  /** Certificate and key; absent for plain HTTP. */
  readonly tls?: TlsOptions;
}

/** Who is told what happens on the port. */
export interface PortEvents {
  readonly onState: (state: PortState) => void;
  readonly onRequest: (request: http.IncomingMessage, response: http.ServerResponse) => void;
  /** A peer that Node's parser refused or gave up on. */
  readonly onClientError: (error: NodeJS.ErrnoException, socket: Socket) => void;
  /** A connection was closed because its address, or all of them together, have too many. */
  readonly onCrowd: (address: string) => void;
}

/** An HTTP or HTTPS port: opened as soon as it can be had, with clocks and caps on every connection, closed in time. */
export class HttpPort {
  readonly #settings: PortSettings;
  readonly #limits: Limits;
  readonly #events: PortEvents;
  #server: http.Server | undefined;
  #gate: ConnectionGate | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryAfter: number;

  constructor(settings: PortSettings, limits: Limits, events: PortEvents) {
    this.#settings = settings;
    this.#limits = limits;
    this.#events = events;
    this.#retryAfter = limits.listenRetryMs;
  }

  /** Opens the port, and tries again for as long as it cannot be had. */
  start(): void {
    if (this.#server !== undefined) return;
    const server = this.#create();
    this.#server = server;
    server.once('error', (error: NodeJS.ErrnoException) => this.#openLater(server, error));
    server.listen(this.#settings.port, this.#settings.host, () => {
      if (this.#server !== server) {
        server.close();
        return;
      }
      server.removeAllListeners('error').on('error', () => undefined);
      this.#retryAfter = this.#limits.listenRetryMs;
      this.#events.onState({ state: 'listening', port: (server.address() as AddressInfo).port });
    });
  }

  /** Frees the port at once. Requests under way may finish within the grace time, then their connections are cut. */
  async stop(): Promise<void> {
    clearTimeout(this.#retry);
    const [server, gate] = [this.#server, this.#gate];
    this.#server = undefined;
    if (server?.listening) {
      const cut = setTimeout(() => gate?.shut(), this.#limits.closeGraceMs);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      clearTimeout(cut);
    }
    this.#events.onState({ state: 'closed' });
  }

  #create(): http.Server {
    // Node.js refuses a head that may take longer than the whole request.
    const headersTimeout = Math.min(this.#limits.headersTimeoutMs, this.#limits.requestTimeoutMs);
    const options: http.ServerOptions = {
      connectionsCheckingInterval: this.#limits.checkIntervalMs,
      headersTimeout,
      requestTimeout: this.#limits.requestTimeoutMs,
      keepAliveTimeout: this.#limits.keepAliveTimeoutMs,
      maxHeaderSize: this.#limits.requestHeadBytes,
      // Old cameras send none, and the path alone says whom a push is for.
      requireHostHeader: false,
    };
    const { tls } = this.#settings;
    const handshakeTimeout = this.#limits.headersTimeoutMs;
    const server =
      tls === undefined
        ? http.createServer(options)
        : https.createServer({ ...options, ...tls, handshakeTimeout, allowHalfOpen: true });
    // Small devices close their direction behind a request: they still wait for its answer. Not in Node's own types.
    Object.assign(server, { httpAllowHalfOpen: true });
    // Before Node.js 24 what is more was left out and nothing said: with one more than may be it shows.
    server.maxHeadersCount = this.#limits.requestHeadLines + 1;
    const gate = this.#guard(server);
    for (const event of ['request', 'checkContinue', 'checkExpectation']) {
      server.on(event, (request: http.IncomingMessage, response: http.ServerResponse) => {
        rememberWho(request, response, gate);
        this.#events.onRequest(request, response);
      });
    }
    server.on('clientError', this.#events.onClientError);
    this.#gate = gate;
    return server;
  }

  /** The server's own handlers run behind the gate and the front; with TLS, the front is behind the handshake. */
  #guard(server: http.Server): ConnectionGate {
    const { onClientError, onCrowd } = this.#events;
    const greeted = this.#settings.tls === undefined ? 'connection' : 'secureConnection';
    const front = new HeadFront(this.#limits, takeOver(server, greeted), onClientError);
    server.on(greeted, (socket: Socket) => front.admit(socket));
    const gate = new ConnectionGate(this.#limits, takeOver(server, 'connection'), onCrowd);
    server.on('connection', (socket: Socket) => gate.admit(socket));
    return gate;
  }

  #openLater(server: http.Server, error: NodeJS.ErrnoException): void {
    server.close();
    if (this.#server !== server) return;
    this.#server = undefined;
    const code = error.code === 'EADDRINUSE' ? 'LISTENER_PORT_IN_USE' : 'LISTENER_FAILED';
    const detail = `port ${this.#settings.port}, ${error.code ?? error.message}`;
    this.#retry = setTimeout(() => this.start(), this.#retryAfter);
    this.#retryAfter = Math.min(this.#retryAfter * 2, this.#limits.listenRetryMaxMs);
    const problem = new AlarmError(code, detail, { cause: error });
    this.#events.onState({ state: 'retrying', port: this.#settings.port, error: problem });
  }
}

/** Who was served well comes before strangers when there are too many. */
function rememberWho(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  gate: ConnectionGate,
): void {
  const address = addressOf(request.socket);
  if (gate.knows(address)) return;
  response.once('finish', () => {
    if (response.statusCode < 300) gate.remember(address);
  });
}

/** Takes the listeners of an event away. @returns what calls them all */
function takeOver(server: http.Server, event: string): (socket: Socket) => void {
  const listeners = server.listeners(event) as ((socket: Socket) => void)[];
  server.removeAllListeners(event);
  return (socket) => {
    for (const listener of listeners) listener.call(server, socket);
  };
}
