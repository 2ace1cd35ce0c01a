import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pushRequest, send } from '../../src/simulator/http-push.js';
import { type FlowNode, freePort, startNodeRed } from '../support/node-red.js';

const SECRET = 'settings1234';
const MISTAKE = /cameraAlarms\.limits\.bodyBites in settings\.js is ignored: there is no limit of that name/g;

test('limits of settings.js hold in Node-RED, a mistake is in its log once, and the editor gets none of it', async (t) => {
  const [port, other] = [String(await freePort()), String(await freePort())];
  const z = 'tab';
  const flows: FlowNode[] = [
    { id: z, type: 'tab', label: 'limits' },
    { id: 'one', type: 'alarm-listener', host: '127.0.0.1', port },
    { id: 'two', type: 'alarm-listener', host: '127.0.0.1', port: other },
    { id: 'in1', type: 'isapi-alarm-in', z, listener: 'one', path: '/isapi', x: 1, y: 1, wires: [[], []] },
    { id: 'in2', type: 'isapi-alarm-in', z, listener: 'two', path: '/isapi', x: 1, y: 2, wires: [[], []] },
  ];
  const cameraAlarms = { limits: { bodyBytes: 1_000, bodyBites: 2_000 }, deviceLimits: { pauseMs: 424_242 } };
  const credentials = { one: { secret: SECRET }, two: { secret: SECRET } };
  const nodeRed = await startNodeRed({ flows, credentials, settings: { cameraAlarms } });
  t.after(() => nodeRed.stop());
  for (const each of [port, other]) await nodeRed.said(new RegExp(`waiting for alarms on port ${each}`));
  for (const [bytes, status] of [
    [1_001, '413'],
    [1_000, '200'],
  ] as const) {
    const target = { host: '127.0.0.1', port: Number(other), path: `/${SECRET}/isapi` };
    const answer = await send(target, pushRequest(target, 'text/plain', Buffer.alloc(bytes, 'x')));
    assert.equal(answer.split(' ')[1], status);
  }
  assert.equal(nodeRed.log().match(MISTAKE)?.length, 1, nodeRed.log());
  for (const page of ['settings', 'settings/user', 'nodes', 'flows', 'red/red.min.js']) {
    const response = await fetch(`http://127.0.0.1:${nodeRed.port}/${page}`, {
      headers: { accept: 'application/json' },
    });
    const text = await response.text();
    assert.equal(response.status, 200, page);
    assert.doesNotMatch(text, /cameraAlarms|bodyBites|424242/, page);
  }
});
