import type { Node, NodeAPI } from 'node-red';
import { asAlarmError } from '../../src/index.js';
import { emitter, sayer } from './emitter.js';
import { limitsOf } from './limits.js';
import type { ListenerNode, ListenerState } from './listening.js';
import { type PictureSource, type RouteConfig, route } from './route.js';
import { presenceStatus, stateStatus } from './status.js';

/** What a source node does to the alarms it receives. */
export interface Want {
  readonly route: RouteConfig;
  /** Where pictures can be fetched that an alarm only names. */
  readonly pictures?: PictureSource;
}

/**
 * Makes `node` one that receives alarms of a listener: alarms on output 1, states on output 2, status below it.
 * @param want with what this kind of listener asks of its users besides
 */
export function receiveAlarms<Own extends object>(
  RED: NodeAPI,
  node: Node,
  listener: ListenerNode<Own> | null,
  want: Want & Own,
): void {
  const say = sayer(RED);
  if (listener === null) {
    node.status({ fill: 'red', shape: 'ring', text: say('noListener', {}) });
    return;
  }
  const onState = (state: ListenerState) => node.status(stateStatus(state, say));
  try {
    const exit = emitter(RED, node, presenceStatus);
    const onError = (error: unknown) => node.error(error as Error, {});
    const way = route(want.route, exit, want.pictures, onError, limitsOf(RED).limits);
    const leave = listener.join({ ...want, node, subscriber: way.entrance, onState });
    node.on('close', (removed: boolean, done: () => void) => {
      leave(removed);
      way.close();
      done();
    });
  } catch (error) {
    const problem = asAlarmError(error, 'INTERNAL');
    // Not before all nodes of the flow are there: Catch and Status nodes would miss it.
    const telling = setImmediate(() => {
      node.status(stateStatus({ state: 'refused', error: problem }, say));
      node.error(problem, {});
    });
    node.on('close', () => clearImmediate(telling));
  }
}
