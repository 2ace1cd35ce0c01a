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

  /** @param own local address of the one network; empty for all */
  constructor(socket: Socket, group: string, own: string) {
    this.#socket = socket;
    this.#group = group;
    this.#own = own;
  }

  /** Joins wherever it is not a member. @returns on how many networks it is one now */
  join(networks: Networks): number {
    const wanted = addressesOf(networks, this.#group, this.#own);
    // What is left behind of a link that is gone counts towards how often a socket may join: 20 times on Linux.
    for (const gone of this.#joined) if (!wanted.includes(gone)) this.#try('dropMembership', gone);
    this.#joined = new Set(wanted.filter((address) => this.#try('addMembership', address)));
    return this.#joined.size;
  }

  #try(what: 'addMembership' | 'dropMembership', address: string): boolean {
    try {
      this.#socket[what](this.#group, address);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
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
