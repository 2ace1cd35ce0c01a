import type { Node, NodeAPI, NodeDef } from 'node-red';
import { sayer } from './lib/emitter.js';
import { receiveAlarms } from './lib/receive.js';
import type { RouteConfig } from './lib/route.js';
import { droppedStatus } from './lib/status.js';
import type { UdpPushListenerNode } from './udp-push-listener.js';

type Definition = NodeDef &
  Pick<RouteConfig, 'pairing' | 'endAfter' | 'timezone'> & { readonly listener?: string };

export default function register(RED: NodeAPI): void {
  function UdpPushIn(this: Node, config: Definition): void {
    RED.nodes.createNode(this, config);
    const listener = RED.nodes.getNode(config.listener ?? '') as UdpPushListenerNode | null;
    const { pairing, endAfter, timezone } = config;
    const onDropped = (dropped: number) => this.status(droppedStatus(dropped, sayer(RED)));
    receiveAlarms(RED, this, listener, { route: { pairing, endAfter, timezone }, onDropped });
  }

  RED.nodes.registerType('udp-push-in', UdpPushIn);
}
