import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

/** Where a recorder was told to send its datagrams (seed 000 §2.2.2). */
export interface DatagramTarget {
  readonly mode: 'unicast' | 'multicast' | 'broadcast';
  readonly host: string;
  readonly port: number;
  /** Address of the network card to send from; the system chooses one unless given. */
  readonly from?: string;
  /** Routers that a multicast may cross, one unless given; none leaves this machine at 0 (RFC 1112 §6.1). */
  readonly hops?: number;
}

/**
 * Sends one datagram from a socket of its own.
 * @throws the socket's error when the system does not take it
 */
export async function sendDatagram(target: DatagramTarget, bytes: Buffer): Promise<void> {
  const { mode, host, port, from, hops } = target;
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    socket.bind(0, mode === 'multicast' ? undefined : from);
    await once(socket, 'listening');
    if (mode === 'broadcast') socket.setBroadcast(true);
    if (mode === 'multicast' && from !== undefined) socket.setMulticastInterface(from);
    if (mode === 'multicast' && hops !== undefined) socket.setMulticastTTL(hops);
    await new Promise<void>((resolve, reject) => {
      socket.send(bytes, port, host, (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    socket.close();
  }
}
