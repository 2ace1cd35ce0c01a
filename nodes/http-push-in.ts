import type { Node, NodeAPI, NodeDef } from 'node-red';
import { raysharp } from '../src/index.js';
import type { AlarmListenerNode } from './alarm-listener.js';
import { receiveAlarms } from './lib/receive.js';
import type { RouteConfig } from './lib/route.js';
import { type Raw, readText } from './lib/settings.js';

type Definition = NodeDef & RouteConfig & { readonly listener?: string; readonly path?: Raw };

export default function register(RED: NodeAPI): void {
  function HttpPushIn(this: Node, config: Definition): void {
    RED.nodes.createNode(this, config);
    receiveAlarms(RED, this, RED.nodes.getNode(config.listener ?? '') as AlarmListenerNode | null, {
      path: readText(config.path, '/push'),
      vendor: raysharp,
      route: config,
    });
  }

  RED.nodes.registerType('http-push-in', HttpPushIn);
}
