import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { inspect } from 'node:util';
import helper from 'node-red-node-test-helper';
import type { VstarcamReport } from '../../nodes/lib/vstarcam-configure.js';
import type { VstarcamDeviceNode } from '../../nodes/vstarcam-device.js';
import type { CgiBehaviour } from '../../src/simulator/vstarcam/cgi-behaviour.js';
import { CgiCamera } from '../../src/simulator/vstarcam/cgi-camera.js';
import { SECRET } from '../configure/support.js';
import { LOGIN } from '../configure/vstarcam-support.js';
import { type Flow, flowNode, startFlow } from '../support/flow.js';
import { type FlowNode, freePort } from '../support/node-red.js';

const cameras: CgiCamera[] = [];
const folders: string[] = [];
let flow: Flow | undefined;
afterEach(async () => {
  await flow?.stop();
  flow = undefined;
  for (const camera of cameras.splice(0)) await camera.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const sinks = [
  flowNode('results', 'helper'),
  flowNode('errors', 'helper'),
  flowNode('statuses', 'helper'),
  flowNode('catch1', 'catch', { scope: null, wires: [['errors']] }),
  flowNode('status1', 'status', { scope: ['set'], wires: [['statuses']] }),
];

async function start(
  behaviour: Partial<CgiBehaviour> = {},
  config: object = {},
  device: object = {},
  login = LOGIN,
) {
  const camera = await CgiCamera.start(behaviour, {}, LOGIN);
  cameras.push(camera);
  const port = await freePort();
  const userDir = mkdtempSync(path.join(tmpdir(), 'camera-alarms-'));
  folders.push(userDir);
  const at = { protocol: 'http', host: '127.0.0.1', port: String(camera.port) };
  const nodes: FlowNode[] = [
    { id: 'camera', type: 'vstarcam-device', name: 'Door', vuid: 'VC0000000ABCD', ...at, ...device },
    { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port) },
    flowNode('set', 'vstarcam-configure', {
      device: 'camera',
      listener: 'listener',
      address: '192.0.2.10',
      wires: [['results']],
      ...config,
    }),
    ...sinks,
  ];
  flow = await startFlow(nodes, { camera: login, listener: { secret: SECRET } }, userDir);
  const running = flow;
  const ask = async (payload: unknown = 'anything') => {
    running.give('set', { payload, kept: 'of the message' });
    return (await running.at('results').take()) as unknown as {
      topic: string;
      payload: VstarcamReport;
      kept: string;
    };
  };
  return { camera, flow: running, ask, nodes, userDir, port };
}

describe('vstarcam-configure', () => {
  it('reads unless told otherwise, plans, applies and restores; the rest of the message passes', async () => {
    const { camera, flow, ask, port } = await start();
    const before = { ...camera.settings };
    const url = `http://192.0.2.10:${port}/${SECRET}/vstarcam`;
    const read = await ask();
    assert.equal(read.topic, 'vstarcam/VC0000000ABCD/configure');
    assert.equal(read.kept, 'of the message');
    assert.deepEqual(read.payload, {
      action: 'read',
      ok: true,
      changed: false,
      url,
      difference: [],
      remarks: [
        'heartbeatTime: 30',
        'heartbeatServer: (empty)',
        'alarmPushMainServer: (empty)',
        'alarmPushSubServer: (empty)',
      ],
      checks: [],
      device: { id: 'VC0000000ABCD', name: 'Door', address: '127.0.0.1' },
    });
    const { payload: plan } = await ask({ action: 'plan' });
    assert.equal(plan.difference[1], `heartbeatServer: (empty) -> http://192.0.2.10:${port}/***/vstarcam`);
    assert.deepEqual(camera.settings, before);
    assert.equal((await ask({ action: 'apply' })).payload.changed, true);
    assert.deepEqual(camera.settings, {
      ...before,
      heartbeatTime: '60',
      heartbeatServer: url,
      alarmPushMainServer: url,
    });
    assert.equal((await ask({ action: 'restore' })).payload.changed, true);
    assert.deepEqual(camera.settings, before);
    const texts: string[] = [];
    while (texts.length < 8) texts.push((await flow.at('statuses').take()).status?.text ?? '');
    assert.deepEqual(
      texts.map((text) => text.split('.').at(-1)),
      ['asking', 'read', 'asking', 'planned', 'asking', 'apply', 'asking', 'restore'],
    );
  });

  it('takes path, heartbeat and action of its settings', async () => {
    const { camera, ask, port } = await start({}, { path: 'door/push', heartbeat: '15', action: 'apply' });
    await ask();
    assert.equal(camera.settings.heartbeatTime, '15');
    assert.equal(camera.settings.alarmPushMainServer, `http://192.0.2.10:${port}/${SECRET}/door/push`);
  });

  it('remembers beyond a restart what was there, in a file that others cannot read', async () => {
    const { camera, flow, ask, nodes, userDir } = await start({ login: 'query' });
    const before = { ...camera.settings };
    await ask({ action: 'apply' });
    const folder = path.join(userDir, 'camera-alarms', 'devices');
    const [file, ...others] = readdirSync(folder);
    assert.deepEqual(others, []);
    assert.equal(statSync(path.join(folder, file ?? '')).mode & 0o777, 0o600);
    assert.doesNotMatch(readFileSync(path.join(folder, file ?? ''), 'utf8'), /Canary/);
    await flow.redeploy(nodes, 'full');
    assert.equal((await ask({ action: 'restore' })).payload.changed, true);
    assert.deepEqual(camera.settings, before);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('asks one after the other, however fast messages come', async () => {
    const { camera, flow } = await start();
    for (const action of ['apply', 'restore', 'apply', 'plan']) flow.give('set', { payload: { action } });
    const seen: boolean[] = [];
    while (seen.length < 4)
      seen.push(((await flow.at('results').take()).payload as unknown as VstarcamReport).changed);
    assert.deepEqual(seen, [true, true, true, false]);
    assert.equal(camera.settings.heartbeatTime, '60');
  });

  it('tells Catch nodes what is wrong, and never the password', async () => {
    for (const [behaviour, words, password] of [
      [{ login: 'query' }, /does not take the user name/, `${LOGIN.password}x`],
      [{ alarmPush: 'page' }, /no alarm push.*alarm_http_url/, LOGIN.password],
      [{ login: 'query', stores: [] }, /did not store/, LOGIN.password],
      [{ login: 'query', cuts: 'always' }, /broke its answer off/, LOGIN.password],
    ] as [Partial<CgiBehaviour>, RegExp, string][]) {
      const { camera, flow } = await start(behaviour, {}, {}, { ...LOGIN, password });
      const before = { ...camera.settings };
      flow.give('set', { payload: { action: 'apply' } });
      const caught = await flow.at('errors').take();
      assert.match(caught.error?.message ?? '', words);
      assert.deepEqual(camera.settings, before);
      const statuses = [await flow.at('statuses').take(), await flow.at('statuses').take()];
      assert.equal(statuses[1]?.status?.fill, 'red');
      assert.doesNotMatch(inspect([caught, statuses], { depth: 12 }), /Canary/);
      await flow.stop();
    }
    flow = undefined;
  });

  it('keeps the password out of the log', async () => {
    const { camera, flow, ask, nodes } = await start({ login: 'query' });
    // What a Catch node gets is not logged.
    await flow.redeploy(
      nodes.filter(({ type }) => type !== 'catch'),
      'full',
    );
    await ask({ action: 'apply' });
    camera.behaviour = { ...camera.behaviour, cuts: 'always' };
    flow.give('set', { payload: { action: 'plan' } });
    while ((await flow.at('statuses').take()).status?.fill !== 'red');
    const logged = inspect(helper.log().args, { depth: 8, maxArrayLength: null });
    assert.match(logged, /broke its answer off/);
    assert.doesNotMatch(logged, /Canary/);
  });

  it('says what is not chosen or not right', async () => {
    for (const [config, device, words] of [
      [{ listener: '' }, {}, /no listener is chosen/],
      [{ device: '' }, {}, /no device/],
      [{}, { host: '' }, /no device/],
      [{}, { host: 'a b' }, /not a host name/],
    ] as const) {
      const { flow } = await start({}, config, device);
      flow.give('set', { payload: {} });
      let message = '';
      // The device says it as well, where it is the one.
      while (!words.test(message)) message = (await flow.at('errors').take()).error?.message ?? '';
      await flow.stop();
    }
    flow = undefined;
  });

  it('looks on which way the camera is when no address is given', async () => {
    const { ask, port } = await start({}, { address: '' });
    assert.equal((await ask()).payload.url, `http://127.0.0.1:${port}/${SECRET}/vstarcam`);
  });
});

describe('vstarcam-device', () => {
  const node = () => helper.getNode('camera') as unknown as VstarcamDeviceNode;

  it('is known by its id, else by its address, and beats every minute unless told otherwise', async () => {
    await start();
    assert.deepEqual(node().sender, { name: 'Door', id: 'VC0000000ABCD' });
    assert.equal(node().heartbeatMs, 60_000);
    await flow?.stop();
    await start({}, {}, { vuid: '', name: '', heartbeat: '15' });
    assert.deepEqual(node().sender, { address: '127.0.0.1' });
    assert.deepEqual(node().device, { id: '127.0.0.1', address: '127.0.0.1' });
    assert.equal(node().heartbeatMs, 15_000);
    await flow?.stop();
    await start({}, {}, { heartbeat: '-3', host: '' });
    assert.equal(node().heartbeatMs, 60_000);
    assert.equal(node().client, undefined);
    assert.equal(node().device.id, 'VC0000000ABCD');
  });
});
