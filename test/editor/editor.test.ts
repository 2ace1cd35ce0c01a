import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { GATE_SCENES, type Scene, simulatedCamera } from '../../src/simulator/hikvision.js';
import { closeBrowser, dragNode, type Editor, openEditor, openNode, settled } from '../support/editor.js';
import { freePort, type NodeRed, startNodeRed } from '../support/node-red.js';

const [, motion] = GATE_SCENES as readonly [Scene, Scene];

describe('the editor', () => {
  let nodeRed: NodeRed;
  let editor: Editor;
  let listenerPort: number;

  before(async () => {
    listenerPort = await freePort();
    nodeRed = await startNodeRed({ flows: [{ id: 'tab', type: 'tab', label: 'Flow' }] });
    editor = await openEditor(nodeRed.port);
  });
  after(async () => {
    await editor?.close();
    await closeBrowser();
    await nodeRed?.stop();
  });

  it('lets a person drag the node in and shows that it still needs a listener', async () => {
    const { page } = editor;
    await dragNode(page, 'isapi-alarm-in', 340, 200);
    await page.waitForSelector('.red-ui-flow-node-group');
    assert.equal(await page.locator('.red-ui-flow-node-error').first().isVisible(), true);
    await openNode(page);
    await settled(page);
    assert.equal(await page.locator('#camera-alarms-no-listener').isVisible(), true);
    assert.equal(await page.locator('#camera-alarms-target').isVisible(), false);
  });

  it('makes a secret for a new listener and says when a setting cannot be', async () => {
    const { page } = editor;
    await page.click('#node-input-btn-listener-add');
    await page.waitForSelector('#node-config-input-port', { state: 'visible' });
    await settled(page);
    assert.match(await page.inputValue('#node-config-input-secret'), /^[A-Za-z0-9]{12}$/);
    const first = await page.inputValue('#node-config-input-secret');
    await page.click('#camera-alarms-new-secret');
    assert.notEqual(await page.inputValue('#node-config-input-secret'), first);

    for (const [field, wrong, right] of [
      ['port', '80888', String(listenerPort)],
      ['allow', 'my camera', '127.0.0.1, 192.0.2.0/24'],
    ] as const) {
      const input = page.locator(`#node-config-input-${field}`);
      await input.fill(wrong);
      await input.blur();
      assert.match((await input.getAttribute('class')) ?? '', /input-error/, `${field} ${wrong}`);
      await input.fill(right);
      await input.blur();
      assert.doesNotMatch((await input.getAttribute('class')) ?? '', /input-error/, `${field} ${right}`);
    }
    assert.equal(await page.locator('.camera-alarms-login').first().isVisible(), false);
    await page.selectOption('#node-config-input-auth', 'digest');
    assert.equal(await page.locator('.camera-alarms-login').first().isVisible(), true);
    await page.selectOption('#node-config-input-auth', 'none');
    await page.fill('#node-config-input-host', '127.0.0.1');
    assert.equal(await page.isChecked('#node-config-input-confirm'), false);
    await page.check('#node-config-input-confirm');
    await page.click('#node-config-dialog-ok');
    await page.waitForSelector('#node-config-dialog-ok', { state: 'detached' });
    await settled(page);
  });

  it('shows what to type into the camera', async () => {
    const { page } = editor;
    assert.equal(await page.locator('#camera-alarms-target').isVisible(), true);
    assert.equal(await page.textContent('#camera-alarms-port'), String(listenerPort));
    assert.equal(await page.textContent('#camera-alarms-address'), '127.0.0.1');
    assert.equal(await page.textContent('#camera-alarms-protocol'), 'HTTP');
    assert.match((await page.textContent('#camera-alarms-url')) ?? '', /^\/[A-Za-z0-9]{12}\/isapi$/);
  });

  it('deploys, receives at the shown URL, and keeps the secret out of the flow file', async () => {
    const { page } = editor;
    const url = (await page.textContent('#camera-alarms-url')) ?? '';
    await page.click('#node-dialog-ok');
    await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
    await settled(page);
    await page.click('#red-ui-header-button-deploy');
    await nodeRed.said(/waiting for alarms on port/);
    const status = page.locator('.red-ui-flow-node-status-label').first();
    await page.waitForFunction(
      `document.querySelector('.red-ui-flow-node-status-label')?.textContent === 'waiting on port ${listenerPort}'`,
    );
    const answer = await simulatedCamera().push({ host: '127.0.0.1', port: listenerPort, path: url }, motion);
    assert.match(answer, /^HTTP\/1\.1 200/);
    await page.waitForFunction(
      `/Motion: Gate/.test(document.querySelector('.red-ui-flow-node-status-label')?.textContent)`,
    );
    assert.match((await status.textContent()) ?? '', /^\d\d:\d\d Motion: Gate$/);
    const flows = readFileSync(path.join(nodeRed.userDir, 'flows.json'), 'utf8');
    assert.equal(flows.includes(url.split('/')[1] as string), false);
    const saved = JSON.parse(flows).find(({ type }: { type: string }) => type === 'alarm-listener');
    assert.deepEqual([saved?.spool, saved?.confirm], ['always', true]);
  });

  it('offers the examples for import', async () => {
    const { page } = editor;
    await page.evaluate("RED.actions.invoke('core:show-examples-import-dialog')");
    const ours = page
      .locator('#red-ui-clipboard-dialog-import-tab-examples')
      .getByText('node-red-camera-alarms');
    await ours.first().click();
    for (const name of [
      '01-motion-picture-by-email',
      '02-motion-picture-to-telegram',
      '06-recorder-udp-push',
      '10-one-camera-alone',
      '13-confirmed-email',
      '16-picture-archive',
      '17-dashboard-wall',
    ]) {
      await page.getByText(name, { exact: true }).waitFor();
    }
    await page.keyboard.press('Escape');
  });

  it('had no script error and no failed request', () => {
    assert.deepEqual(editor.problems, []);
  });
});

