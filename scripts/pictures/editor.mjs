// Takes the screenshots of the README: node scripts/pictures/editor.mjs, while the demo runs (PORT as for npm start).
import path from 'node:path';
import { closeBrowser, openEditor, openNode, settled } from '../../dist/test/support/editor.js';

const docs = path.resolve(import.meta.dirname, '../../docs');
const port = Number(process.env.PORT || 1880);
const { page, close } = await openEditor(port, { width: 1200, height: 520 });
try {
  await page.evaluate("RED.actions.invoke('core:toggle-sidebar')");
  await page.getByText('Motion: Gate').first().waitFor({ timeout: 60_000 });
  await page.screenshot({ path: path.join(docs, 'editor.png') });
  await openNode(page, 3);
  await settled(page);
  await page.waitForFunction("/isapi$/.test(document.querySelector('#camera-alarms-url')?.textContent)");
  await page
    .locator('.red-ui-tray')
    .last()
    .screenshot({ path: path.join(docs, 'dialog.png') });
} finally {
  await close();
  await closeBrowser();
}
