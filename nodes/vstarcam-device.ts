import type { Node, NodeAPI, NodeDef } from 'node-red';
import {
  type AlarmError,
  asAlarmError,
  type Device,
  isDenied,
  type Sender,
  VstarcamCgi,
} from '../src/index.js';
import { closeInTime } from './lib/closing.js';
import { limitsOf, type OwnLimits } from './lib/limits.js';
import { LOGIN_PAUSES } from './lib/login-pauses.js';
import {
  type DeviceCredentials,
  readHeartbeat,
  readVstarcam,
  readVstarcamSender,
  type VstarcamConfig,
} from './lib/settings.js';
import { registerVstarcamAdmin } from './lib/vstarcam-admin.js';

type Definition = NodeDef & VstarcamConfig;

/** A VStarcam camera. */
export interface VstarcamDeviceNode extends Node<DeviceCredentials> {
  /** By node id: with it, Node-RED hands this node's errors to the Catch nodes of the flows that use it. */
  users: Record<string, Node>;
  /** What makes its pushes known. */
  readonly sender: Sender;
  /** Between two signs of life. */
  readonly heartbeatMs: number;
  readonly host: string;
  readonly port: number;
  /** What is known of it before it has said anything. */
  readonly device: Device;
  /** All nodes share its login. Asks nothing until it is used. */
  readonly client: VstarcamCgi | undefined;
  /** Why there is no client. */
  readonly problem: AlarmError | undefined;
}

export default function register(RED: NodeAPI): void {
  function VstarcamDevice(this: VstarcamDeviceNode, config: Definition): void {
    RED.nodes.createNode(this, config);
    const sender = readVstarcamSender(config);
    const own = limitsOf(RED);
    const { client, problem, host = '', port = 0 } = connect(config, this.credentials ?? {}, own);
    const { id = host, name } = sender;
    const device = { id, ...(name !== undefined && { name }), ...(host !== '' && { address: host }) };
    const heartbeatMs = readHeartbeat(config.heartbeat) * 1000;
    Object.assign(this, { users: {}, sender, heartbeatMs, host, port, device, client, problem });
    if (problem !== undefined) this.error(problem, {});

    this.on('close', (done: () => void) => {
      closeInTime([client?.close()], own.limits, done);
    });
  }

  RED.nodes.registerType<VstarcamDeviceNode, Definition, object, DeviceCredentials>(
    'vstarcam-device',
    VstarcamDevice,
    {
      credentials: { username: { type: 'text' }, password: { type: 'password' } },
    },
  );
  registerVstarcamAdmin(RED);
}

/** Known by what it calls itself alone, it cannot be asked anything. */
function connect(
  config: VstarcamConfig,
  credentials: DeviceCredentials,
  { limits, deviceLimits }: OwnLimits,
) {
  try {
    const settings = readVstarcam(config, credentials);
    const { host, port } = settings;
    if (host === '') return {};
    const options = { limits: deviceLimits, generalLimits: limits, pauses: LOGIN_PAUSES };
    return { host, port, client: new VstarcamCgi(settings, isDenied, options) };
  } catch (error) {
    return { problem: asAlarmError(error, 'INTERNAL') };
  }
}