const TYPES = [
  'alarm-listener',
  'isapi-device',
  'isapi-alarm-in',
  'alertstream',
  'isapi-snapshot',
  'alarm-settle',
  'alarm-simulate',
  'alarm-archive',
  'udp-push-listener',
  'udp-push-in',
  'vstarcam-device',
  'vstarcam-configure',
];

describe('the editor in each language', () => {
  let nodeRed: NodeRed;
  before(async () => {
    nodeRed = await startNodeRed({ flows: [{ id: 'tab', type: 'tab', label: 'Flow' }] });
  });
  after(async () => {
    await closeBrowser();
    await nodeRed?.stop();
  });

  const NAMES = { 'en-US': 'ISAPI\\s+alarm', 'zh-CN': 'ISAPI', pl: 'ISAPI', fr: 'ISAPI' };
  for (const [language, name] of Object.entries(NAMES)) {
    it(`has names, texts and help in ${language}`, async () => {
      const editor = await openEditor(nodeRed.port, { language });
      try {
        const { page } = editor;
        const label = page.locator('.red-ui-palette-node[data-palette-type="isapi-alarm-in"]').first();
        assert.match((await label.textContent()) ?? '', new RegExp(name));
        const locale = (file: string) =>
          readFileSync(path.join(__dirname, '../../nodes/locales', language, file), 'utf8');
        const texts = JSON.parse(locale('isapi-alarm-in.json')) as {
          label: { path: string };
          hint: { camera: string };
        };
        await dragNode(page, 'isapi-alarm-in', 340, 200);
        await openNode(page);
        const form = (await page.textContent('#dialog-form')) ?? '';
        for (const text of [texts.label.path, texts.hint.camera])
          assert.equal(form.includes(text), true, text);

        // Every word of the help is still there once Node-RED has made a page of it.
        for (const type of TYPES) {
          const help = (await page.evaluate(
            `$('<div>').append(RED.utils.renderMarkdown(RED.nodes.getNodeHelp('${type}'))).text()`,
          )) as string;
          const letters = (text: string) => (text.match(/[\p{L}\p{N}]+/gu) ?? []).join('');
          const source = locale(`${type}.html`).replace(/<\/?script[^>]*>|^\d+\. /gm, '');
          assert.equal(letters(help), letters(source), type);
        }
        assert.deepEqual(editor.problems, []);
      } finally {
        await editor.close();
      }
    });
  }
});
