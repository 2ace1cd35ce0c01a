import type { Node, NodeAPI } from 'node-red';
import { asAlarmError, type Subscriber } from '../../src/index.js';
import type { AlarmListenerNode, ListenerState, ListenerUser } from '../alarm-listener.js';
import { type PictureSource, type RouteConfig, route } from './route.js';
import { alarmStatus, type Say, signStatus, stateStatus } from './status.js';
import { alarmMessage, stateMessage } from './to-msg.js';

/** The texts all source nodes share stand in the catalogue of the listener. */
const CATALOGUE = '@camera-alarms/node-red-camera-alarms/alarm-listener:';

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
  const say: Say = (key, values) => RED._(`${CATALOGUE}status.${key}`, values);
  if (listener === null) {
    node.status({ fill: 'red', shape: 'ring', text: say('noListener', {}) });
    return;
  }
  const exit: Subscriber = {
    // Each catalogue names its own language: so Node-RED's choice is ours, wherever it comes from.
    language: RED._(`${CATALOGUE}language`),
    alarm: (alarm) =>
      guarded(node, () => {
        node.status(alarmStatus(alarm));
        node.send([alarmMessage(alarm), null]);
      }),
    sign: (sign) =>
      guarded(node, () => {
        const status = signStatus(sign, say);
        if (status !== undefined) node.status(status);
        node.send([null, stateMessage(sign)]);
      }),
  };
  const way = route(config, exit, pictures, (error) => node.error(error as Error, {}));
  const onState = (state: ListenerState) => node.status(stateStatus(state, say));
  try {
    const leave = listener.join({ node, ...want, subscriber: way.entrance, onState });
    node.on('close', (removed: boolean, done: () => void) => {
      leave(removed);
      way.close();
      done();
    });
  } catch (error) {
    const problem = asAlarmError(error, 'INTERNAL');
    node.status(stateStatus({ state: 'refused', error: problem }, say));
    node.error(problem, {});
  }
}

/** A flow that throws must not reach the sockets. */
function guarded(node: Node, action: () => void): void {
  try {
    action();
  } catch (error) {
    node.error(error as Error, {});
  }
}
