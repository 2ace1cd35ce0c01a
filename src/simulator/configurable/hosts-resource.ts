import type { Behaviour } from './behaviour.js';
import { readDocument, treesOf } from './documents.js';
import { canConnect, targetOf, testResult } from './host-test.js';
import type { Hosts } from './hosts.js';
import { hostsCapabilities } from './hosts-capabilities.js';
import { barePage } from './pages.js';
import { documentReply, HTML, type Reply, type Says } from './replies.js';

/** A request for something below `/ISAPI`, as a resource sees it. */
export interface Asked {
  readonly method: string;
  /** Behind the name of the resource, without slashes. */
  readonly rest: readonly string[];
  readonly query: string;
  readonly body: Buffer;
  readonly says: Says;
}

/** `/ISAPI/Event/notification/httpHosts` and what is below it (isapi.md §8.1). */
export async function hostsReply(hosts: Hosts, behaviour: Behaviour, asked: Asked): Promise<Reply> {
  const { method, rest, query, body, says } = asked;
  const { format, otherFormat } = behaviour;
  if (behaviour.hosts === undefined) return says('notSupport');
  const isOther = /(^|&)format=json(&|$)/i.test(query) !== (format === 'json');
  if (isOther && otherFormat === 'notFound') return { status: 404, type: HTML, body: barePage(404) };
  if (isOther && otherFormat === 'refused') return says('notSupport');
  const [id, below] = rest;
  if (id === undefined) {
    if (method === 'GET') return documentReply(hosts.bytes, format);
    if (method === 'PUT') return says(hosts.putList(body));
    return says(method === 'POST' ? hosts.add(body) : 'methodNotAllowed');
  }
  if (id === 'capabilities') {
    return method === 'GET' ? documentReply(hostsCapabilities(behaviour), format) : says('methodNotAllowed');
  }
  if (below === 'test' && method === 'POST') return tested(behaviour, asked);
  if (below !== undefined) return says('notSupport');
  if (method === 'PUT') return says(hosts.putSlot(id, body));
  if (method === 'DELETE') return says(hosts.remove(id));
  const slot = hosts.slot(id);
  if (method !== 'GET') return says('methodNotAllowed');
  return slot === undefined ? says('invalidID') : documentReply(slot, format);
}

/** The test connects to what its body says, which need not be stored (isapi.md §8.6). */
async function tested({ test, format, namespace }: Behaviour, { body, says }: Asked): Promise<Reply> {
  const result = (connected: boolean) => documentReply(testResult(connected, format, namespace), format);
  const document = readDocument(body, format);
  if (document === undefined) return says('badXmlFormat');
  const slot = format === 'json' ? treesOf(document.content, 'HttpHostNotification')[0] : document.content;
  const target = targetOf(slot ?? {});
  if (target === undefined) return says('invalidID');
  if (test === 'always ok' || test === 'always fails') return result(test === 'always ok');
  const connected = await canConnect(target);
  return connected || test === 'result' ? result(connected) : says('connectSreverFail');
}
