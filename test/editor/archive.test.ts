import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { closeBrowser, dragNode, type Editor, openEditor, openNode, settled } from '../support/editor.js';
import { type NodeRed, startNodeRed } from '../support/node-red.js';

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

it('lets a person drag the archive in, which works as it is, and says when days are none', async () => {
  const { page } = editor;
  await dragNode(page, 'alarm-archive', 340, 200);
  const node = page.locator('.red-ui-flow-node-group', { hasText: /picture\s+archive/ });
  await node.waitFor();
  assert.equal(await node.locator('.red-ui-flow-node-error').isVisible(), false);
  await openNode(page);
  await settled(page);
  assert.equal(await page.inputValue('#node-input-folder'), 'camera-alarms/archive');
  const days = page.locator('#node-input-days');
  assert.equal(await days.inputValue(), '30');
  for (const [wrong, right] of [
    ['-1', '0'],
    ['1.5', '7'],
    ['', '90'],
  ] as const) {
    await days.fill(wrong);
    await days.blur();
    assert.match((await days.getAttribute('class')) ?? '', /input-error/, wrong);
    await days.fill(right);
    await days.blur();
    assert.doesNotMatch((await days.getAttribute('class')) ?? '', /input-error/, right);
  }
  assert.match((await page.textContent('#dialog-form')) ?? '', /by day and camera/);
  await page.click('#node-dialog-ok');
  await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
  await settled(page);
  await page.click('#red-ui-header-button-deploy');
  await nodeRed.said(/Updated flows/);
  const flows = JSON.parse(readFileSync(path.join(nodeRed.userDir, 'flows.json'), 'utf8'));
  const saved = flows.find(({ type }: { type: string }) => type === 'alarm-archive');
  assert.deepEqual([saved?.folder, saved?.days], ['camera-alarms/archive', '90']);
  assert.deepEqual(editor.problems, []);
});
