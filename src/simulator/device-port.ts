import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';

/** The port of a simulated device, and who is connected to it. */
export class DevicePort {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #number = 0;

  constructor(server: Server) {
    this.#server = server;
    // Somebody who speaks no TLS is his own affair.
    server.on('tlsClientError', () => undefined);
  }

  /** 0 until it was opened. */
  get number(): number {
    return this.#number;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** A connection that breaks when the port is closed. */
  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  /** Takes connections, again after {@link close}: at the same port unless another is given. */
  async open(number = this.#number, host = '127.0.0.1'): Promise<void> {
    this.#server.listen(number, host);
    await once(this.#server, 'listening');
    this.#number = (this.#server.address() as AddressInfo).port;
  }

  /** All connections break. */
  disconnect(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** All connections break and further ones are refused. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.disconnect();
    await closed;
  }
}
