import type { Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

/** Name and addresses of the networks of this machine, as `os.networkInterfaces` gives them. */
export type Networks = NodeJS.Dict<NetworkInterfaceInfo[]>;

/**
 * Keeps a socket in a multicast group: on one network or on all. A link that is taken away takes the membership with
 * it and nobody is told: asked to join again and again, the system says that the socket is a member already, or makes
 * it one.
 */
export class Memberships {
  readonly #socket: Socket;
  readonly #group: string;
  readonly #own: string;
  /** By what the system knows the network by. */
  #joined = new Set<string>();
  /** Whether a network was joined that is no more: the system goes on counting it, 20 for each socket on Linux. */
  #worn = false;

  /** @param own local address of the one network; empty for all */
  constructor(socket: Socket, group: string, own: string) {
    this.#socket = socket;
    this.#group = group;
    this.#own = own;
  }

  /**
   * Joins wherever it is not a member. @returns on how many networks it is one now
   * @throws the system's error when only a new socket can join again
   */
  join(networks: Networks): number {
    const wanted = addressesOf(networks, this.#group, this.#own);
    for (const gone of this.#joined) if (!wanted.includes(gone)) this.#leave(gone);
    this.#joined = new Set(wanted.filter((address) => this.#isMember(address)));
    return this.#joined.size;
  }

  #isMember(address: string): boolean {
    try {
      this.#socket.addMembership(this.#group, address);
      this.#worn ||= this.#joined.has(address);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOBUFS' && this.#worn) throw error;
      return code === 'EADDRINUSE';
    }
  }

  #leave(address: string): void {
    try {
      this.#socket.dropMembership(this.#group, address);
    } catch {
      this.#worn = true;
    }
  }
}

/** Bridges of containers and virtual machines come last: a socket may not join everywhere. */
const isVirtual = (name: string) => /^(?:br-|docker|veth|virbr)/.test(name);

/** One address for each network, in the family of the group; for IPv6 the system wants the name of the network. */
function addressesOf(networks: Networks, group: string, own: string): string[] {
  const family = isIPv6(group) ? 'IPv6' : 'IPv4';
  return Object.entries(networks)
    .filter(([, infos = []]) => own === '' || infos.some(({ address }) => address === own))
    .sort(([a], [b]) => Number(isVirtual(a)) - Number(isVirtual(b)))
    .flatMap(([name, infos = []]) => {
      const usable = infos.filter((info) => info.family === family);
      const info = usable.find(({ address }) => address === own) ?? usable[0];
      if (info === undefined) return [];
      return [family === 'IPv4' ? info.address : `::%${zoneOf(name, info)}`];
    });
}

const zoneOf = (name: string, info: NetworkInterfaceInfo) =>
  process.platform === 'win32' ? info.scopeid : name;
