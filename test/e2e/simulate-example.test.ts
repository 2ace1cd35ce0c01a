import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { exampleFlow, freePort, type NodeRed, startNodeRed } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';

describe('example: try a flow without a camera', () => {
  let nodeRed: NodeRed;

  before(async () => {
    nodeRed = await startNodeRed({
      flows: exampleFlow('22-try-without-a-camera', {
        'alarm-listener': { port: String(await freePort()) },
        debug: { console: true },
      }),
      credentials: { 'camera-alarms-listener': { secret: SECRET } },
    });
    await nodeRed.said(/waiting for alarms on port/);
  });
  after(async () => {
    await nodeRed?.stop();
  });

  const post = async (path: string) =>
    (await fetch(`http://127.0.0.1:${nodeRed.port}${path}`, { method: 'POST' })).status;

  it('plays a line crossing with a click, and says what the camera got', async () => {
    assert.equal(await post('/camera-alarms/alarm-simulate/try-without-a-camera-line'), 200);
    await nodeRed.said(/Line crossing: Gate/);
    await nodeRed.said(/ok: true,\s+status: 200,\s+answer: 'HTTP\/1\.1 200 OK/);
  });

  it('plays what a message says', async () => {
    assert.equal(await post('/inject/try-without-a-camera-night'), 200);
    await nodeRed.said(/Motion: Gate/);
    assert.doesNotMatch(nodeRed.log(), new RegExp(SECRET));
  });
});

describe('the button of a simulated device', () => {
  it('is for those alone who may change flows', async (t) => {
    const adminAuth =
      "{ type: 'credentials', users: [], default: { permissions: 'read' }, tokens: (token) => Promise.resolve(token === 'editor' ? { username: 'editor', permissions: '*' } : null) }";
    const nodeRed = await startNodeRed({
      flows: exampleFlow('22-try-without-a-camera', { 'alarm-listener': { port: String(await freePort()) } }),
      credentials: { 'camera-alarms-listener': { secret: SECRET } },
      adminAuth,
    });
    t.after(() => nodeRed.stop());
    const url = `http://127.0.0.1:${nodeRed.port}/camera-alarms/alarm-simulate/try-without-a-camera-line`;
    const post = async (headers: Record<string, string>) =>
      (await fetch(url, { method: 'POST', headers })).status;
    assert.equal(await post({}), 401);
    assert.equal(await post({ authorization: 'Bearer editor' }), 200);
  });
});
