import type { Asked } from './hosts-resource.js';
import { documentReply, type Reply } from './replies.js';
import type { Triggers } from './triggers.js';

/** `/ISAPI/Event/triggers` and what is below it (isapi.md §9.2). */
export function triggersReply(triggers: Triggers, missing: 'deviceBusy' | 'invalidID', asked: Asked): Reply {
  const { method, rest, body, says } = asked;
  const [id, below] = rest;
  if (id === undefined) return method === 'GET' ? documentReply(triggers.list) : says('methodNotAllowed');
  if (below !== undefined && (below !== 'notifications' || rest.length > 2)) return says('notSupport');
  if (method === 'GET') {
    const found = below === undefined ? triggers.trigger(id) : triggers.notifications(id);
    return found === undefined ? says(missing) : documentReply(found);
  }
  if (method === 'PUT') {
    return says(below === undefined ? triggers.put(id, body) : triggers.putNotifications(id, body));
  }
  return says(method === 'DELETE' && below === undefined ? triggers.remove(id) : 'methodNotAllowed');
}
