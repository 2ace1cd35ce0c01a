import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, it } from 'node:test';
import type { NodeAPI } from 'node-red';
import helper from 'node-red-node-test-helper';
import { registerVstarcamAdmin } from '../../nodes/lib/vstarcam-admin.js';
import registerDevice from '../../nodes/vstarcam-device.js';
import { AlarmError, LoginPauses } from '../../src/index.js';
import type { CgiBehaviour, PushSettings } from '../../src/simulator/vstarcam/cgi-behaviour.js';
import { CgiCamera } from '../../src/simulator/vstarcam/cgi-camera.js';
import { LOGIN } from '../configure/vstarcam-support.js';
import { ROOT } from '../support/node-red.js';

const RUNTIME = require.resolve('node-red', {
  paths: [path.join(process.env['NODE_RED_DIR'] ?? ROOT, 'node_modules')],
});
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** The routes of a Node-RED with one camera deployed, and what the dialog of it holds. */
async function start(behaviour: Partial<CgiBehaviour> = {}, settings: Partial<PushSettings> = {}) {
  const camera = await CgiCamera.start(behaviour, settings, LOGIN);
  ends.push(() => camera.close());
  helper.init(RUNTIME);
  await new Promise<void>((resolve) => helper.startServer(resolve));
  const form = { protocol: 'http', host: '127.0.0.1', port: String(camera.port), verifyTls: true };
  let RED = {} as NodeAPI;
  const found = [{ mac: '00:00:5e:00:53:01', address: '192.0.2.8', vuid: 'VC0000000ABCD' }];
  const tools = { discover: () => search.next(), pauses: new LoginPauses() };
  const search = { next: () => Promise.resolve(found) };
  const register = (api: NodeAPI) => {
    RED = api;
    registerVstarcamAdmin(api, tools);
    registerDevice(api);
  };
  const nodes = [
    { id: 'tab1', type: 'tab', label: 'test' },
    { id: 'camera', type: 'vstarcam-device', ...form },
    { id: 'usual', type: 'vstarcam-device', ...form, port: '' },
  ];
  await helper.load([register], nodes, { camera: LOGIN, usual: LOGIN });
  const server = http.createServer(RED.httpAdmin).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  ends.push(async () => {
    server.closeAllConnections();
    server.close();
    await helper.unload();
    await new Promise<void>((resolve) => helper.stopServer(resolve));
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/camera-alarms/vstarcam-device/`;
  const post = async (route: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(base + route, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await answer.text();
    assert.doesNotMatch(text, /Canary/);
    return JSON.parse(text) as { readonly code?: string; readonly info?: object; readonly devices?: object };
  };
  const test = (more: object = {}) => post('test', { ...form, username: LOGIN.username, ...more });
  return { camera, post, test, search };
}

describe('the dialog of a VStarcam camera', () => {
  it('says how it logged in and where the camera pushes, without what may be a secret', async () => {
    for (const [login, kind] of [
      ['basic', 'basic'],
      ['query', 'query'],
    ] as const) {
      const { test } = await start(
        { login },
        { alarmPushMainServer: 'http://a:b@198.51.100.4/secret?key=c' },
      );
      assert.deepEqual((await test({ password: LOGIN.password })).info, {
        login: kind,
        heartbeatTime: '30',
        heartbeatServer: '(empty)',
        alarmPushMainServer: 'http://198.51.100.4/***',
        alarmPushSubServer: '(empty)',
      });
      for (const end of ends.splice(0).reverse()) await end();
    }
  });

  it('tells a wrong password and a firmware without alarm push apart', async () => {
    const { test, camera } = await start({ alarmPush: '404' });
    assert.equal((await test({ password: LOGIN.password })).code, 'CONFIG_NO_ALARM_PUSH');
    assert.equal((await test({ password: 'another' })).code, 'DEVICE_LOGIN_REFUSED');
    const refused = camera.refusals;
    assert.ok(refused <= 2);
    // Another click is no other login.
    assert.equal((await test({ password: 'another' })).code, 'DEVICE_LOGIN_REFUSED');
    assert.equal(camera.refusals, refused);
  });

  it('uses the stored password for the camera it was stored with, and for no other', async () => {
    const { test, camera } = await start();
    const elsewhere = await CgiCamera.start({ login: 'query' }, {}, LOGIN);
    ends.push(() => elsewhere.close());
    assert.ok((await test({ id: 'camera' })).info);
    assert.ok(camera.requests.length > 0);
    for (const change of [{ port: String(elsewhere.port) }, { port: '' }, { username: 'other' }, { id: '' }])
      assert.equal((await test({ id: 'camera', ...change })).code, 'PASSWORD_NEEDED');
    assert.deepEqual(elsewhere.requests, []);
    // Port 81 is meant where none is given; nothing listens there.
    assert.equal((await test({ id: 'usual', port: '81' })).code, 'DEVICE_REFUSED');
    assert.equal((await test({ id: 'usual', port: '80' })).code, 'PASSWORD_NEEDED');
  });

  it('hands on what is found, and what is wrong', async () => {
    const { post, search } = await start();
    assert.deepEqual(await post('discover', {}), { ok: true, devices: await search.next() });
    search.next = () => Promise.reject(new AlarmError('DISCOVERY_PORT_IN_USE'));
    assert.equal((await post('discover', {})).code, 'DISCOVERY_PORT_IN_USE');
  });
});
