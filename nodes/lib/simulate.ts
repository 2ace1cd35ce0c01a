import type { Node } from 'node-red';
import { ALARM_KINDS, AlarmError, SYSTEM_CLOCK } from '../../src/index.js';
import { type Outlet, type Play, type PlayedVendor, Stage } from '../../src/simulator/index.js';
import type { AlarmListenerNode } from '../alarm-listener.js';
import type { UdpPushListenerNode } from '../udp-push-listener.js';
import { type Raw, readNumber, readText } from './settings.js';

export type { Outlet };

/** Properties of `alarm-simulate` in a flow. */
export interface SimulateConfig {
  readonly vendor?: Raw;
  readonly path?: Raw;
  readonly kind?: Raw;
  readonly picture?: Raw;
  /** What the device calls the place. */
  readonly device?: Raw;
  /** Seconds until the end of the alarm is played; none when empty. */
  readonly end?: Raw;
}

/** What is played, and to which path of a listener. */
export interface Order {
  readonly play: Play;
  readonly path: string;
}

/** Of all nodes in this Node-RED, and of those that follow them: what they send goes on where it was. */
export const STAGE = new Stage(SYSTEM_CLOCK, -new Date().getTimezoneOffset());

/** Paths of the nodes that receive, as they are dragged in. */
const PATHS: Readonly<Record<PlayedVendor, string>> = {
  isapi: '/isapi',
  vstarcam: '/vstarcam',
  raysharp: '/push',
};
const PATH = /^(?!.*(?:^|\/)\.\.?(?:\/|$))\/?[\w.~-]+(?:\/[\w.~-]+)*\/?$/;
/** A timer of more than 24 days would run at once. */
const LONGEST_SECONDS = 86_400;

/**
 * What a node plays, with what a message says about it instead.
 * @throws AlarmError `SIMULATE_KIND_UNKNOWN`, `SIMULATE_PATH_UNKNOWN` for what can be no path
 */
export function readOrder(config: SimulateConfig, payload: unknown): Order {
  const own = readText(config.vendor, 'isapi').toLowerCase();
  const vendor = said(payload, 'vendor', own).toLowerCase();
  const word = said(payload, 'kind', readText(config.kind, 'motion')).toLowerCase();
  const kind = ALARM_KINDS.find((each) => each === word);
  if (!isVendor(vendor) || kind === undefined) throw new AlarmError('SIMULATE_KIND_UNKNOWN');
  // The path that is set is for the device that is set.
  const path = readText(vendor === own ? config.path : '', PATHS[vendor]);
  if (!PATH.test(path)) throw new AlarmError('SIMULATE_PATH_UNKNOWN');
  const picture = said(payload, 'picture', readText(config.picture, 'true')) === 'true';
  return { play: { vendor, kind, picture, name: readText(config.device) }, path };
}

/** Milliseconds until an alarm ends; undefined for never. */
export function readEnd({ end }: SimulateConfig): number | undefined {
  const seconds = readNumber(end, 0);
  return seconds > 0 ? Math.min(seconds, LONGEST_SECONDS) * 1000 : undefined;
}

/**
 * The way from a simulated device to a listener of either kind, as it is open just now.
 * @throws AlarmError `SIMULATE_TARGET_MISSING`, `LISTENER_CLOSED` and others that say why it is not open
 */
export function outletTo(node: Node | null, path: string, signal: AbortSignal): Outlet {
  if (node?.type === 'alarm-listener') {
    const listener = node as AlarmListenerNode;
    const { auth, username, password, ...target } = listener.pushTarget(path);
    const way = {
      transport: 'http' as const,
      target: { ...listener.here(), path: target.path, tls: target.tls, signal },
    };
    return auth === 'none' ? way : { ...way, login: { username, password, scheme: auth } };
  }
  if (node?.type !== 'udp-push-listener') throw new AlarmError('SIMULATE_TARGET_MISSING');
  const { mode, group, interface: own, port } = (node as UdpPushListenerNode).here();
  const here = own === '' ? '127.0.0.1' : own;
  // Not to everybody on the network: a broadcast goes to this machine alone, and a group stays within it.
  if (mode !== 'multicast')
    return { transport: 'udp', target: { mode: 'unicast', host: here, port, from: here } };
  return { transport: 'udp', target: { mode, host: group, port, from: here, hops: 0 } };
}

const isVendor = (word: string): word is PlayedVendor => Object.hasOwn(PATHS, word);

/** What a payload says about something, or else what is set. */
function said(payload: unknown, name: string, otherwise: string): string {
  const value =
    typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>)[name] : '';
  return typeof value === 'string' || typeof value === 'boolean' ? readText(value, otherwise) : otherwise;
}
