import type { NodeStatus } from 'node-red';
import type { Alarm, DeviceSign } from '../../src/index.js';
import type { ListenerState } from '../alarm-listener.js';
import { shortName } from './to-msg.js';

/** Looks up a text of the node's catalogue. */
export type Say = (key: string, values: Record<string, string | number>) => string;

/** Status is shown under a node: no more than fits there. */
const WIDEST = 32;

export function stateStatus(state: ListenerState, say: Say): NodeStatus {
  switch (state.state) {
    case 'listening':
      return { fill: 'green', shape: 'ring', text: say('listening', { port: state.port }) };
    case 'closed':
      return { fill: 'grey', shape: 'ring', text: say('closed', {}) };
    default:
      return {
        fill: 'red',
        shape: 'ring',
        text: say(`error.${state.error.code}`, 'port' in state ? { port: state.port } : {}),
      };
  }
}

export function alarmStatus({ event }: Alarm): NodeStatus {
  const fill = event.state === 'inactive' ? 'green' : 'blue';
  return { fill, shape: 'dot', text: short(`${clock(event.receivedAt)} ${event.title}`) };
}

/** Undefined for what leaves the last alarm standing. */
export function signStatus(sign: DeviceSign, say: Say): NodeStatus | undefined {
  const values = { device: shortName(sign.device), clock: clock(sign.since) };
  switch (sign.event) {
    case 'undecodable':
    case 'denied':
    case 'overload':
      return { fill: 'yellow', shape: 'dot', text: short(say(sign.event, values)) };
    default:
      return undefined;
  }
}

const short = (text: string) => (text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text);

/** Hour and minute by the clock of this machine. */
export function clock(iso: string): string {
  const time = new Date(iso);
  return [time.getHours(), time.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}
