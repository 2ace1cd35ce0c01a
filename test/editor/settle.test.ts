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

it('lets a person drag the node in that confirms alarms, which needs no setting, and says what it needs', async () => {
  const { page } = editor;
  await dragNode(page, 'alarm-settle', 340, 200);
  const node = page.locator('.red-ui-flow-node-group', { hasText: /confirm\s+alarm/ });
  await node.waitFor();
  assert.equal(await node.locator('.red-ui-flow-port-input').count(), 1);
  assert.equal(await node.locator('.red-ui-flow-port-output').count(), 1);
  assert.equal(await node.locator('.red-ui-flow-node-error').isVisible(), false);
  await openNode(page);
  await settled(page);
  assert.match((await page.textContent('#dialog-form')) ?? '', /Flow confirms alarms/);
  await page.fill('#node-input-name', 'mail was sent');
  await page.click('#node-dialog-ok');
  await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
  await settled(page);
  await page.click('#red-ui-header-button-deploy');
  await nodeRed.said(/Updated flows/);
  const flows = JSON.parse(readFileSync(path.join(nodeRed.userDir, 'flows.json'), 'utf8'));
  const saved = flows.find(({ type }: { type: string }) => type === 'alarm-settle');
  assert.equal(saved?.name, 'mail was sent');
  assert.deepEqual(saved?.wires, [[]]);
  assert.deepEqual(editor.problems, []);
});
