import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { GATE_SCENES, type Scene, simulatedCamera } from '../../src/simulator/hikvision.js';
import { type FlowNode, freePort, startNodeRed } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';

const [crossing] = GATE_SCENES as readonly [Scene];
const LASTING = { default: { module: 'localfilesystem', config: { flushInterval: 1 } } };

function flows(port: number): FlowNode[] {
  const place = { z: 'tab', x: 1, y: 1 };
  const log = { ...place, type: 'debug', active: true, console: true, targetType: 'jsonata', wires: [] };
  return [
    { id: 'tab', type: 'tab', label: 'filter' },
    { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port), spool: 'off' },
    {
      ...place,
      id: 'in',
      type: 'isapi-alarm-in',
      listener: 'listener',
      path: '/isapi',
      wires: [['filter'], []],
    },
    { ...place, id: 'switch', type: 'http in', url: '/armed', method: 'post', wires: [['filter', 'answer']] },
    { ...place, id: 'answer', type: 'http response', statusCode: '200', wires: [] },
    { ...place, id: 'filter', type: 'alarm-filter', cooldown: '600', wires: [['passed'], ['held']] },
    { ...log, id: 'passed', complete: '"passed " & payload.kind' },
    { ...log, id: 'held', complete: '"held back " & suppressed.reason' },
  ];
}

test('a filter goes on behind a restart of Node-RED whose context lasts: still disarmed, its cool-down not over', async () => {
  const userDir = mkdtempSync(path.join(tmpdir(), 'camera-alarms-'));
  const port = await freePort();
  const options = {
    flows: flows(port),
    credentials: { listener: { secret: SECRET } },
    userDir,
    settings: { contextStorage: LASTING },
  };
  const target = { host: '127.0.0.1', port, path: `/${SECRET}/isapi` };
  const camera = simulatedCamera();
  let nodeRed = await startNodeRed(options);
  const arm = async (armed: boolean) => {
    const body = JSON.stringify({ armed });
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(`http://127.0.0.1:${nodeRed.port}/armed`, {
      method: 'POST',
      headers,
      body,
    });
    assert.equal(status, 200);
  };
  try {
    await nodeRed.said(/waiting for alarms/);
    await camera.push(target, crossing);
    await nodeRed.said(/passed line-crossing/);
    await arm(false);
    await nodeRed.stop();
    nodeRed = await startNodeRed(options);
    await nodeRed.said(/waiting for alarms/);
    await camera.push(target, crossing);
    await nodeRed.said(/held back armed/);
    await arm(true);
    await camera.push(target, crossing);
    await nodeRed.said(/held back cooldown/);
    assert.doesNotMatch(nodeRed.log(), /passed/);
  } finally {
    await nodeRed.stop();
    rmSync(userDir, { recursive: true, force: true });
  }
});
