import {
  AlarmError,
  type ConfigureResult,
  type Device,
  ownAddressTowards,
  type VstarcamCgi,
  VstarcamConfigurator,
} from '../../src/index.js';
import type { AlarmListenerNode } from '../alarm-listener.js';
import type { VstarcamDeviceNode } from '../vstarcam-device.js';
import type { DeviceMemory } from './device-memory.js';
import { inTurn } from './device-turns.js';
import { type Raw, readHeartbeat, readText } from './settings.js';

/** What `vstarcam-configure` can be told to do. */
export const VSTARCAM_ACTIONS = ['read', 'plan', 'apply', 'restore'] as const;
export type VstarcamAction = (typeof VSTARCAM_ACTIONS)[number];

/** Payload of the result message. */
export interface VstarcamReport extends ConfigureResult {
  readonly action: VstarcamAction;
  readonly ok: true;
  readonly checks: readonly [];
  readonly device: Device;
}

/** With what an order is carried out. */
export interface VstarcamWorkplace {
  readonly device: VstarcamDeviceNode | null;
  readonly listener: AlarmListenerNode | null;
  readonly path: Raw;
  /** What the camera is told to push to; our address on the way to it when empty. */
  readonly address: Raw;
  readonly heartbeat: Raw;
  readonly memory: DeviceMemory;
  /** The node that asks, by its id. */
  readonly owner: string;
  readonly signal: AbortSignal;
}

/** Carries one order out. @throws AlarmError what went wrong, with the camera as it was */
export async function configureVstarcam(
  action: VstarcamAction,
  place: VstarcamWorkplace,
): Promise<VstarcamReport> {
  const { device, listener } = place;
  const client = device?.client;
  if (device === null || client === undefined) throw device?.problem ?? new AlarmError('DEVICE_MISSING');
  if (listener === null) throw new AlarmError('CONFIG_LISTENER_MISSING');
  return inTurn(nameOf(device), async () => {
    const configurator = await configuratorFor(device, client, listener, place);
    const result = await configurator[action]();
    return { ...result, action, ok: true, checks: [], device: device.device };
  });
}

async function configuratorFor(
  device: VstarcamDeviceNode,
  cgi: VstarcamCgi,
  listener: AlarmListenerNode,
  { path, address, heartbeat, memory, owner, signal }: VstarcamWorkplace,
): Promise<VstarcamConfigurator> {
  const target = listener.pushTarget(readText(path, '/vstarcam'));
  const host = readText(address) || (await ownAddressTowards(device.host, device.port));
  return new VstarcamConfigurator({
    cgi,
    device: nameOf(device),
    owner,
    target: { ...target, host },
    heartbeat: readHeartbeat(heartbeat),
    backups: memory.backups,
    signal,
  });
}

/** A camera in the memory: by what it calls itself, as some take another port with each start. */
const nameOf = ({ sender, host, port }: VstarcamDeviceNode) =>
  `vstarcam ${sender.id ?? `${host.toLowerCase()}:${port}`}`;
