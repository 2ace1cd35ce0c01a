import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CgiCamera } from '../../src/simulator/vstarcam/cgi-camera.js';
import { exampleFlow, freePort, type NodeRed, startNodeRed } from '../support/node-red.js';
import { DEVICE_LOGIN, SECRET } from '../support/secrets.js';

const LOGIN = { username: 'admin', password: DEVICE_LOGIN.password };

describe('example: configure a VStarcam camera', () => {
  let nodeRed: NodeRed;
  let camera: CgiCamera;
  let port: number;

  before(async () => {
    camera = await CgiCamera.start({ login: 'query' }, {}, LOGIN);
    port = await freePort();
    nodeRed = await startNodeRed({
      flows: exampleFlow('12-configure-vstarcam', {
        'alarm-listener': { host: '127.0.0.1', port: String(port) },
        'vstarcam-device': { host: '127.0.0.1', port: String(camera.port) },
        debug: { console: true },
      }),
      credentials: {
        'configure-vstarcam-listener': { secret: SECRET },
        'configure-vstarcam-camera': LOGIN,
      },
    });
  });
  after(async () => {
    await nodeRed?.stop();
    await camera?.close();
  });

  /** A click on the button of an inject node. */
  const click = async (id: string) => {
    const response = await fetch(`http://127.0.0.1:${nodeRed.port}/inject/${id}`, { method: 'POST' });
    assert.equal(response.status, 200);
  };

  it('shows the plan, applies it and restores, and never writes the password down', async () => {
    const before = { ...camera.settings };
    await click('configure-vstarcam-plan');
    await nodeRed.said(/'heartbeatServer: \(empty\) -> http:\/\/127\.0\.0\.1:\d+\/\*\*\*\/vstarcam'/);
    assert.deepEqual(camera.settings, before);
    await click('configure-vstarcam-apply');
    await nodeRed.said(/action: 'apply'/);
    const url = `http://127.0.0.1:${port}/${SECRET}/vstarcam`;
    assert.deepEqual([camera.settings.heartbeatServer, camera.settings.alarmPushMainServer], [url, url]);
    await click('configure-vstarcam-restore');
    await nodeRed.said(/action: 'restore'/);
    assert.deepEqual(camera.settings, before);
    assert.doesNotMatch(nodeRed.log(), /Canary/);
  });
});
