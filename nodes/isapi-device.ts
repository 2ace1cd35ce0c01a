import type { Node, NodeAPI, NodeDef } from 'node-red';
import { type AlarmError, asAlarmError, DeviceClient, type Sender } from '../src/index.js';
import { type DeviceConfig, type DeviceCredentials, readDevice, readSender } from './lib/settings.js';

type Definition = NodeDef & DeviceConfig;

/** A Hikvision or OEM device. */
export interface IsapiDeviceNode extends Node<DeviceCredentials> {
  /** What makes its pushes known. */
  sender: Sender;
  host: string;
  /** All nodes share its few connections and its login. Asks nothing until it is used. */
  client: DeviceClient | undefined;
  /** Why there is no client. */
  problem: AlarmError | undefined;
}

export default function register(RED: NodeAPI): void {
  function IsapiDevice(this: IsapiDeviceNode, config: Definition): void {
    RED.nodes.createNode(this, config);
    this.sender = readSender(config);
    try {
      const settings = readDevice(config, this.credentials ?? {});
      this.host = settings.host;
      // Known by its MAC alone, it cannot be asked anything.
      if (settings.host !== '') this.client = new DeviceClient(settings);
    } catch (error) {
      this.problem = asAlarmError(error, 'INTERNAL');
      this.error(this.problem, {});
    }
    this.on('close', (done: () => void) => {
      if (this.client === undefined) done();
      else this.client.close().then(done, done);
    });
  }

  RED.nodes.registerType<IsapiDeviceNode, Definition, object, DeviceCredentials>(
    'isapi-device',
    IsapiDevice,
    {
      credentials: { username: { type: 'text' }, password: { type: 'password' } },
    },
  );
}
