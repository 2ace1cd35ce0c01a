import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { ConfigurableDevice } from '../../src/simulator/configurable/device.js';
import { LOGIN, SECRET } from '../configure/support.js';
import { closeBrowser, type Editor, openEditor, openNode, settled } from '../support/editor.js';
import { freePort, type NodeRed, startNodeRed } from '../support/node-red.js';

describe('the dialog of isapi-alarm-in tells a device where to push', () => {
  let nodeRed: NodeRed;
  let editor: Editor;
  let device: ConfigurableDevice;
  let port: number;

  before(async () => {
    device = await ConfigurableDevice.start({ test: 'always ok' });
    port = await freePort();
    const camera = { type: 'isapi-device', protocol: 'http', host: '127.0.0.1', port: String(device.port) };
    nodeRed = await startNodeRed({
      flows: [
        { id: 'tab', type: 'tab', label: 'Flow' },
        { id: 'camera', name: 'Gate', ...camera },
        { id: 'listener', type: 'alarm-listener', host: '0.0.0.0', port: String(port) },
        {
          id: 'in',
          type: 'isapi-alarm-in',
          z: 'tab',
          x: 200,
          y: 200,
          wires: [[], []],
          device: 'camera',
          listener: 'listener',
          path: '/isapi',
        },
      ],
      credentials: { camera: LOGIN, listener: { secret: SECRET } },
    });
    editor = await openEditor(nodeRed.port, { height: 1200 });
    await openNode(editor.page);
    await settled(editor.page);
  });
  after(async () => {
    await editor?.close();
    await closeBrowser();
    await nodeRed?.stop();
    await device?.close();
  });

  it('shows the address that the device reaches this machine by', async () => {
    const address = editor.page.locator('#camera-alarms-address');
    await address.filter({ hasText: /^127\.0\.0\.1$/ }).waitFor();
    await editor.page.waitForLoadState('networkidle');
    assert.equal(await address.textContent(), '127.0.0.1');
    assert.equal(await editor.page.textContent('#camera-alarms-url'), `/${SECRET}/isapi`);
    assert.equal(await editor.page.textContent('#camera-alarms-port'), String(port));
  });

  it('shows what would change, does it, and takes it back, each on a click', async () => {
    const { page } = editor;
    const before = device.hosts;
    await page.click('#camera-alarms-plan');
    const plan = await shown(page, /This would change/);
    assert.match(plan, /slot 1: url: \/ -> \/\*\*\*\/isapi/);
    assert.doesNotMatch(plan, new RegExp(SECRET));
    assert.deepEqual(device.hosts, before);
    await page.click('#camera-alarms-apply');
    assert.match(await shown(page, /Done/), /the device reaches the listener/);
    assert.match(device.hosts.toString(), new RegExp(`/${SECRET}/isapi`));
    await page.click('#camera-alarms-restore');
    await shown(page, /As it was before/);
    assert.deepEqual(device.hosts, before);
  });

  it('says in plain words what is wrong', async () => {
    const { page } = editor;
    device.behaviour.hosts = undefined;
    device.factoryReset();
    await page.click('#camera-alarms-plan');
    await shown(page, /The device cannot push\. Use the alert stream instead\./);
    assert.deepEqual(editor.problems, []);
  });

  it('tells a device only what is deployed', async () => {
    const { page } = editor;
    await page.evaluate("RED.nodes.node('listener').changed = true");
    const asked = device.requests.length;
    await page.click('#camera-alarms-plan');
    await shown(page, /Deploy first/);
    assert.equal(device.requests.length, asked);
    await page.selectOption('#node-input-device', '_ADD_').catch(() => undefined);
    assert.equal(await page.locator('#camera-alarms-setup').isVisible(), false);
  });
});

async function shown(page: Page, words: RegExp): Promise<string> {
  const result = page.locator('#camera-alarms-setup-result');
  await result
    .filter({ hasText: words })
    .waitFor({ timeout: 10_000 })
    .catch(async () => assert.match((await result.textContent()) ?? '', words));
  return (await result.textContent()) ?? '';
}
