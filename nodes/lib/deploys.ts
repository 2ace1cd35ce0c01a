import type { EventEmitter } from 'node:events';
import type { NodeAPI } from 'node-red';

/** Who goes on while other nodes are exchanged. */
export interface Bystander {
  /** Nodes are stopped now: what they are sent from now on is lost. */
  pause(): void;
  /** All nodes are there again. */
  resume(): void;
}

/** One pair of handlers for all of a process: emitters warn of more than ten. */
const BYSTANDERS = new WeakMap<EventEmitter, Set<Bystander>>();

/** Tells it of each deploy. @returns how to tell it no more */
export function duringDeploys({ events }: Pick<NodeAPI, 'events'>, bystander: Bystander): () => void {
  const all = BYSTANDERS.get(events) ?? watch(events);
  all.add(bystander);
  return () => all.delete(bystander);
}

function watch(events: EventEmitter): Set<Bystander> {
  const all = new Set<Bystander>();
  BYSTANDERS.set(events, all);
  events.on('flows:stopping', () => {
    for (const each of all) each.pause();
  });
  events.on('flows:started', () => {
    for (const each of all) each.resume();
  });
  return all;
}
