import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Clock } from '../clock.js';
import { AlarmError, type AlarmErrorCode } from '../errors.js';
import type { Limits } from '../limits.js';
import type { PortState } from './http-port.js';
import { Memberships, type Networks } from './memberships.js';

/** Where datagrams are received. */
export interface UdpPortSettings {
  readonly port: number;
  /** How devices send. Multicast and broadcast reach every program on this port; unicast has one receiver. */
  readonly mode: 'unicast' | 'multicast' | 'broadcast';
  /** Multicast address; of no meaning otherwise. */
  readonly group: string;
  /** Local address of the one network to receive from; empty for all. */
  readonly interface: string;
}

/** Who is told what happens on the port. */
export interface UdpPortEvents {
  readonly onState: (state: PortState) => void;
  /** The bytes are its own. */
  readonly onDatagram: (bytes: Buffer, address: string) => void;
}

/** Failures of the system with a name of their own. */
const CODES: Readonly<Record<string, AlarmErrorCode>> = {
  EADDRINUSE: 'LISTENER_PORT_IN_USE',
  EADDRNOTAVAIL: 'UDP_INTERFACE_UNKNOWN',
};

/** A UDP port that only receives: opened as soon as it can be had, kept in its group, closed in time. */
export class UdpPort {
  readonly #settings: UdpPortSettings;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #networks: () => Networks;
  readonly #events: UdpPortEvents;
  #socket: Socket | undefined;
  #cancel: () => void = () => undefined;
  #retryAfter: number;

  /** Opens nothing yet. @throws AlarmError `UDP_GROUP_INVALID` */
  constructor(
    settings: UdpPortSettings,
    limits: Limits,
    clock: Clock,
    events: UdpPortEvents,
    networks: () => Networks = networkInterfaces,
  ) {
    if (settings.mode === 'multicast' && !isGroup(settings.group)) throw new AlarmError('UDP_GROUP_INVALID');
    this.#settings = settings;
    this.#limits = limits;
    this.#clock = clock;
    this.#networks = networks;
    this.#events = events;
    this.#retryAfter = limits.listenRetryMs;
  }

  /** Opens the port, and tries again for as long as it cannot be had. */
  start(): void {
    if (this.#socket !== undefined) return;
    this.#cancel();
    const { port, mode, group, interface: own } = this.#settings;
    const type = isIPv6(mode === 'multicast' ? group : own) ? 'udp6' : 'udp4';
    // Several programs may hear a port. What is sent to this address alone the system gives to one of them only.
    const socket = createSocket({ type, reuseAddr: true });
    this.#socket = socket;
    socket.on('error', (error) => this.#openLater(socket, error));
    socket.once('listening', () => this.#opened(socket));
    if (own !== '' && isIP(own) === 0) this.#openLater(socket, new AlarmError('UDP_INTERFACE_UNKNOWN'));
    else socket.bind({ port, ...this.#bindAddress() });
  }

  /** Frees the port. */
  async stop(): Promise<void> {
    this.#cancel();
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined) await new Promise<void>((resolve) => socket.close(() => resolve()));
    this.#events.onState({ state: 'closed' });
  }

  /** Bound to its group a socket hears no other; bound to one address it would hear no broadcast. */
  #bindAddress(): { address?: string } {
    const { mode, group, interface: own } = this.#settings;
    const address = mode === 'unicast' ? own : mode === 'multicast' && canBindTo(group) ? group : '';
    return address === '' ? {} : { address };
  }

  #opened(socket: Socket): void {
    try {
      const takes = this.#begin(socket);
      socket.on('message', (bytes: Buffer, { address }: RemoteInfo) => {
        const plain = address.replace(/%.*$/, '');
        if (takes(plain)) this.#events.onDatagram(bytes, plain);
      });
    } catch (error) {
      this.#openLater(socket, error as Error);
      return;
    }
    this.#retryAfter = this.#limits.listenRetryMs;
    this.#events.onState({ state: 'listening', port: socket.address().port });
  }

  /** @returns whose datagrams are taken. @throws AlarmError `UDP_INTERFACE_UNKNOWN` */
  #begin(socket: Socket): (address: string) => boolean {
    const { mode, group, interface: own } = this.#settings;
    try {
      socket.setRecvBufferSize(this.#limits.udpKernelBytes);
    } catch {
      // Some systems refuse what is more than they allow: then it is what they give.
    }
    if (mode === 'multicast') {
      const memberships = new Memberships(socket, group, own);
      if (memberships.join(this.#networks()) === 0) throw new AlarmError('UDP_INTERFACE_UNKNOWN');
      this.#joinAgain(socket, memberships);
    }
    return mode === 'broadcast' && own !== '' ? this.#neighboursOf(own) : () => true;
  }

  #joinAgain(socket: Socket, memberships: Memberships): void {
    this.#cancel = this.#clock.after(this.#limits.udpJoinMs, () => {
      try {
        memberships.join(this.#networks());
        this.#joinAgain(socket, memberships);
      } catch (error) {
        this.#openLater(socket, error as Error);
      }
    });
  }

  /** Broadcasts say nothing of the network they came over, but of who sent them. */
  #neighboursOf(own: string): (address: string) => boolean {
    const infos = Object.values(this.#networks()).flatMap((each) => each ?? []);
    const cidr = infos.find(({ address }) => address === own)?.cidr ?? undefined;
    if (cidr === undefined || !isIPv4(own)) throw new AlarmError('UDP_INTERFACE_UNKNOWN');
    const subnet = new BlockList();
    subnet.addSubnet(own, Number(cidr.split('/')[1]));
    return (address) => subnet.check(address);
  }

  #openLater(socket: Socket, error: NodeJS.ErrnoException): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.#cancel();
    socket.close();
    const { port } = this.#settings;
    const code = CODES[error.code ?? ''] ?? 'LISTENER_FAILED';
    const detail = `port ${port}, ${error.code ?? error.message}`;
    const problem = error instanceof AlarmError ? error : new AlarmError(code, detail, { cause: error });
    this.#cancel = this.#clock.after(this.#retryAfter, () => this.start());
    this.#retryAfter = Math.min(this.#retryAfter * 2, this.#limits.listenRetryMaxMs);
    this.#events.onState({ state: 'retrying', port, error: problem });
  }
}

/** 224.0.0.0 to 239.255.255.255 (RFC 5771) or ff00::/8 (RFC 4291 §2.7). */
function isGroup(address: string): boolean {
  const first = Number(address.split('.')[0]);
  return isIPv4(address) ? first >= 224 && first <= 239 : isIPv6(address) && /^ff/i.test(address);
}

/** Windows has no such thing; of IPv6, not without the name of a network. */
const canBindTo = (group: string) => process.platform !== 'win32' && isIPv4(group);
