import type { NodeStatus } from 'node-red';
import {
  type Alarm,
  type AlarmError,
  type DeviceSign,
  deviceName,
  type StreamState,
} from '../../src/index.js';
import type { ListenerState } from './listening.js';

/** Looks up a text of the node's catalogue. */
export type Say = (key: string, values: Record<string, string | number>) => string;

/** Status is shown under a node: no more than fits there. */
const WIDEST = 64;

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

/** So many datagrams were dropped since the listener was opened. */
export function droppedStatus(dropped: number, say: Say): NodeStatus {
  return { fill: 'yellow', shape: 'dot', text: say('dropped', { number: dropped }) };
}

export function alarmStatus({ event }: Alarm): NodeStatus {
  const fill = event.state === 'inactive' ? 'green' : 'blue';
  return { fill, shape: 'dot', text: short(`${clock(event.receivedAt)} ${event.title}`) };
}

/** Undefined for what leaves the last alarm standing. */
export function signStatus(sign: DeviceSign, say: Say): NodeStatus | undefined {
  const values = { device: deviceName(sign.device), clock: clock(sign.since) };
  switch (sign.event) {
    case 'undecodable':
    case 'denied':
      return { fill: 'yellow', shape: 'dot', text: short(say(sign.event, values)) };
    case 'overload':
    case 'undelivered':
      return { fill: 'red', shape: 'dot', text: short(say(sign.event, values)) };
    default:
      return undefined;
  }
}

/** The same for those that receive pushes: whether a device is there, and what it says of its disks and cameras. */
export function presenceStatus(sign: DeviceSign, say: Say): NodeStatus | undefined {
  const device = deviceName(sign.device) + (sign.channel === undefined ? '' : ` ${sign.channel}`);
  const values = { device, clock: clock(sign.since) };
  const status = (fill: NodeStatus['fill'], key: string): NodeStatus => ({
    fill,
    shape: 'ring',
    text: short(say(key, values)),
  });
  switch (sign.event) {
    case 'online':
      return status('green', sign.reason?.startsWith('new:') ? 'new' : 'online');
    case 'stale':
      return status('yellow', 'stale');
    case 'offline':
      return status('red', 'offline');
    case 'disk':
      return sign.state === 'active' ? status('yellow', 'disk') : undefined;
    case 'video-loss':
      return sign.state === 'active' ? status('yellow', 'videoLoss') : undefined;
    default:
      return signStatus(sign, say);
  }
}

const FILLS: Readonly<Record<StreamState['state'], NodeStatus['fill']>> = {
  closed: 'grey',
  connecting: 'yellow',
  online: 'green',
  stale: 'yellow',
  offline: 'red',
  'auth-failed': 'red',
};

/** What is known of a stream, why, and for how long. @param now milliseconds since 1970 */
export function streamStatus({ state, since, reason }: StreamState, say: Say, now: number): NodeStatus {
  const minutes = Math.max(0, Math.floor((now - Date.parse(since)) / 60_000));
  const age =
    minutes < 60
      ? `${minutes} min`
      : minutes < 2880
        ? `${Math.floor(minutes / 60)} h`
        : `${Math.floor(minutes / 1440)} d`;
  const why = reason === undefined ? '' : `: ${say(`error.${reason.code}`, {})}`;
  const shape = state === 'online' ? 'dot' : 'ring';
  return { fill: FILLS[state], shape, text: short(`${say(`stream.${state}`, {})} ${age}${why}`) };
}

/** Why a device cannot be used at all. */
export function deviceErrorStatus({ code }: AlarmError, say: Say): NodeStatus {
  return { fill: 'red', shape: 'ring', text: say(`error.${code}`, {}) };
}

const short = (text: string) => (text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text);

/** Hour and minute by the clock of this machine. */
export function clock(iso: string): string {
  const time = new Date(iso);
  return [time.getHours(), time.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}
