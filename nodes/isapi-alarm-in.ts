import type { Node, NodeAPI, NodeDef } from 'node-red';
import { isapi } from '../src/index.js';
import type { AlarmListenerNode } from './alarm-listener.js';
import type { IsapiDeviceNode } from './isapi-device.js';
import { registerConfigureAdmin } from './lib/configure-admin.js';
import { receiveAlarms } from './lib/receive.js';
import type { RouteConfig } from './lib/route.js';
import { type Raw, readText } from './lib/settings.js';

type Definition = NodeDef &
  RouteConfig & { readonly listener?: string; readonly path?: Raw; readonly device?: string };

export default function register(RED: NodeAPI): void {
  function IsapiAlarmIn(this: Node, config: Definition): void {
    RED.nodes.createNode(this, config);
    const device = RED.nodes.getNode(config.device ?? '') as IsapiDeviceNode | null;
    const { client, host = '', sender } = device ?? {};
    receiveAlarms(RED, this, RED.nodes.getNode(config.listener ?? '') as AlarmListenerNode | null, {
      path: readText(config.path, '/isapi'),
      vendor: isapi,
      route: config,
      ...(sender !== undefined && { sender }),
      ...(client !== undefined && { pictures: { client, host } }),
    });
  }

  RED.nodes.registerType('isapi-alarm-in', IsapiAlarmIn);
  registerConfigureAdmin(RED);
}
