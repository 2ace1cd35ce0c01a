import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { closeBrowser, dragNode, type Editor, openEditor, openNode, settled } from '../support/editor.js';
import { type NodeRed, startNodeRed } from '../support/node-red.js';

const ROWS = ['to', 'chatId', 'subject', 'template', 'preview', 'topicPrefix', 'pictures', 'language'];

describe('the dialog of alarm-format', () => {
  let nodeRed: NodeRed;
  let editor: Editor;

  before(async () => {
    nodeRed = await startNodeRed({ flows: [{ id: 'tab', type: 'tab', label: 'Flow' }] });
    editor = await openEditor(nodeRed.port);
    await dragNode(editor.page, 'alarm-format', 340, 200);
    await openNode(editor.page);
    await settled(editor.page);
  });
  after(async () => {
    await editor?.close();
    await closeBrowser();
    await nodeRed?.stop();
  });

  const previewed = (title: string, text: RegExp) =>
    editor.page.waitForFunction(
      ([wanted, pattern]) => {
        const of = (id: string) =>
          (
            globalThis as unknown as { document: { getElementById(id: string): { textContent: string } } }
          ).document.getElementById(`camera-alarms-preview-${id}`).textContent;
        return of('title') === wanted && new RegExp(pattern as string).test(of('text'));
      },
      [title, text.source],
    );

  it('shows only what the chosen target needs', async () => {
    const { page } = editor;
    for (const [target, rows] of [
      ['telegram', ['chatId', 'template', 'preview', 'language']],
      ['mqtt', ['topicPrefix', 'pictures', 'language']],
      ['homeassistant', ['topicPrefix', 'language']],
      ['alarm', []],
      ['email', ['to', 'subject', 'template', 'preview', 'language']],
    ] as const) {
      await page.selectOption('#node-input-target', target);
      const shown: string[] = [];
      for (const row of ROWS)
        if (await page.locator(`#camera-alarms-format-${row}`).isVisible()) shown.push(row);
      assert.deepEqual(new Set(shown), new Set<string>(rows), target);
      assert.notEqual(await page.textContent('#camera-alarms-format-hint'), '', target);
    }
  });

  it('shows the alarm in the chosen language and in own words, as they are typed and clicked', async () => {
    const { page } = editor;
    await previewed('Line crossing: Gate', /^Line crossing – started\nGate, channel 1\n/);
    await page.selectOption('#node-input-language', 'fr');
    await previewed('Franchissement de ligne: Gate', /^Franchissement de ligne – début\nGate, canal 1\n/);
    await page.fill('#node-input-template', 'Seen: .');
    await page.evaluate("document.getElementById('node-input-template').setSelectionRange(6, 6)");
    await page.click('#camera-alarms-format-fields button:has-text("{{targets}}")');
    assert.equal(await page.inputValue('#node-input-template'), 'Seen: {{targets}}.');
    await page.fill('#node-input-subject', '<b>');
    await page.click('#camera-alarms-format-fields button:has-text("{{device.name}}")');
    await previewed('<b>Gate', /^Seen: personne\.$/);
  });

  it('says where a template has its mistake, and shows what is sent all the same', async () => {
    const { page } = editor;
    const problem = page.locator('#camera-alarms-preview-problem');
    assert.equal(await problem.isVisible(), false);
    await page.fill('#node-input-template', '{{#kind}} open');
    await problem.waitFor();
    assert.match((await problem.textContent()) ?? '', /have a mistake: .* At letter 15$/);
    await previewed('<b>Gate', /^Franchissement de ligne – début\n/);
    await page.fill('#node-input-template', '{{kind}} shut');
    await problem.waitFor({ state: 'hidden' });
  });

  it('marks a node for Telegram without a chat, and saves what was chosen', async () => {
    const { page } = editor;
    const chat = page.locator('#node-input-chatId');
    await page.selectOption('#node-input-target', 'telegram');
    await chat.fill('my friends');
    await page.click('#node-dialog-ok');
    await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
    await settled(page);
    const mark = page.locator('.red-ui-flow-node-group .red-ui-flow-node-error').first();
    assert.equal(await mark.isVisible(), true);
    await openNode(page);
    await settled(page);
    await chat.fill('-1001234567890, @gate');
    await page.click('#node-dialog-ok');
    await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
    await settled(page);
    assert.equal(await mark.isVisible(), false);
    await page.click('#red-ui-header-button-deploy');
    await nodeRed.said(/Updated flows/);
    const flows = JSON.parse(readFileSync(path.join(nodeRed.userDir, 'flows.json'), 'utf8'));
    const {
      id: _id,
      z: _z,
      x: _x,
      y: _y,
      ...saved
    } = flows.find(({ type }: { type: string }) => type === 'alarm-format');
    assert.deepEqual(saved, {
      type: 'alarm-format',
      name: '',
      target: 'telegram',
      to: '',
      chatId: '-1001234567890, @gate',
      topicPrefix: '',
      subject: '<b>{{device.name}}',
      template: '{{kind}} shut',
      language: 'fr',
      pictures: 'topics',
      wires: [[]],
    });
    assert.deepEqual(editor.problems, []);
  });
});
