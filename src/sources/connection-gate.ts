import type { Socket } from 'node:net';
import type { Limits } from '../limits.js';

/**
 * Shares the connections of a listener among its senders. One address is served so many at a time; a burst waits
 * unread in the system's buffers, and what is beyond that is closed so that other cameras still get in.
 */
export class ConnectionGate {
  readonly #limits: Limits;
  readonly #serve: (socket: Socket) => void;
  readonly #onCrowd: (address: string) => void;
  readonly #served = new Map<string, Set<Socket>>();
  /** Waiting sockets in order of arrival, each with what undoes its waiting. */
  readonly #waiting = new Map<string, Map<Socket, () => void>>();
  #shut = false;

  /** @param onCrowd told of each connection that was closed */
  constructor(limits: Limits, serve: (socket: Socket) => void, onCrowd: (address: string) => void) {
    this.#limits = limits;
    this.#serve = serve;
    this.#onCrowd = onCrowd;
  }

  admit(socket: Socket): void {
    const address = addressOf(socket);
    const served = this.#served.get(address);
    if (served === undefined) this.#served.set(address, new Set([socket]));
    else if (served.size < this.#limits.connectionsPerAddress) served.add(socket);
    else {
      this.#queue(socket, address);
      return;
    }
    this.#letIn(socket, address);
  }

  /** Cuts every connection, whatever it is in the middle of, and serves nobody any more. */
  shut(): void {
    this.#shut = true;
    const waiting = [...this.#waiting.values()].flatMap((sockets) => [...sockets.keys()]);
    const served = [...this.#served.values()].flatMap((sockets) => [...sockets]);
    for (const socket of [...waiting, ...served]) socket.destroy();
  }

  #queue(socket: Socket, address: string): void {
    const waiting = this.#waiting.get(address) ?? new Map();
    if (waiting.size < this.#limits.waitingPerAddress) {
      this.#waiting.set(address, waiting);
      this.#hold(socket, waiting);
    } else {
      socket.destroy();
      this.#onCrowd(address);
    }
  }

  #letIn(socket: Socket, address: string): void {
    socket.on('close', () => {
      const served = this.#served.get(address);
      served?.delete(socket);
      const waiting = this.#waiting.get(address);
      const [next] = waiting ?? [];
      if (next !== undefined && !this.#shut) {
        const [waiter, release] = next;
        release();
        served?.add(waiter);
        this.#letIn(waiter, address);
      }
      if (served?.size === 0) this.#served.delete(address);
      if (waiting?.size === 0) this.#waiting.delete(address);
    });
    this.#serve(socket);
  }

  #hold(socket: Socket, waiting: Map<Socket, () => void>): void {
    const release = () => {
      waiting.delete(socket);
      socket.off('error', release).off('close', release).off('end', hangUp);
    };
    // A peer that goes without having said a word: nobody would hear of it later.
    const hangUp = () => {
      release();
      socket.destroy();
    };
    socket.on('error', release).on('close', release).on('end', hangUp);
    waiting.set(socket, release);
  }
}

/** The peer's address. */
export function addressOf(socket: Socket): string {
  return plainAddress(socket.remoteAddress ?? '');
}

/** An address as people know it: IPv4 without the IPv6 prefix of dual-stack sockets. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}
