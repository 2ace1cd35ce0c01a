import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { type ConfigureReport, readOrder } from '../../nodes/lib/configure.js';
import { LIMITS } from '../../src/limits.js';
import { type Behaviour, behaviourOf } from '../../src/simulator/configurable/behaviour.js';
import { ConfigurableDevice } from '../../src/simulator/configurable/device.js';
import { cameraHosts } from '../../src/simulator/configurable/factory-hosts.js';
import { FAULTS } from '../../src/simulator/configurable/faults.js';
import { HttpHosts } from '../../src/vendors/isapi/http-hosts.js';
import { LOGIN, SECRET } from '../configure/support.js';
import { type Flow, flowNode, startFlow } from '../support/flow.js';
import { type FlowNode, freePort } from '../support/node-red.js';

/** What comes out of the node: on output 2 with what became of the entry. */
type Report = ConfigureReport & { readonly kept?: string };

/** Names no recurrence, and refuses it. */
const RECORDER = { triggerStyle: 'recorder', ...FAULTS.recurrenceRefused } as const;

const devices: ConfigurableDevice[] = [];
const folders: string[] = [];
let flow: Flow | undefined;
afterEach(async () => {
  await flow?.stop();
  flow = undefined;
  for (const device of devices.splice(0)) await device.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const sinks = [
  flowNode('results', 'helper'),
  flowNode('news', 'helper'),
  flowNode('errors', 'helper'),
  flowNode('statuses', 'helper'),
  flowNode('catch1', 'catch', { scope: null, wires: [['errors']] }),
  flowNode('status1', 'status', { scope: ['set'], wires: [['statuses']] }),
];

async function start(behaviour: Partial<Behaviour> = {}, config: object = {}, login = LOGIN) {
  const device = await ConfigurableDevice.start(behaviourOf({ test: 'always ok' }, behaviour));
  devices.push(device);
  const port = await freePort();
  const userDir = mkdtempSync(path.join(tmpdir(), 'camera-alarms-'));
  folders.push(userDir);
  const camera = { protocol: 'http', host: '127.0.0.1', port: String(device.port), name: 'Gate' };
  const nodes: FlowNode[] = [
    { id: 'camera', type: 'isapi-device', ...camera },
    { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port) },
    flowNode('set', 'isapi-configure', {
      device: 'camera',
      listener: 'listener',
      address: '192.0.2.10',
      wires: [['results'], ['news']],
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
      payload: Report;
      kept: string;
    };
  };
  return { device, flow: running, ask, nodes, userDir, port };
}

describe('isapi-configure', () => {
  it('plans unless told otherwise, applies and restores; the rest of the message passes', async () => {
    const { device, flow, ask, port } = await start();
    const before = device.hosts;
    const planned = await ask();
    assert.equal(planned.topic, 'isapi/127.0.0.1/configure');
    assert.equal(planned.kept, 'of the message');
    const { difference, ...plan } = planned.payload;
    assert.deepEqual(plan, {
      action: 'plan',
      ok: true,
      changed: false,
      slot: '1',
      url: `http://192.0.2.10:${port}/${SECRET}/isapi`,
      remarks: [],
      checks: [],
      device: { id: '127.0.0.1', name: 'Gate', address: '127.0.0.1' },
    });
    assert.equal(difference[0], 'slot 1: url: / -> /***/isapi');
    assert.deepEqual(device.hosts, before);
    const { payload } = await ask({ action: 'apply' });
    assert.deepEqual([payload.changed, payload.remarks], [true, ['the device reaches the listener']]);
    assert.equal((await ask({ action: 'restore' })).payload.changed, true);
    assert.deepEqual(device.hosts, before);
    const texts: string[] = [];
    while (texts.length < 6) texts.push((await flow.at('statuses').take()).status?.text ?? '');
    assert.match(texts[1] ?? '', /^\d\d:\d\d .*status\.planned$/);
    assert.match(texts[3] ?? '', /status\.apply$/);
  });

  it('remembers beyond a restart what was there, in a file that others cannot read', async () => {
    const { device, flow, ask, nodes, userDir } = await start();
    const before = device.hosts;
    await ask({ action: 'apply' });
    const folder = path.join(userDir, 'camera-alarms', 'devices');
    const [file, ...others] = readdirSync(folder);
    assert.deepEqual(others, []);
    assert.equal(statSync(path.join(folder, file ?? '')).mode & 0o777, 0o600);
    assert.doesNotMatch(readFileSync(path.join(folder, file ?? ''), 'utf8'), new RegExp(LOGIN.password));
    await flow.redeploy(nodes, 'full');
    assert.equal((await ask({ action: 'restore' })).payload.changed, true);
    assert.deepEqual(device.hosts, before);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('asks one after the other, however fast messages come', async () => {
    const { device, flow } = await start();
    for (const action of ['apply', 'restore', 'apply', 'plan']) flow.give('set', { payload: { action } });
    const seen: boolean[] = [];
    while (seen.length < 4)
      seen.push(((await flow.at('results').take()).payload as unknown as Report).changed);
    assert.deepEqual(seen, [true, true, true, false]);
    assert.equal(new HttpHosts(device.hosts, LIMITS).slots.filter(({ isFree }) => !isFree).length, 1);
  });

  it('tells Catch nodes what is wrong, with a stable code', async () => {
    const { device, flow } = await start({ login: { password: 'another' } });
    flow.give('set', { payload: { action: 'apply' } });
    const { error } = await flow.at('errors').take();
    assert.match(error?.message ?? '', /does not take the user name/);
    assert.equal(device.login.wrong, 1);
    flow.give('set', { payload: { action: 'explode' } });
    assert.match((await flow.at('errors').take()).error?.message ?? '', /none of the actions.*plan, apply/);
  });

  it('says what is not chosen', async () => {
    const { flow } = await start({}, { listener: '' });
    flow.give('set', { payload: {} });
    assert.match((await flow.at('errors').take()).error?.message ?? '', /no listener is chosen/);
    await flow.stop();
    const other = await start({}, { device: '' });
    other.flow.give('set', { payload: {} });
    assert.match((await other.flow.at('errors').take()).error?.message ?? '', /no device/);
  });

  it('looks on which way the device is when no address is given', async () => {
    const { ask, port } = await start({}, { address: '' });
    assert.equal((await ask()).payload.url, `http://127.0.0.1:${port}/${SECRET}/isapi`);
  });

  it('disarms and arms by a switch, and says which events notify', async () => {
    const { ask } = await start({}, { listener: '', action: 'linkage' });
    const { payload } = await ask({});
    assert.deepEqual(payload.checks.slice(1, 3), [
      {
        id: 'linkage-tamper-1',
        result: 'ok',
        text: 'tamperdetection, channel 1: notifies the surveillance center',
      },
      {
        id: 'linkage-linedetection-1',
        result: 'problem',
        text: 'linedetection, channel 1: notifies nobody',
        fix: 'linkage',
      },
    ]);
    const off = await ask({ center: false });
    assert.deepEqual(off.payload.difference, ['VMD-1: center: on -> off', 'tamper-1: center: on -> off']);
    const on = await ask({ center: 'true' });
    assert.deepEqual(on.payload.difference, ['VMD-1: center: off -> on', 'tamper-1: center: off -> on']);
    const one = await ask({ center: true, events: ['linedetection'] });
    assert.deepEqual(
      [one.payload.changed, one.payload.difference],
      [true, ['linedetection-1: center: off -> on']],
    );
  });

  it('arms beyond a restart what was disarmed, byte by byte', async () => {
    const { device, flow, ask, nodes } = await start(RECORDER, { action: 'linkage' });
    const before = device.triggers;
    const off = await ask({ center: 'OFF' });
    assert.equal(off.payload.difference.length, 2);
    await flow.redeploy(nodes, 'full');
    assert.equal((await ask({ center: 1 })).payload.difference.length, 2);
    assert.deepEqual(device.triggers, before);
    assert.equal((await ask({ center: 'on' })).payload.changed, false);
  });

  it('takes a switch as flows write it, and never guesses', () => {
    const read = (center: unknown) => readOrder({ action: 'linkage', center }, '', '').center;
    for (const on of [true, 'true', 'True', 'on', ' ON ', 1, '1']) assert.equal(read(on), true, String(on));
    for (const off of [false, 'false', 'FALSE', 'off', 'Off', 0, '0'])
      assert.equal(read(off), false, String(off));
    assert.equal(read(undefined), undefined);
    for (const odd of [null, '', 'yes', 2, -1, Number.NaN, [true], {}, 'true false'])
      assert.throws(
        () => read(odd),
        { code: 'CONFIG_ACTION_INVALID', message: /center is true or false/ },
        JSON.stringify(odd),
      );
  });

  it('gives a device again what it forgot, and tells of it on output 2, once', async () => {
    const { device, flow, ask } = await start({}, { every: '0.001' });
    await ask({ action: 'apply' });
    device.factoryReset();
    const { payload, topic } = (await flow.at('news').take()) as unknown as {
      payload: Report;
      topic: string;
    };
    assert.equal(topic, 'isapi/127.0.0.1/configure');
    assert.deepEqual(
      [payload.action, payload.kept, payload.ok, payload.changed],
      ['keep', 'renewed', true, true],
    );
    assert.equal(new HttpHosts(device.hosts, LIMITS).slots[0]?.host, '192.0.2.10');
  });

  it('reports an entry that somebody else took, and leaves it alone', async () => {
    const { device, flow, ask } = await start({}, { every: '0.001' });
    await ask({ action: 'apply' });
    const taken = cameraHosts([{ address: '203.0.113.31', port: 8000, url: '/alarms' }]);
    device.behaviour.configured = taken;
    device.behaviour.hosts = taken;
    device.factoryReset();
    const { payload } = (await flow.at('news').take()) as unknown as { payload: Report };
    assert.deepEqual(
      [payload.kept, payload.ok, payload.remarks],
      ['taken', false, ['slot 1: 203.0.113.31:8000']],
    );
    assert.equal(device.hosts.toString(), taken);
  });
});
