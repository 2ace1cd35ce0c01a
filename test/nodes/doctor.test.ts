import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { NodeAPI } from 'node-red';
import helper from 'node-red-node-test-helper';
import registerListener from '../../nodes/alarm-listener.js';
import registerAlertStream from '../../nodes/alertstream.js';
import registerConfigure from '../../nodes/isapi-configure.js';
import registerDevice from '../../nodes/isapi-device.js';
import type { ConfigureReport } from '../../nodes/lib/configure.js';
import type { Check } from '../../src/index.js';
import { type Behaviour, behaviourOf } from '../../src/simulator/configurable/behaviour.js';
import { ConfigurableDevice } from '../../src/simulator/configurable/device.js';
import {
  LISTENER,
  MISCONFIGURATIONS,
  wellConfigured,
} from '../../src/simulator/configurable/misconfigurations.js';
import { LOGIN } from '../configure/support.js';
import { type FlowNode, ROOT } from '../support/node-red.js';

const RUNTIME = require.resolve('node-red', {
  paths: [path.join(process.env['NODE_RED_DIR'] ?? ROOT, 'node_modules')],
});
const [, SECRET = ''] = LISTENER.path.split('/');
const STREAM = '/ISAPI/Event/notification/alertStream';

/** What the route of the dialog answers. */
interface Answer {
  readonly ok: boolean;
  readonly code?: string;
  readonly checks?: readonly Check[];
}

/** Node-RED with a deployed device, and a node that sets it up; `more` nodes beside them. */
async function start(t: TestContext, behaviour: Partial<Behaviour>, config = {}, more: FlowNode[] = []) {
  const device = await ConfigurableDevice.start(behaviourOf({ test: 'always ok' }, behaviour));
  const userDir = mkdtempSync(path.join(tmpdir(), 'camera-alarms-'));
  helper.init(RUNTIME, { userDir });
  await new Promise<void>((resolve) => helper.startServer(resolve));
  const camera = { protocol: 'http', host: '127.0.0.1', port: String(device.port) };
  const flow: FlowNode[] = [
    { id: 'tab1', type: 'tab', label: 'test' },
    { id: 'camera', type: 'isapi-device', ...camera },
    { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(LISTENER.port) },
    {
      id: 'set',
      type: 'isapi-configure',
      z: 'tab1',
      device: 'camera',
      listener: 'listener',
      address: LISTENER.address,
      action: 'doctor',
      wires: [['results'], []],
      ...config,
    },
    { id: 'results', type: 'helper', z: 'tab1' },
    ...more,
  ];
  let admin = {} as NodeAPI['httpAdmin'];
  const register = (RED: NodeAPI) => {
    const open = (_: unknown, __: unknown, next: () => void) => next();
    Object.assign(RED, { auth: { needsPermission: () => open } });
    admin = RED.httpAdmin;
    for (const each of [registerListener, registerDevice, registerAlertStream, registerConfigure]) each(RED);
  };
  await helper.load([register], flow, { camera: LOGIN, listener: { secret: SECRET } });
  const server = http.createServer(admin).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await helper.unload();
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    await device.close();
    rmSync(userDir, { recursive: true });
  });
  const examine = async () => {
    const result = new Promise<ConfigureReport>((resolve) =>
      helper.getNode('results').once('input', (msg: { payload: ConfigureReport }) => resolve(msg.payload)),
    );
    helper.getNode('set').receive({ payload: 'anything' });
    return result;
  };
  const press = async (body: object): Promise<Answer> => {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/camera-alarms/isapi-device/doctor`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Answer;
  };
  return { device, examine, press };
}

const problems = (checks: readonly Check[] = []) =>
  checks.filter(({ result }) => result === 'problem').map(({ id }) => id);

test('the node: a healthy device, and one that pushes to an old secret', async (t) => {
  const { examine } = await start(t, wellConfigured());
  const { ok, action, changed, checks } = await examine();
  assert.deepEqual([ok, action, changed, problems(checks)], [true, 'doctor', false, []]);
  assert.ok(checks.some(({ id, result }) => id === 'entry' && result === 'ok'));
});

test('the node: what is wrong, with the action that mends it, and without the secret', async (t) => {
  const { examine } = await start(t, MISCONFIGURATIONS.oldSecret.behaviour);
  const report = await examine();
  assert.deepEqual([report.ok, problems(report.checks)], [false, ['entry']]);
  assert.equal(report.checks.find(({ id }) => id === 'entry')?.fix, 'apply');
  assert.ok(!JSON.stringify(report).includes(SECRET));
});

test('the node without a listener says nothing of an entry, and looks at the events it was given', async (t) => {
  const { examine } = await start(t, wellConfigured(), { listener: '', events: 'IO' });
  const { checks } = await examine();
  assert.ok(!checks.some(({ id }) => id === 'entry' || id === 'listener-reached'));
  assert.deepEqual(problems(checks), ['linkage-IO-1']);
});

test('the button: the device as it is deployed, with its stored login', async (t) => {
  const { device, press } = await start(t, MISCONFIGURATIONS.clockAhead.behaviour);
  const { ok, checks } = await press({ id: 'camera', host: '192.0.2.1', password: 'typed' });
  assert.deepEqual([ok, problems(checks)], [true, ['clock']]);
  assert.equal(device.login.wrong, 0);
  for (const body of [{}, { id: 'new' }, { id: 'listener' }, { id: ['camera'] }, { id: '__proto__' }])
    assert.equal((await press(body)).code, 'DOCTOR_NOT_DEPLOYED', JSON.stringify(body));
});

test('the button: one examination of a device at a time, and a wrong password once', async (t) => {
  const { device, press } = await start(t, MISCONFIGURATIONS.wrongPassword.behaviour);
  const answers = await Promise.all([press({ id: 'camera' }), press({ id: 'camera' })]);
  assert.deepEqual(new Set(answers.map(({ code }) => code)), new Set(['TESTS_TOO_MANY', undefined]));
  assert.deepEqual(problems(answers.find(({ ok }) => ok)?.checks), ['login']);
  assert.equal(device.login.wrong, 1);
});

test('a device that streams to us already is not asked for a second stream', async (t) => {
  const stream = { id: 'stream', type: 'alertstream', z: 'tab1', device: 'camera', wires: [['state'], []] };
  const state = { id: 'state', type: 'helper', z: 'tab1' };
  const { device, examine } = await start(t, wellConfigured(), {}, [
    { ...stream, wires: [[], ['state']] },
    state,
  ]);
  const online = new Promise((resolve) => helper.getNode('state').once('input', resolve));
  await online;
  const { checks } = await examine();
  assert.deepEqual(checks.at(-1), {
    id: 'stream',
    result: 'ok',
    text: 'The alert stream is open and beats.',
  });
  assert.equal(device.requests.filter(({ target }) => target === STREAM).length, 1);
});
