import type { Socket } from 'node:net';
import type { Limits } from '../limits.js';

/**
 * Shares the connections of a listener among its senders. One address is served so many at a time; a burst waits
 * unread in the system's buffers, and what is beyond that is closed so that other cameras still get in. When all
 * addresses together have too many, the oldest connection of one that was never served well makes room, or else the
 * oldest of the one that has the most: a push is over in a moment, and what only holds a connection open is old.
 */
export class ConnectionGate {
  readonly #limits: Limits;
  readonly #serve: (socket: Socket) => void;
  readonly #onCrowd: (address: string) => void;
  readonly #served = new Map<string, Set<Socket>>();
  /** Waiting sockets in order of arrival, each with what undoes its waiting. */
  readonly #waiting = new Map<string, Map<Socket, () => void>>();
  /** Served and waiting sockets in order of arrival, with their addresses. */
  readonly #open = new Map<Socket, string>();
  /** Addresses that were served well. */
  readonly #known = new Set<string>();
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
    const waits = served !== undefined && served.size >= this.#limits.connectionsPerAddress;
    const waiting = waits ? (this.#waiting.get(address) ?? new Map()) : undefined;
    if ((waiting?.size ?? 0) >= this.#limits.waitingPerAddress || !this.#hasRoom(address)) {
      this.#turnAway(socket, address);
      return;
    }
    this.#open.set(socket, address);
    socket.once('close', () => this.#open.delete(socket));
    if (waiting !== undefined) {
      this.#waiting.set(address, waiting);
      this.#hold(socket, address, waiting);
      return;
    }
    if (served === undefined) this.#served.set(address, new Set([socket]));
    else served.add(socket);
    this.#letIn(socket, address);
  }

  /** Whether an address was served well before. */
  knows(address: string): boolean {
    return this.#known.has(address);
  }

  /** An address was served well: its connections are not closed for those of others. */
  remember(address: string): void {
    const [oldest] = this.#known;
    if (oldest !== undefined && this.#known.size >= this.#limits.knownDevices) this.#known.delete(oldest);
    this.#known.add(address);
  }

  /** Cuts every connection, whatever it is in the middle of, and serves nobody any more. */
  shut(): void {
    this.#shut = true;
    for (const socket of this.#open.keys()) socket.destroy();
  }

  /** Whether there is room for one more connection of an address, made if need be. */
  #hasRoom(address: string): boolean {
    if (this.#open.size < this.#limits.connections) return true;
    const open = [...this.#open];
    const crowd = this.#crowdFor(address);
    const [socket, owner] =
      open.find(([, each]) => !this.#known.has(each)) ?? open.find(([, each]) => each === crowd) ?? [];
    if (socket === undefined || owner === undefined) return false;
    // Its end comes a moment later.
    this.#open.delete(socket);
    this.#turnAway(socket, owner);
    return true;
  }

  /** The address that has the most connections, if that is more than this one would have. */
  #crowdFor(address: string): string | undefined {
    const counts = new Map([[address, 1]]);
    for (const each of this.#open.values()) counts.set(each, (counts.get(each) ?? 0) + 1);
    const [most, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
    return count > (counts.get(address) ?? 0) ? most : undefined;
  }

  #turnAway(socket: Socket, address: string): void {
    socket.destroy();
    this.#onCrowd(address);
  }

  #letIn(socket: Socket, address: string): void {
    socket.once('close', () => {
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

  #hold(socket: Socket, address: string, waiting: Map<Socket, () => void>): void {
    const release = () => {
      clearTimeout(timer);
      waiting.delete(socket);
      socket.off('error', release).off('close', release).off('end', hangUp);
    };
    // A peer that goes without having said a word: nobody would hear of it later.
    const hangUp = () => {
      release();
      socket.destroy();
    };
    // No device waits that long for its answer.
    const timer = setTimeout(() => {
      release();
      this.#turnAway(socket, address);
    }, this.#limits.requestTimeoutMs).unref();
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
