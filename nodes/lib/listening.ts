import type { Node } from 'node-red';
import { AlarmError, type PortState, type Subscriber } from '../../src/index.js';

/** State of a port, or why it is not opened at all with these settings. */
export type ListenerState = PortState | { readonly state: 'refused'; readonly error: AlarmError };

/** What a flow node gives its listener, of whatever kind that is. */
export interface ListenerUser {
  readonly node: Node;
  readonly subscriber: Subscriber;
  onState(state: ListenerState): void;
}

/** A config node that flow nodes receive alarms of. `Own`: what this kind of listener asks of them besides. */
export interface ListenerNode<Own extends object> {
  /**
   * @returns how to leave; `removed` when the node is gone for good, not only restarted
   * @throws AlarmError why it cannot take part
   */
  join(user: ListenerUser & Own): (removed: boolean) => void;
}

/** The flow nodes of a listener, and what all of them are told. */
export class Listening<Own extends object> {
  readonly #node: Node & { users: Record<string, Node> };
  readonly #users = new Set<ListenerUser & Own>();
  #state: ListenerState = { state: 'closed' };
  #complaint: string | undefined;
  #starting: NodeJS.Immediate | undefined;

  constructor(node: Node & { users: Record<string, Node> }) {
    this.#node = node;
    node.users = {};
  }

  get users(): ReadonlySet<ListenerUser & Own> {
    return this.#users;
  }

  /** That is open just now. @throws AlarmError `LISTENER_CLOSED`, or why there is none */
  get port(): number {
    const state = this.#state;
    if (state.state === 'listening' || state.state === 'blocked') return state.port;
    throw 'error' in state ? state.error : new AlarmError('LISTENER_CLOSED');
  }

  /** Errors are told once, however often the port is tried again. */
  readonly setState = (next: ListenerState): void => {
    this.#state = next;
    for (const user of this.#users) user.onState(next);
    if (next.state === 'listening') this.#node.log(`waiting for alarms on port ${next.port}`);
    const error = 'error' in next ? next.error : undefined;
    if (error !== undefined && error.code !== this.#complaint) this.#node.error(error, {});
    this.#complaint = error?.code;
  };

  /** @param start opens the port, or says why not */
  add(user: ListenerUser & Own, start: () => void): void {
    this.#users.add(user);
    this.#node.users[user.node.id] = user.node;
    // Not before all nodes of the flow are there: what came in earlier would find nobody, Status nodes would miss it.
    setImmediate(() => {
      if (this.#users.has(user)) user.onState(this.#state);
    });
    this.#starting ??= setImmediate(start);
  }

  remove(user: ListenerUser & Own): void {
    this.#users.delete(user);
    delete this.#node.users[user.node.id];
  }

  /** It is not started any more. */
  stop(): void {
    clearImmediate(this.#starting);
    this.#starting = undefined;
  }
}
