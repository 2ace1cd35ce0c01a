import type { NodeAPI } from 'node-red';
import {
  CameraPush,
  dh,
  discover,
  type FoundCamera,
  isDenied,
  type Limits,
  type LoginPauses,
  PUSH_FIELDS,
  shownSetting,
  VstarcamCgi,
} from '../../src/index.js';
import { registerDeviceDialog } from './device-dialog.js';
import { limitsOf } from './limits.js';
import { LOGIN_PAUSES } from './login-pauses.js';
import { VSTARCAM_PORT } from './settings.js';

/** What the routes work with; tests give their own. */
export interface VstarcamAdminTools {
  readonly discover: (limits: Limits) => Promise<FoundCamera[]>;
  readonly pauses: LoginPauses;
}

const TOOLS: VstarcamAdminTools = { discover: (limits) => discover(dh, { limits }), pauses: LOGIN_PAUSES };

/** For the dialog of `vstarcam-device`: finds cameras, and tells whether one answers and can push. */
export function registerVstarcamAdmin(RED: NodeAPI, tools: VstarcamAdminTools = TOOLS): void {
  const { limits, deviceLimits } = limitsOf(RED);
  const options = { limits: deviceLimits, generalLimits: limits, pauses: tools.pauses };
  registerDeviceDialog(RED, {
    type: 'vstarcam-device',
    port: VSTARCAM_PORT,
    discover: () => tools.discover(limits),
    connect: (settings) => new VstarcamCgi(settings, isDenied, options),
    examine: async (cgi, signal) => {
      const config = await new CameraPush(cgi, signal).read();
      const shown = PUSH_FIELDS.map((field) => [field, shownSetting(field, config[field], '', '')]);
      return { login: cgi.login, ...Object.fromEntries(shown) };
    },
  });
}
