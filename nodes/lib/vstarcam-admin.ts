import type { NodeAPI } from 'node-red';
import {
  CameraPush,
  dh,
  discover,
  type FoundCamera,
  isDenied,
  type LoginPauses,
  PUSH_FIELDS,
  shownSetting,
  VstarcamCgi,
} from '../../src/index.js';
import { registerDeviceDialog } from './device-dialog.js';
import { LOGIN_PAUSES } from './login-pauses.js';
import { VSTARCAM_PORT } from './settings.js';

/** What the routes work with; tests give their own. */
export interface VstarcamAdminTools {
  readonly discover: () => Promise<FoundCamera[]>;
  readonly pauses: LoginPauses;
}

const TOOLS: VstarcamAdminTools = { discover: () => discover(dh), pauses: LOGIN_PAUSES };

/** For the dialog of `vstarcam-device`: finds cameras, and tells whether one answers and can push. */
export function registerVstarcamAdmin(RED: NodeAPI, tools: VstarcamAdminTools = TOOLS): void {
  registerDeviceDialog(RED, {
    type: 'vstarcam-device',
    port: VSTARCAM_PORT,
    discover: tools.discover,
    connect: (settings) => new VstarcamCgi(settings, isDenied, { pauses: tools.pauses }),
    examine: async (cgi, signal) => {
      const config = await new CameraPush(cgi, signal).read();
      const shown = PUSH_FIELDS.map((field) => [field, shownSetting(field, config[field], '', '')]);
      return { login: cgi.login, ...Object.fromEntries(shown) };
    },
  });
}
