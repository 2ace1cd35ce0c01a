import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SYSTEM_CLOCK } from '../../src/clock.js';
import { Stage } from '../../src/simulator/index.js';
import { closeBrowser, dragNode, type Editor, openEditor, openNode, settled } from '../support/editor.js';
import { freePort, type NodeRed, startNodeRed } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';

const STAGE = new Stage(SYSTEM_CLOCK, 0);

describe('the node that simulates alarms', () => {
  let nodeRed: NodeRed;
  let editor: Editor;

  before(async () => {
    const port = String(await freePort());
    nodeRed = await startNodeRed({
      flows: [
        { id: 'tab', type: 'tab', label: 'Flow' },
        {
          id: 'gate',
          type: 'isapi-alarm-in',
          z: 'tab',
          x: 200,
          y: 300,
          listener: 'http1',
          path: '/gate',
          wires: [['shown'], []],
        },
        {
          id: 'shown',
          type: 'debug',
          z: 'tab',
          x: 520,
          y: 300,
          active: true,
          tosidebar: true,
          tostatus: true,
          complete: 'payload.title',
          targetType: 'msg',
          statusVal: 'payload.title',
          statusType: 'msg',
        },
        { id: 'http1', type: 'alarm-listener', name: 'Alarms <b>', host: '127.0.0.1', port, auth: 'none' },
      ],
      credentials: { http1: { secret: SECRET } },
    });
    editor = await openEditor(nodeRed.port);
  });
  after(async () => {
    await editor?.close();
    await closeBrowser();
    await nodeRed?.stop();
  });

  const values = (field: string) =>
    editor.page
      .locator(`#node-input-${field} option`)
      .evaluateAll((options) => options.map((each) => (each as unknown as { value: string }).value));
  const texts = (field: string) => editor.page.locator(`#node-input-${field} option`).allTextContents();

  it('is dragged in and plays to the listener that a node receives from, at its path', async () => {
    const { page } = editor;
    await dragNode(page, 'alarm-simulate', 340, 160);
    await openNode(page, 2);
    await settled(page);
    assert.deepEqual(
      [
        await page.inputValue('#node-input-vendor'),
        await page.inputValue('#node-input-target'),
        await page.inputValue('#node-input-path'),
      ],
      ['isapi', 'http1', '/gate'],
    );
    assert.equal(await page.locator('#camera-alarms-nobody').isVisible(), false);
    assert.ok((await texts('target')).includes('Alarms <b>'));
  });

  it('offers what each device can be played, by its name', async () => {
    const { page } = editor;
    for (const vendor of ['vstarcam', 'raysharp', 'isapi'] as const) {
      await page.selectOption('#node-input-vendor', vendor);
      assert.deepEqual((await values('kind')).sort(), [...STAGE.kinds(vendor)].sort());
      for (const text of await texts('kind')) assert.match(text, /^[A-Z][a-z ]+$/);
      assert.equal(await page.locator('#camera-alarms-nobody').isVisible(), vendor !== 'isapi');
    }
    assert.equal(await page.inputValue('#node-input-path'), '/gate');
  });

  it('makes a new listener of either kind, and says who can send to it', async () => {
    const { page } = editor;
    for (const [button, port] of [
      ['add-udp', '5000'],
      ['add-http', '8089'],
    ] as const) {
      const before = await values('target');
      await page.click(`#camera-alarms-${button}`);
      await page.waitForSelector('#node-config-input-port', { state: 'visible' });
      await settled(page);
      assert.equal(await page.inputValue('#node-config-input-port'), port);
      await page.click('#node-config-dialog-ok');
      await page.waitForSelector('#node-config-dialog-ok', { state: 'detached' });
      await settled(page);
      const chosen = await page.inputValue('#node-input-target');
      assert.equal(before.includes(chosen), false);
      assert.deepEqual((await values('target')).sort(), [...before, chosen].sort());
      const udp = button === 'add-udp';
      assert.equal(await page.locator('#camera-alarms-only-recorder').isVisible(), udp);
      assert.equal(await page.locator('#node-input-picture').isVisible(), !udp);
      assert.equal(await page.locator('#camera-alarms-nobody').isVisible(), true);
    }
    await page.selectOption('#node-input-target', 'http1');
    assert.equal(await page.inputValue('#node-input-path'), '/gate');
  });

  it('is deployed, and a click on its button brings the alarm to the flow', async () => {
    const { page } = editor;
    await page.selectOption('#node-input-kind', 'line-crossing');
    await page.fill('#node-input-device', 'Back door');
    await page.click('#node-dialog-ok');
    await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
    await settled(page);
    const node = page.locator('.red-ui-flow-node-group', { hasText: /Line\s+crossing/ });
    assert.equal(await node.locator('.red-ui-flow-node-error').isVisible(), false);
    await page.click('#red-ui-header-button-deploy');
    await nodeRed.said(/Updated flows/);
    await page.waitForFunction('!RED.nodes.dirty()');
    await node.locator('.red-ui-flow-node-button-button').click();
    const label = (text: RegExp) =>
      page.locator('.red-ui-flow-node-status-label', { hasText: text }).waitFor();
    await label(/^Line crossing: Back door$/);
    await label(/^\d\d:\d\d Line crossing: 200$/);
    const flows = JSON.parse(readFileSync(path.join(nodeRed.userDir, 'flows.json'), 'utf8'));
    const saved = flows.find(({ type }: { type: string }) => type === 'alarm-simulate');
    const { vendor, target, path: own, kind, picture, device, end } = saved;
    assert.deepEqual(
      { vendor, target, path: own, kind, picture, device, end },
      {
        vendor: 'isapi',
        target: 'http1',
        path: '/gate',
        kind: 'line-crossing',
        picture: true,
        device: 'Back door',
        end: '',
      },
    );
  });

  it('takes its listener along when it is exported, and keeps to it when it is imported as a copy', async () => {
    const { page } = editor;
    const [types, same] = (await page.evaluate(`(() => {
      const [node] = RED.nodes.filterNodes({ type: 'alarm-simulate' });
      const nodes = RED.nodes.createExportableNodeSet([node]);
      const { nodes: copies } = RED.nodes.import(structuredClone(nodes), { generateIds: true, importMap: { http1: 'copy' } });
      const copy = copies.find(({ type }) => type === 'alarm-simulate');
      return [nodes.map(({ type }) => type), copy.target !== 'http1' && RED.nodes.node(copy.target)?.type === 'alarm-listener'];
    })()`)) as [string[], boolean];
    assert.deepEqual(types.sort(), ['alarm-listener', 'alarm-simulate']);
    assert.equal(same, true);
  });

  it('had no script error and no failed request', () => {
    assert.deepEqual(editor.problems, []);
  });
});
