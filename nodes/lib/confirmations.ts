import type { HttpListener } from '../../src/index.js';

/** Listeners whose alarms can be confirmed. */
const LISTENERS = new Set<HttpListener>();

/** Its alarms can be confirmed from now on. @returns how to end that */
export function takeConfirmations(listener: HttpListener): () => void {
  LISTENERS.add(listener);
  return () => LISTENERS.delete(listener);
}

/**
 * A flow has dealt with the alarm of a message.
 * @returns false when no alarm was waiting for that: it was confirmed before, or need not be
 */
export function confirm(message: object): boolean {
  return [...idsOf(message)].some((id) => [...LISTENERS].some((listener) => listener.confirm(id)));
}

/** That of the message stays whatever nodes make of it; the event stands in messages that were put together anew. */
function* idsOf(message: { readonly _msgid?: unknown; readonly payload?: unknown }): Generator<string> {
  const { _msgid: own, payload } = message;
  if (typeof own === 'string') yield own;
  const { id } = typeof payload === 'object' && payload !== null ? (payload as { id?: unknown }) : {};
  if (typeof id === 'string') yield id;
}
