import type { Node, NodeAPI } from 'node-red';
import { asAlarmError } from '../../src/index.js';
import type { AlarmListenerNode, ListenerState, ListenerUser } from '../alarm-listener.js';
import { emitter, sayer } from './emitter.js';
import { type PictureSource, type RouteConfig, route } from './route.js';
import { presenceStatus, stateStatus } from './status.js';

/** What a source node takes from a listener, and what it does to it. */
export interface Want extends Pick<ListenerUser, 'path' | 'vendor' | 'sender'> {
  readonly route: RouteConfig;
  /** Where pictures can be fetched that an alarm only names. */
  readonly pictures?: PictureSource;
}

/** Makes `node` one that receives alarms of a listener: alarms on output 1, states on output 2, status below it. */
export function receiveAlarms(
  RED: NodeAPI,
  node: Node,
  listener: AlarmListenerNode | null,
  { route: config, pictures, ...want }: Want,
): void {
  const say = sayer(RED);
  if (listener === null) {
    node.status({ fill: 'red', shape: 'ring', text: say('noListener', {}) });
    return;
  }
  const onState = (state: ListenerState) => node.status(stateStatus(state, say));
  try {
    const way = route(config, emitter(RED, node, presenceStatus), pictures, (error) =>
      node.error(error as Error, {}),
    );
    const leave = listener.join({ node, ...want, subscriber: way.entrance, onState });
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
