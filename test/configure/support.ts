import type { TestContext } from 'node:test';
import type { BackupStore, HostEntry } from '../../src/configure/backup.js';
import { Configurator } from '../../src/configure/configurator.js';
import { DeviceClient } from '../../src/device/device-client.js';
import { type Behaviour, behaviourOf } from '../../src/simulator/configurable/behaviour.js';
import { ConfigurableDevice } from '../../src/simulator/configurable/device.js';
import { USUAL_RULES } from '../../src/simulator/login.js';
import type { PushTarget } from '../../src/vendors/isapi/host-changes.js';
import { SIMULATED_SECRET as SECRET } from '../support/secrets.js';

export { SECRET };
export const TARGET: PushTarget = {
  host: '192.0.2.10',
  port: 8089,
  tls: false,
  path: `/${SECRET}/isapi`,
  secret: SECRET,
  auth: 'none',
  username: '',
  password: '',
  events: [],
};
export const LOGIN = { username: USUAL_RULES.username, password: USUAL_RULES.password };

/** Backups in the memory of the test. */
export class Backups implements BackupStore {
  readonly all = new Map<string, readonly HostEntry[]>();

  load(device: string) {
    return Promise.resolve(this.all.get(device) ?? []);
  }

  save(device: string, entries: readonly HostEntry[]) {
    if (entries.length > 0) this.all.set(device, entries);
    else this.all.delete(device);
    return Promise.resolve();
  }
}

/** What is remembered of a slot that was written for the usual target. */
export const written = (slot: string, list: Buffer, to = `192.0.2.10:8089/${SECRET}/isapi`): HostEntry => ({
  slot,
  list: list.toString('base64'),
  savedAt: '2026-11-22T08:00:00.000Z',
  owner: 'node',
  to,
});

/** A simulated device, and a way to configure it with any target. */
export async function configurable(t: TestContext, ...behaviours: Partial<Behaviour>[]) {
  const device = await ConfigurableDevice.start(
    // What a test connects to is not on this machine.
    behaviourOf({ test: 'always ok', limits: { slots: 3 } }, ...behaviours),
  );
  const client = new DeviceClient(
    {
      protocol: 'http',
      host: '127.0.0.1',
      port: device.port,
      verifyTls: true,
      ...LOGIN,
    },
    { limits: { totalTimeoutMs: 1_000 } },
  );
  t.after(async () => {
    await client.close();
    await device.close();
  });
  const backups = new Backups();
  const configurator = (target: Partial<PushTarget> = {}, owner = 'node') =>
    new Configurator({ client, device: 'camera', owner, target: { ...TARGET, ...target }, backups });
  const writes = () => device.requests.filter(({ method }) => method !== 'GET' && !isTest(method));
  const isTest = (method: string) => method === 'POST';
  return { device, client, backups, configurator, writes };
}
