import type { NodeAPI } from 'node-red';
import { CameraPush, isDenied, PUSH_FIELDS, shownSetting, VstarcamCgi } from '../../src/index.js';
import { registerDeviceDialog } from './device-dialog.js';
import { LOGIN_PAUSES } from './login-pauses.js';
import { VSTARCAM_PORT } from './settings.js';

/** For the dialog of `vstarcam-device`: finds cameras, and tells whether one answers and can push. */
export function registerVstarcamAdmin(RED: NodeAPI): void {
  registerDeviceDialog(RED, {
    type: 'vstarcam-device',
    port: VSTARCAM_PORT,
    discover: () => Promise.resolve([]),
    connect: (settings) => new VstarcamCgi(settings, isDenied, { pauses: LOGIN_PAUSES }),
    examine: async (cgi, signal) => {
      const config = await new CameraPush(cgi, signal).read();
      const shown = PUSH_FIELDS.map((field) => [field, shownSetting(field, config[field], '', '')]);
      return { login: cgi.login, ...Object.fromEntries(shown) };
    },
  });
}
