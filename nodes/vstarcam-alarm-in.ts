import type { Node, NodeAPI, NodeDef } from 'node-red';
import { vstarcam } from '../src/index.js';
import type { AlarmListenerNode } from './alarm-listener.js';
import { receiveAlarms } from './lib/receive.js';
import { type Raw, readText } from './lib/settings.js';
import type { VstarcamDeviceNode } from './vstarcam-device.js';

type Definition = NodeDef & { readonly listener?: string; readonly path?: Raw; readonly device?: string };

export default function register(RED: NodeAPI): void {
  function VstarcamAlarmIn(this: Node, config: Definition): void {
    RED.nodes.createNode(this, config);
    const device = RED.nodes.getNode(config.device ?? '') as VstarcamDeviceNode | null;
    receiveAlarms(RED, this, RED.nodes.getNode(config.listener ?? '') as AlarmListenerNode | null, {
      path: readText(config.path, '/vstarcam'),
      vendor: vstarcam,
      // An alarm of this camera is a moment and has no end.
      route: {},
      ...(device !== null && { sender: device.sender, heartbeatMs: device.heartbeatMs }),
    });
  }

  RED.nodes.registerType('vstarcam-alarm-in', VstarcamAlarmIn);
}
