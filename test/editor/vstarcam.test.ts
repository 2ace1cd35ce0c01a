import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { CgiCamera } from '../../src/simulator/vstarcam/cgi-camera.js';
import { closeBrowser, type Editor, openEditor, openNode, settled } from '../support/editor.js';
import { type NodeRed, startNodeRed } from '../support/node-red.js';

const HOSTILE = '<img src=x onerror="window.hacked=1"> $t(label.host) __time__';
const LOGIN = { username: 'admin', password: 'Secret-Wire-1' };

describe('the dialog of a VStarcam camera', () => {
  let nodeRed: NodeRed;
  let editor: Editor;
  let camera: CgiCamera;

  before(async () => {
    camera = await CgiCamera.start({ login: 'query' }, {}, LOGIN);
    const at = { protocol: 'http', host: '127.0.0.1', port: String(camera.port), heartbeat: '60' };
    nodeRed = await startNodeRed({
      flows: [
        { id: 'tab', type: 'tab', label: 'Flow' },
        { id: 'camera', type: 'vstarcam-device', name: '', vuid: '', verifyTls: true, ...at },
        { id: 'set', type: 'vstarcam-configure', z: 'tab', x: 200, y: 200, wires: [[]], device: 'camera' },
      ],
      credentials: { camera: LOGIN },
    });
    editor = await openEditor(nodeRed.port);
  });
  after(async () => {
    await editor?.close();
    await closeBrowser();
    await nodeRed?.stop();
    await camera?.close();
  });

  it('tests the deployed camera with the stored password', async () => {
    const { page } = editor;
    await openNode(page);
    await settled(page);
    await page.click('#node-input-btn-device-edit');
    await page.waitForSelector('#camera-alarms-vstarcam-test', { state: 'visible' });
    await settled(page);
    const result = await press(page, 'test', /can push alarms/);
    for (const text of ['in the address (loginuse)', 'Heartbeat goes to', '(empty)'])
      assert.ok(result.includes(text), result);
  });

  it('says what a firmware without alarm push can do instead', async () => {
    const { page } = editor;
    camera.behaviour = { ...camera.behaviour, alarmPush: '404' };
    await press(page, 'test', /no alarm push.*alarm_http_url.*no picture/);
    await page.fill('#node-config-input-port', '1');
    await press(page, 'test', /Type the password again/);
  });

  it('finds cameras and fills in the one that is chosen; what they say is text', async () => {
    const { page } = editor;
    const found = { mac: '00:00:5e:00:53:01', address: '192.0.2.8', httpPort: 46_737, vuid: 'VC0000000ABCD' };
    const json = { ok: true, devices: [{ ...found, name: HOSTILE }] };
    await page.route('**/vstarcam-device/discover', (route) => route.fulfill({ json }));
    const list = await press(page, 'discover', /VC0000000ABCD/, 'found');
    assert.ok(list.includes(HOSTILE), list);
    await page.locator('.camera-alarms-found').click();
    const names = ['host', 'port', 'vuid', 'name'];
    const values = await Promise.all(names.map((name) => page.inputValue(`#node-config-input-${name}`)));
    assert.deepEqual(values, ['192.0.2.8', '46737', 'VC0000000ABCD', HOSTILE]);
    assert.equal(await page.evaluate('window.hacked'), undefined);
    assert.deepEqual(editor.problems, []);
  });
});

/** Presses a button and waits for what it shows. */
async function press(page: Page, button: string, words: RegExp, place = 'result'): Promise<string> {
  await page.click(`#camera-alarms-vstarcam-${button}`);
  const shown = page.locator(`#camera-alarms-vstarcam-${place}`);
  await shown
    .filter({ hasText: words })
    .waitFor({ timeout: 10_000 })
    .catch(async () => {
      assert.match((await shown.textContent()) ?? '', words);
    });
  return (await shown.textContent()) ?? '';
}
