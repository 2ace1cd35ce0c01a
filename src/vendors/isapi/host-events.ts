import { type NewValue, nodesNamed } from '../../wire/editable/document.js';
import type { HostCapabilities } from './host-capabilities.js';
import type { HostChange } from './host-changes.js';
import { areSameTypes, typesIn } from './host-values.js';
import type { HostSlot } from './http-hosts.js';

/** Letters that `eventType` holds where a device does not say (seed 001). */
const USUAL_LENGTH = 64;

/**
 * What has to change so that a slot gets certain events.
 * @param events none for all
 */
export function eventChanges(
  slot: HostSlot,
  events: readonly string[],
  capabilities: HostCapabilities,
): HostChange[] {
  const types = slot.field('eventType');
  if (types !== undefined) {
    const wanted = events.length > 0 ? events : allTypes(capabilities);
    if (wanted !== undefined) return changed('eventType', types, typesIn(types), wanted);
  }
  const mode = slot.field('eventMode');
  if (mode === undefined) return [];
  if (events.length === 0) return changed('eventMode', mode, [mode], ['all']);
  const lists = slot.node.children.filter(({ name }) => name === 'EventList');
  const listed = lists.flatMap((list) => nodesNamed(list, 'type').map(({ text = '' }) => text));
  const value: NewValue = events.map((type) => ['Event', [['type', type]]] as const);
  return [
    ...changed('eventMode', mode, [mode], ['list']),
    ...changed('EventList', listed.join(','), listed, events).map((change) => ({ ...change, value })),
  ];
}

/**
 * All events where they are named one by one. What they are is known from the capabilities alone; a device that does
 * not say, or whose element cannot hold them all, keeps those it has, and that counts as right: a guess could name what
 * it does not know, and leaving the element out could mean none.
 */
function allTypes({ events, eventsLength = USUAL_LENGTH }: HostCapabilities): readonly string[] | undefined {
  const word = events.find((type) => /^all$/i.test(type));
  if (word !== undefined) return [word];
  return events.length > 0 && events.join(',').length <= eventsLength ? events : undefined;
}

const changed = (
  path: string,
  from: string,
  now: readonly string[],
  wanted: readonly string[],
): HostChange[] => (areSameTypes(now, wanted) ? [] : [{ path, from, to: wanted.join(',') }]);
