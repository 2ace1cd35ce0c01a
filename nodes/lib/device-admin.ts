import type { NodeAPI } from 'node-red';
import {
  askDeviceInfo,
  DeviceClient,
  discover,
  type Limits,
  type LoginPauses,
  readClock,
  readDeviceInfo,
  type SadpDevice,
  sadp,
} from '../../src/index.js';
import { registerDeviceDialog } from './device-dialog.js';
import { limitsOf } from './limits.js';
import { LOGIN_PAUSES } from './login-pauses.js';

/** What the routes work with; tests give their own. */
export interface DeviceAdminTools {
  readonly discover: (limits: Limits) => Promise<SadpDevice[]>;
  /** Milliseconds since any moment. */
  readonly now: () => number;
  readonly pauses: LoginPauses;
}

const TOOLS: DeviceAdminTools = {
  discover: (limits) => discover(sadp, { limits }),
  now: () => performance.now(),
  pauses: LOGIN_PAUSES,
};

/** For the dialog of `isapi-device`: finds devices, and tells whether one answers as its settings say. */
export function registerDeviceAdmin(RED: NodeAPI, tools: DeviceAdminTools = TOOLS): void {
  const { now, pauses } = tools;
  const { limits, deviceLimits } = limitsOf(RED);
  const options = { limits: deviceLimits, generalLimits: limits, now, pauses };
  registerDeviceDialog(RED, {
    type: 'isapi-device',
    discover: () => tools.discover(limits),
    connect: (settings) => new DeviceClient(settings, options),
    examine: (client, signal) => askDeviceInfo(client, { readInfo: readDeviceInfo, readClock }, { signal }),
  });
}
