import type { NodeAPI } from 'node-red';
import {
  askDeviceInfo,
  DeviceClient,
  discover,
  type LoginPauses,
  readClock,
  readDeviceInfo,
  type SadpDevice,
  sadp,
} from '../../src/index.js';
import { registerDeviceDialog } from './device-dialog.js';
import { LOGIN_PAUSES } from './login-pauses.js';

/** What the routes work with; tests give their own. */
export interface DeviceAdminTools {
  readonly discover: () => Promise<SadpDevice[]>;
  /** Milliseconds since any moment. */
  readonly now: () => number;
  readonly pauses: LoginPauses;
}

const TOOLS: DeviceAdminTools = {
  discover: () => discover(sadp),
  now: () => performance.now(),
  pauses: LOGIN_PAUSES,
};

/** For the dialog of `isapi-device`: finds devices, and tells whether one answers as its settings say. */
export function registerDeviceAdmin(RED: NodeAPI, tools: DeviceAdminTools = TOOLS): void {
  const { now, pauses } = tools;
  registerDeviceDialog(RED, {
    type: 'isapi-device',
    discover: tools.discover,
    connect: (settings) => new DeviceClient(settings, { now, pauses }),
    examine: (client, signal) => askDeviceInfo(client, { readInfo: readDeviceInfo, readClock }, { signal }),
  });
}
