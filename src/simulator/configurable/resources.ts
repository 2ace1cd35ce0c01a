import { deviceCapabilities } from '../subscription.js';
import type { Behaviour } from './behaviour.js';
import type { Hosts } from './hosts.js';
import { hostsReply } from './hosts-resource.js';
import { deviceInfo, deviceTime } from './pages.js';
import { documentReply, type Reply, type Says } from './replies.js';

/** A request that was let in. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: Buffer;
  readonly says: Says;
}

/** What a device has to answer with. */
export interface Holdings {
  readonly behaviour: Behaviour;
  readonly hosts: Hosts;
  /** Milliseconds since 1970 by the clock of the device. */
  readonly now: number;
}

const HOSTS = '/ISAPI/Event/notification/httpHosts';
const STREAM = '/ISAPI/Event/notification/alertStream';

/** Answers as a healthy device does. */
export async function resourceReply(exchange: Exchange, holdings: Holdings): Promise<Reply | 'stream'> {
  const { method, path, says } = exchange;
  const { behaviour, hosts } = holdings;
  const below = (root: string) => path === root || path.startsWith(`${root}/`);
  const rest = (root: string) => path.slice(root.length).split('/').filter(Boolean);
  if (below(HOSTS)) return hostsReply(hosts, behaviour, { ...exchange, rest: rest(HOSTS) });
  if (path === STREAM && method === 'GET') return 'stream';
  const page = pageAt(path, holdings);
  if (page === undefined) return says('notSupport', 404);
  return method === 'GET' ? documentReply(page) : says('methodNotAllowed');
}

function pageAt(path: string, { behaviour, now }: Holdings): string | undefined {
  const { namespace } = behaviour;
  switch (path) {
    case '/ISAPI/System/deviceInfo':
      return deviceInfo(behaviour, namespace);
    case '/ISAPI/System/time':
      return deviceTime(behaviour, namespace, now);
    case '/ISAPI/System/capabilities':
      return deviceCapabilities(undefined);
    default:
      return undefined;
  }
}
