import { randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { AlarmError, asAlarmError } from '../errors.js';
import { LIMITS, type Limits } from '../limits.js';

/** What every device says of itself when it is looked for. */
export interface Announcement {
  readonly mac: string;
  readonly address?: string;
}

/** How devices of a maker are looked for. */
export interface DiscoveryProtocol<Said extends Announcement> {
  /** Where the question goes: a multicast group, or with `broadcast` the address of everyone. */
  readonly group: string;
  readonly port: number;
  /** Where it comes from and answers go, unless that is the same port. */
  readonly answerPort?: number;
  /** Everyone is asked, at the broadcast address of each interface as well. */
  readonly broadcast?: true;
  probe(uuid: string): string | Buffer;
  /** Undefined for what is no answer, as our own question. Never throws. */
  read(datagram: Buffer, limits: Limits): Said | undefined;
}

export interface DiscoveryOptions {
  /** How long answers are waited for; never more than `discoveryMaxMs`. */
  readonly waitMs?: number;
  /** Our own IPv4 addresses, one of each interface that is searched; all but loopback unless given. */
  readonly interfaces?: readonly string[];
  readonly group?: string;
  readonly port?: number;
  readonly answerPort?: number;
  readonly newUuid?: () => string;
  readonly limits?: Limits;
}

export type Discovered<Said> = Said & { readonly address: string };

/**
 * Looks for devices: one question on each interface, then nothing but listening. What it hears is neither answered nor
 * connected to; bounded in time, number and size (reliability.md §5.5). One socket for all interfaces, on the port of
 * the protocol, where devices send their answers; other programs may have it too.
 * @returns each device once, by address
 * @throws AlarmError `DISCOVERY_FAILED`, `DISCOVERY_PORT_IN_USE`
 */
export async function discover<Said extends Announcement>(
  protocol: DiscoveryProtocol<Said>,
  options: DiscoveryOptions = {},
): Promise<Discovered<Said>[]> {
  const { group = protocol.group, port = protocol.port, newUuid = randomUUID, limits = LIMITS } = options;
  const answerPort = options.answerPort ?? protocol.answerPort ?? port;
  const found = new Map<string, Discovered<Said>>();
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(resolve, Math.min(options.waitMs ?? limits.discoveryMs, limits.discoveryMaxMs));
      socket.on('error', reject);
      socket.on('message', (datagram, { address }) => {
        try {
          note(found, datagram, protocol, address, limits);
        } catch (error) {
          reject(error);
        }
        if (found.size >= limits.discoveredDevices) resolve();
      });
      const own = options.interfaces ?? ownAddresses();
      const bound = promisify((done: () => void) => socket.bind(answerPort, done))();
      const send = promisify((to: string, done: (error: Error | null) => void) =>
        socket.send(protocol.probe(newUuid()), port, to, done),
      );
      const ways = protocol.broadcast
        ? broadcasts(socket, group, own, send)
        : multicasts(socket, group, own, send);
      bound.then(() => askEach(ways)).catch(reject);
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw asAlarmError(error, code === 'EADDRINUSE' ? 'DISCOVERY_PORT_IN_USE' : 'DISCOVERY_FAILED');
  } finally {
    clearTimeout(timer);
    socket.close();
  }
  return [...found.values()].sort((a, b) => a.address.localeCompare(b.address, 'en', { numeric: true }));
}

/** The first word of a device counts; a later one adds what was left open. */
function note<Said extends Announcement>(
  found: Map<string, Discovered<Said>>,
  datagram: Buffer,
  protocol: DiscoveryProtocol<Said>,
  sender: string,
  limits: Limits,
): void {
  if (datagram.length > limits.discoveryBytes) return;
  const said = protocol.read(datagram, limits);
  if (said === undefined) return;
  // A device that has no address of its own yet is spoken to where it speaks from.
  found.set(said.mac, { ...said, address: said.address ?? sender, ...found.get(said.mac) });
}

type Send = (to: string) => Promise<void>;

/** One after the other; one that fails is passed over, unless all do. */
async function askEach(ways: readonly (() => Promise<void>)[]): Promise<void> {
  let asked = 0;
  let failure: unknown;
  for (const way of ways) {
    try {
      await way();
      asked++;
    } catch (error) {
      failure = error;
    }
  }
  if (asked === 0) throw new AlarmError('DISCOVERY_FAILED', undefined, { cause: failure });
}

/** One question on each interface. */
function multicasts(socket: Socket, group: string, interfaces: readonly string[], send: Send) {
  return interfaces.map((own) => async () => {
    join(socket, group, own);
    // In turn: the interface is a property of the socket, not of what it sends.
    socket.setMulticastInterface(own);
    await send(group);
  });
}

/** The address of everyone leads to one network alone: the others are asked by theirs. */
function broadcasts(socket: Socket, group: string, interfaces: readonly string[], send: Send) {
  const addresses = new Set([...interfaces.flatMap(broadcastOf), group]);
  return [...addresses].map((address) => async () => {
    socket.setBroadcast(true);
    await send(address);
  });
}

/** Of the network of one of our own addresses: all of the part that differs between its devices (RFC 919 §7). */
function broadcastOf(own: string): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const mask = all
    .find(({ address }) => address === own)
    ?.netmask.split('.')
    .map(Number);
  if (mask?.length !== 4) return [];
  return [
    own
      .split('.')
      .map((part, at) => Number(part) | (~(mask[at] ?? 0) & 255))
      .join('.'),
  ];
}

/** Two addresses of one interface: the second time the system says that it is a member already. */
function join(socket: Socket, group: string, own: string): void {
  try {
    socket.addMembership(group, own);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
  }
}

/** One address of each interface. Those of containers come last: Linux lets a socket join on 20 interfaces. */
function ownAddresses(): string[] {
  const virtual = (name: string) => (/^(?:br-|docker|veth|virbr)/.test(name) ? 1 : 0);
  return Object.entries(networkInterfaces())
    .sort(([a], [b]) => virtual(a) - virtual(b))
    .flatMap(([, addresses = []]) =>
      addresses.filter(({ family, internal }) => family === 'IPv4' && !internal).slice(0, 1),
    )
    .map(({ address }) => address);
}
