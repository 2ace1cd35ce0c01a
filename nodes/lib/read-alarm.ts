import type { AlarmEvent, Attachment, Item } from '../../src/index.js';

const NEEDED = ['kind', 'type', 'receivedAt'] as const;
const STATES: readonly unknown[] = ['active', 'inactive', 'pulse'];

type Fields = Readonly<Record<string, unknown>>;

/** The alarm in a message, and the message itself; undefined for a message without one. Never throws. */
export function readAlarm<T extends object>(message: T): Item<T> | undefined {
  try {
    const { payload, attachments } = message as Fields;
    if (!isEvent(payload)) return undefined;
    const pictures: readonly Attachment[] = Array.isArray(attachments) ? (attachments as Attachment[]) : [];
    return { event: payload, attachments: pictures, message };
  } catch {
    // Whatever a flow has made of it.
    return undefined;
  }
}

/** What nodes look at has to be there; more is not asked for, as flows change messages. */
function isEvent(payload: unknown): payload is AlarmEvent {
  const { schema, id, device, state, regions, targets, ...rest } = objectOf(payload);
  return (
    schema === 1 &&
    typeof id === 'string' &&
    typeof objectOf(device)['id'] === 'string' &&
    STATES.includes(state) &&
    Array.isArray(regions) &&
    Array.isArray(targets) &&
    NEEDED.every((name) => typeof rest[name] === 'string') &&
    !Number.isNaN(Date.parse(String(rest['receivedAt'])))
  );
}

const objectOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
