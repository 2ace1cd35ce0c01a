import type { Node, NodeAPI } from 'node-red';
import type { Subscriber } from '../../src/index.js';
import { limitsOf } from './limits.js';
import { seenValues } from './seen-values.js';
import { alarmStatus, type Say, signStatus } from './status.js';
import { alarmMessage, stateMessage } from './to-msg.js';

/** The texts all source nodes share stand in the catalogue of the listener. */
const CATALOGUE = '@camera-alarms/node-red-camera-alarms/alarm-listener:';

/** How a source node says the texts it shares with others. */
export function sayer(RED: NodeAPI): Say {
  return (key, values) => RED._(`${CATALOGUE}status.${key}`, values);
}

/** Each catalogue names its own language: so Node-RED's choice is ours, wherever it comes from. */
export const nodeRedLanguage = (RED: NodeAPI) => RED._(`${CATALOGUE}language`);

/** How nodes say what is about a device. */
export function deviceSayer(RED: NodeAPI): Say {
  return (key, values) => RED._(`@camera-alarms/node-red-camera-alarms/isapi-device:status.${key}`, values);
}

/**
 * The end of the way of alarms: messages on the outputs of a node, and what is new below it.
 * @param statusOf what is shown of a sign; nothing for undefined
 */
export function emitter(RED: NodeAPI, node: Node, statusOf = signStatus): Subscriber {
  const say = sayer(RED);
  const { limits } = limitsOf(RED);
  return {
    language: nodeRedLanguage(RED),
    alarm: (alarm) =>
      guarded(node, () => {
        node.status(alarmStatus(alarm));
        seenValues(limits).note(alarm.event);
        node.send([alarmMessage(alarm), null]);
        alarm.receipt?.handed();
      }),
    sign: (sign) =>
      guarded(node, () => {
        const status = statusOf(sign, say);
        if (status !== undefined) node.status(status);
        node.send([null, stateMessage(sign)]);
      }),
  };
}

/** A flow that throws must not reach sockets and timers. */
export function guarded(node: Node, action: () => void): void {
  try {
    action();
  } catch (error) {
    node.error(error as Error, {});
  }
}
