import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { closeBrowser, dragNode, type Editor, openEditor, openNode, settled } from '../support/editor.js';
import { type NodeRed, startNodeRed } from '../support/node-red.js';
import { OWN_ADDRESSES } from '../support/own-addresses.js';

describe('the dialogs of the UDP nodes', () => {
  let nodeRed: NodeRed;
  let editor: Editor;

  before(async () => {
    nodeRed = await startNodeRed({ flows: [{ id: 'tab', type: 'tab', label: 'Flow' }] });
    editor = await openEditor(nodeRed.port);
  });
  after(async () => {
    await editor?.close();
    await closeBrowser();
    await nodeRed?.stop();
  });

  /** Waits until the dialog says so: it asks for the addresses of this machine. */
  const shows = async (method: string, address: string, port: string) => {
    const texts =
      "$('#camera-alarms-method, #camera-alarms-address, #camera-alarms-port').get().map((each) => each.textContent).join()";
    const wanted = JSON.stringify([method, address, port].join());
    await editor.page.waitForFunction(`$('#camera-alarms-target').is(':visible') && ${texts} === ${wanted}`);
  };
  const closeListener = async () => {
    const { page } = editor;
    await page.click('#node-config-dialog-ok');
    await page.waitForSelector('#node-config-dialog-ok', { state: 'detached' });
    await settled(page);
  };
  const openListener = async () => {
    const { page } = editor;
    await page.click('#node-input-btn-listener-edit');
    await page.waitForSelector('#node-config-input-port', { state: 'visible' });
    await settled(page);
  };

  it('say when a setting cannot be, and ask for a group with multicast alone', async () => {
    const { page } = editor;
    await dragNode(page, 'udp-push-in', 340, 200);
    await openNode(page);
    await settled(page);
    assert.equal(await page.locator('#camera-alarms-no-listener').isVisible(), true);
    await page.click('#node-input-btn-listener-add');
    await page.waitForSelector('#node-config-input-port', { state: 'visible' });
    await settled(page);
    const group = page.locator('#node-config-input-group');
    assert.equal(await page.inputValue('#node-config-input-port'), '5000');
    assert.equal(await page.inputValue('#node-config-input-mode'), 'unicast');
    assert.equal(await group.isVisible(), false);
    await page.selectOption('#node-config-input-mode', 'multicast');
    assert.equal(await group.isVisible(), true);
    for (const [field, wrong, right] of [
      ['port', '0', '5000'],
      ['group', '192.0.2.1', '239.192.0.10'],
      ['group', '', '239.192.0.10'],
      ['interface', 'eth0', ''],
      ['allow', 'my recorder', '127.0.0.0/8'],
    ] as const) {
      const input = page.locator(`#node-config-input-${field}`);
      await input.fill(wrong);
      await input.blur();
      assert.match((await input.getAttribute('class')) ?? '', /input-error/, `${field} ${wrong}`);
      await input.fill(right);
      await input.blur();
      assert.doesNotMatch((await input.getAttribute('class')) ?? '', /input-error/, `${field} ${right}`);
    }
    await closeListener();
  });

  it('show what to type into the device, for each way to send', async () => {
    const { page } = editor;
    await shows('Multicast', '239.192.0.10', '5000');
    await openListener();
    await page.selectOption('#node-config-input-mode', 'broadcast');
    await closeListener();
    await shows('Broadcast', '255.255.255.255', '5000');
    await openListener();
    await page.selectOption('#node-config-input-mode', 'unicast');
    await closeListener();
    const address = OWN_ADDRESSES.length > 0 ? OWN_ADDRESSES.join(' / ') : 'the address of this machine';
    await shows('Unicast', address, '5000');
    await openListener();
    await page.fill('#node-config-input-interface', '127.0.0.1');
    await closeListener();
    await shows('Unicast', '127.0.0.1', '5000');
  });

  it('deploy a listener that receives, and shows what it dropped', async () => {
    const { page } = editor;
    await page.click('#node-dialog-ok');
    await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
    await settled(page);
    await page.click('#red-ui-header-button-deploy');
    await nodeRed.said(/waiting for alarms on port 5000/);
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    for (let count = 0; count < 200; count++) socket.send('hello', 5000, '127.0.0.1');
    await page.waitForFunction(
      `/^\\d+ dropped$/.test(document.querySelector('.red-ui-flow-node-status-label')?.textContent)`,
    );
    socket.close();
  });

  it('had no script error and no failed request', () => {
    assert.deepEqual(editor.problems, []);
  });
});
