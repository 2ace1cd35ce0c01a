import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Sender } from '../src/index.js';
import { type Raw, readSender } from './lib/settings.js';

type Definition = NodeDef & { readonly mac?: Raw; readonly host?: Raw };

/** A Hikvision or OEM device. */
export interface IsapiDeviceNode extends Node {
  /** What makes its pushes known. */
  readonly sender: Sender;
}

export default function register(RED: NodeAPI): void {
  function IsapiDevice(this: Node & { sender: Sender }, config: Definition): void {
    RED.nodes.createNode(this, config);
    this.sender = readSender(config);
  }

  RED.nodes.registerType<Node & { sender: Sender }, Definition, object, object>('isapi-device', IsapiDevice, {
    credentials: { username: { type: 'text' }, password: { type: 'password' } },
  });
}
