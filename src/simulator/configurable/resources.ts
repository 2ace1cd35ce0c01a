import { deviceCapabilities } from '../subscription.js';
import type { Behaviour } from './behaviour.js';
import { SCHEDULES } from './detector-documents.js';
import type { Hosts } from './hosts.js';
import { hostsReply } from './hosts-resource.js';
import { deviceInfo, deviceTime } from './pages.js';
import { documentReply, type Reply, type Says } from './replies.js';
import type { Settings } from './settings.js';
import type { Triggers } from './triggers.js';
import { triggersReply } from './triggers-resource.js';

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
  readonly triggers: Triggers;
  readonly settings: Settings;
  /** Milliseconds since 1970 by the clock of the device. */
  readonly now: number;
}

const HOSTS = '/ISAPI/Event/notification/httpHosts';
const TRIGGERS = '/ISAPI/Event/triggers';
const STREAM = '/ISAPI/Event/notification/alertStream';

/** Answers as a healthy device does. */
export async function resourceReply(exchange: Exchange, holdings: Holdings): Promise<Reply | 'stream'> {
  const { method, path, says } = exchange;
  const { behaviour, hosts, triggers, settings } = holdings;
  const below = (root: string) => path === root || path.startsWith(`${root}/`);
  const rest = (root: string) => path.slice(root.length).split('/').filter(Boolean);
  if (below(HOSTS)) return hostsReply(hosts, behaviour, { ...exchange, rest: rest(HOSTS) });
  if (path === STREAM && method === 'GET') return 'stream';
  if (below(TRIGGERS)) {
    if (behaviour.triggers === undefined) return says('notSupport');
    return triggersReply(triggers, behaviour.missingTrigger, { ...exchange, rest: rest(TRIGGERS) });
  }
  const written = method === 'PUT' ? settings.put(path, exchange.body) : undefined;
  if (written !== undefined) return says(written);
  const page = pageAt(path, holdings) ?? settings.at(path);
  // Of a schedule that is not there devices say that the content is wrong.
  if (page === undefined) return below(SCHEDULES) ? says('badXmlContent') : says('notSupport', 404);
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
