import type { Node, NodeAPI, NodeDef } from 'node-red';
import {
  AlarmError,
  asAlarmError,
  type Device,
  DeviceClient,
  type Sender,
  type StreamState,
} from '../src/index.js';
import { closeInTime } from './lib/closing.js';
import { registerDeviceAdmin } from './lib/device-admin.js';
import { DeviceStream, type StreamUser } from './lib/device-stream.js';
import { registerDoctorAdmin } from './lib/doctor-admin.js';
import { limitsOf } from './lib/limits.js';
import { LOGIN_PAUSES } from './lib/login-pauses.js';
import {
  type DeviceConfig,
  type DeviceCredentials,
  readDevice,
  readSender,
  readText,
  readWish,
} from './lib/settings.js';

type Definition = NodeDef & DeviceConfig;

/** A Hikvision or OEM device. */
export interface IsapiDeviceNode extends Node<DeviceCredentials> {
  /** By node id: with it, Node-RED hands this node's errors to the Catch nodes of the flows that use it. */
  users: Record<string, Node>;
  /** What makes its pushes known. */
  sender: Sender;
  protocol: 'http' | 'https';
  host: string;
  port: number;
  /** What is known of it before it has said anything. */
  device: Device;
  /** All nodes share its few connections and its login. Asks nothing until it is used. */
  client: DeviceClient | undefined;
  /** Why there is no client. */
  problem: AlarmError | undefined;
  /** Takes part in its one alertStream. @returns how to leave; @throws AlarmError why there is none */
  join(user: StreamUser): () => void;
  /** Of that stream; `closed` while no node takes part in it. */
  streamState(): StreamState['state'];
}

export default function register(RED: NodeAPI): void {
  function IsapiDevice(this: IsapiDeviceNode, config: Definition): void {
    RED.nodes.createNode(this, config);
    this.users = {};
    this.sender = readSender(config);
    this.device = deviceOf(this.sender, readText(config.host));
    const { limits, deviceLimits } = limitsOf(RED);
    let stream: DeviceStream | undefined;
    try {
      const settings = readDevice(config, this.credentials ?? {});
      this.protocol = settings.protocol;
      this.host = settings.host;
      this.port = settings.port;
      // Known by its MAC alone, it cannot be asked anything.
      const options = { limits: deviceLimits, generalLimits: limits, pauses: LOGIN_PAUSES };
      if (settings.host !== '') this.client = new DeviceClient(settings, options);
    } catch (error) {
      this.problem = asAlarmError(error, 'INTERNAL');
      this.error(this.problem, {});
    }

    this.join = (user) => {
      if (this.client === undefined) throw this.problem ?? new AlarmError('DEVICE_MISSING');
      stream ??= new DeviceStream(this.client, readWish(config), this.device, this.sender, (error) =>
        this.error(error as Error, {}),
      );
      const leave = stream.join(user);
      this.users[user.node.id] = user.node;
      return () => {
        leave();
        delete this.users[user.node.id];
      };
    };

    this.streamState = () => stream?.state ?? 'closed';

    this.on('close', (done: () => void) => {
      closeInTime([stream?.stop(), this.client?.close()], limits, done);
    });
  }

  RED.nodes.registerType<IsapiDeviceNode, Definition, object, DeviceCredentials>(
    'isapi-device',
    IsapiDevice,
    {
      credentials: { username: { type: 'text' }, password: { type: 'password' } },
    },
  );
  registerDeviceAdmin(RED);
  registerDoctorAdmin(RED);
}

/** What is known of a device before it has said anything. */
function deviceOf({ name, mac }: Sender, host: string): Device {
  return {
    id: mac ?? host,
    ...(name !== undefined && { name }),
    ...(mac !== undefined && { mac }),
    address: host,
  };
}
