import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { GATE_SCENES, type Scene, simulatedCamera } from '../../src/simulator/hikvision.js';
import { flowNode, startFlow } from '../support/flow.js';
import { freePort } from '../support/node-red.js';

const SECRET = 'trouble12345';
const [, motion] = GATE_SCENES as readonly [Scene, Scene];

test('while nothing can be written the nodes are red and the camera is asked to come again; then all is well', async (t) => {
  const userDir = mkdtempSync(path.join(tmpdir(), 'camera-alarms-trouble-'));
  t.after(() => rmSync(userDir, { recursive: true }));
  // A file where the folder should be: even root cannot write there.
  const blocked = path.join(userDir, 'camera-alarms', 'spool');
  mkdirSync(path.dirname(blocked));
  writeFileSync(blocked, '');
  const port = await freePort();
  const nodes = [
    { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port) },
    flowNode('in', 'isapi-alarm-in', { listener: 'listener', wires: [['alarms'], ['states']] }),
    flowNode('status1', 'status', { scope: null, wires: [['statuses']] }),
    flowNode('catch1', 'catch', { scope: null, wires: [['errors']] }),
    ...['alarms', 'states', 'statuses', 'errors'].map((id) => flowNode(id, 'helper')),
  ];
  const settings = { cameraAlarms: { limits: { spoolRetryMs: 20 } } };
  const flow = await startFlow(nodes, { listener: { secret: SECRET } }, userDir, settings);
  t.after(() => flow.stop());
  const status = async (text: RegExp) => {
    for (;;) {
      const { status: shown } = await flow.at('statuses').take();
      if (text.test(shown?.text ?? '')) return shown;
    }
  };
  const target = { host: '127.0.0.1', port, path: `/${SECRET}/isapi` };

  assert.equal((await status(/error\.SPOOL_/))?.fill, 'red');
  assert.equal((await flow.at('errors').take()).error?.code, 'SPOOL_FAILED');
  assert.match(
    await simulatedCamera().push(target, motion),
    /^HTTP\/1\.1 503 [\s\S]*\r\nRetry-After: 5\r\n/i,
  );
  let state = await flow.at('states').take();
  while (state.payload.event !== 'overload') state = await flow.at('states').take();
  assert.match(state.payload.reason ?? '', /^SPOOL_FAILED: /);

  rmSync(blocked);
  assert.equal((await status(/listening/))?.fill, 'green');
  assert.match(await simulatedCamera().push(target, motion), /^HTTP\/1\.1 200 /);
  assert.equal((await flow.at('alarms').take()).payload.kind, 'motion');
  assert.equal(flow.at('errors').size, 0);
});
