import type { TestContext } from 'node:test';
import { VstarcamConfigurator, type VstarcamJob } from '../../src/configure/vstarcam-configurator.js';
import type { DeviceClientOptions } from '../../src/device/device-client.js';
import { VstarcamCgi } from '../../src/device/vstarcam-cgi.js';
import type { CgiBehaviour, PushSettings } from '../../src/simulator/vstarcam/cgi-behaviour.js';
import { CgiCamera } from '../../src/simulator/vstarcam/cgi-camera.js';
import { isDenied } from '../../src/vendors/vstarcam/push-config.js';
import { DEVICE_LOGIN } from '../support/secrets.js';
import { Backups, SECRET } from './support.js';

/** Looked for in everything that comes out; with signs that a query escapes. */
export const LOGIN = { username: 'admin', password: DEVICE_LOGIN.password };
export const TARGET: VstarcamJob['target'] = {
  host: '192.0.2.10',
  port: 8089,
  tls: false,
  path: `/${SECRET}/vstarcam`,
  secret: SECRET,
  auth: 'none',
  username: '',
  password: '',
};
export const URL_TOLD = `http://192.0.2.10:8089/${SECRET}/vstarcam`;

/** A simulated camera, and a way to configure it with any job. */
export async function cameraWith(
  t: Pick<TestContext, 'after'>,
  behaviour: Partial<CgiBehaviour> = {},
  settings: Partial<PushSettings> = {},
  options: DeviceClientOptions & { readonly login?: typeof LOGIN } = {},
) {
  const camera = await CgiCamera.start(behaviour, settings, LOGIN);
  const at = { protocol: 'http', host: '127.0.0.1', port: camera.port, verifyTls: true } as const;
  const cgi = new VstarcamCgi({ ...at, ...(options.login ?? LOGIN) }, isDenied, options);
  const backups = new Backups();
  const configurator = (job: Partial<VstarcamJob> = {}) =>
    new VstarcamConfigurator({
      cgi,
      device: 'camera',
      owner: 'node',
      target: TARGET,
      heartbeat: 60,
      backups,
      now: () => Date.UTC(2026, 10, 22, 8),
      ...job,
    });
  const close = async () => {
    await cgi.close();
    await camera.close();
  };
  t.after(close);
  return { camera, cgi, backups, configurator };
}
