import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, test } from 'node:test';
import type { NodeAPI } from 'node-red';
import helper from 'node-red-node-test-helper';
import { registerConfigureAdmin } from '../../nodes/lib/configure-admin.js';
import { ConfigurableDevice } from '../../src/simulator/configurable/device.js';
import { LOGIN, SECRET } from '../configure/support.js';
import { type Flow, startFlow } from '../support/flow.js';
import { freePort } from '../support/node-red.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** The routes of the dialog, with a device and a listener that are deployed. */
async function start(cameraAlarms: object = {}) {
  const device = await ConfigurableDevice.start({ test: 'always ok' });
  const userDir = mkdtempSync(path.join(tmpdir(), 'camera-alarms-'));
  const camera = { protocol: 'http', host: '127.0.0.1', port: String(device.port) };
  const flow: Flow = await startFlow(
    [
      { id: 'camera', type: 'isapi-device', ...camera },
      { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(await freePort()) },
    ],
    { camera: LOGIN, listener: { secret: SECRET } },
    userDir,
  );
  const routes = new Map<string, (request: object, response: object) => Promise<void>>();
  const app = { post: (route: string, _permission: unknown, run: never) => routes.set(route, run) };
  registerConfigureAdmin({
    httpAdmin: app as unknown as NodeAPI['httpAdmin'],
    auth: { needsPermission: () => undefined },
    nodes: { getNode: (id: string) => helper.getNode(id) },
    settings: { userDir, cameraAlarms },
  } as unknown as NodeAPI);
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const json = (value: unknown) => response.end(JSON.stringify(value));
    const body = text === '' ? undefined : (JSON.parse(text) as unknown);
    await routes.get(request.url ?? '')?.(
      Object.assign(request, { body }),
      Object.assign(response, { json }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(
    () => device.close(),
    () => rmSync(userDir, { recursive: true }),
    () => flow.stop(),
    () => void server.close(),
  );
  const { port } = server.address() as AddressInfo;
  const ask = async (form: unknown, route = '') => {
    const url = `http://127.0.0.1:${port}/camera-alarms/isapi-configure${route}`;
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(form) });
    return (await answer.json()) as Record<string, unknown>;
  };
  return { device, ask };
}

const FORM = { device: 'camera', listener: 'listener', path: '/isapi', action: 'plan' };

test('a form that is larger than settings.js allows is refused', async () => {
  const { ask } = await start({ limits: { dialogBytes: 50 } });
  assert.equal((await ask(FORM))['code'], 'CONFIG_ACTION_INVALID');
});

test('plans, applies and takes back, without the secret in what is shown', async () => {
  const { device, ask } = await start();
  const before = device.hosts;
  const plan = await ask(FORM);
  assert.deepEqual([plan['ok'], plan['changed'], plan['slot']], [true, false, '1']);
  assert.deepEqual(device.hosts, before);
  const applied = await ask({ ...FORM, action: 'apply' });
  assert.equal(applied['changed'], true);
  assert.doesNotMatch(JSON.stringify([plan, applied]), new RegExp(SECRET));
  assert.match(device.hosts.toString(), new RegExp(SECRET));
  assert.equal((await ask({ ...FORM, action: 'restore' }))['changed'], true);
  assert.deepEqual(device.hosts, before);
  assert.deepEqual(await ask({ device: 'camera' }, '/address'), { ok: true, address: '127.0.0.1' });
});

test('what is not deployed, not known or not a path is told, and nothing is asked of a device', async () => {
  const { device, ask } = await start();
  for (const [form, code] of [
    [{ ...FORM, device: 'nobody' }, 'CONFIG_NOT_DEPLOYED'],
    [{ ...FORM, listener: 'camera' }, 'CONFIG_NOT_DEPLOYED'],
    [{ ...FORM, device: 'listener' }, 'CONFIG_NOT_DEPLOYED'],
    [{ ...FORM, action: 'linkage' }, 'CONFIG_ACTION_INVALID'],
    [{ ...FORM, action: { a: 1 } }, 'CONFIG_ACTION_INVALID'],
    [{ ...FORM, path: '/../x' }, 'CONFIG_ACTION_INVALID'],
    [{ ...FORM, path: '/a b' }, 'CONFIG_ACTION_INVALID'],
    [{}, 'CONFIG_ACTION_INVALID'],
  ] as const)
    assert.equal((await ask(form))['code'], code, JSON.stringify(form));
  assert.equal((await ask({ device: 'listener' }, '/address'))['code'], 'CONFIG_NOT_DEPLOYED');
  assert.deepEqual(device.requests, []);
});
