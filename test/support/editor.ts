import { type Browser, chromium, type Page } from 'playwright-core';

/** A browser tab, mostly with the Node-RED editor in it, and what went wrong there. */
export interface Editor {
  readonly page: Page;
  /** Script errors and failed requests so far. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

export interface EditorOptions {
  readonly language?: string;
  readonly dark?: boolean;
  readonly width?: number;
  readonly height?: number;
}

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** Without these Chromium asks for updates and the like, which a closed network refuses again and again. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser: Promise<Browser> | undefined;

/** A browser tab with a page in it. */
export async function openPage(url: string, options: EditorOptions = {}): Promise<Editor> {
  browser ??= chromium.launch({ executablePath: CHROMIUM, headless: true, args: QUIET });
  const context = await (await browser).newContext({
    viewport: { width: options.width ?? 1400, height: options.height ?? 900 },
    locale: options.language ?? 'en-US',
    colorScheme: options.dark ? 'dark' : 'light',
  });
  if (options.dark) await context.addInitScript(() => localStorage.setItem('view-dark-theme', 'dark'));
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(url);
  return { page, problems, close: () => context.close() };
}

export async function openEditor(port: number, options: EditorOptions = {}): Promise<Editor> {
  const editor = await openPage(`http://127.0.0.1:${port}/`, options);
  await editor.page.waitForSelector('.red-ui-palette-node[data-palette-type="isapi-alarm-in"]', {
    state: 'attached',
  });
  await editor.page.waitForFunction('!document.querySelector("#red-ui-loading-progress")?.offsetParent');
  return editor;
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

/** Drags a node from the palette to a place of the workspace, as a person does. */
export async function dragNode(page: Page, type: string, x: number, y: number): Promise<void> {
  const node = page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`).first();
  await node.scrollIntoViewIfNeeded();
  const from = await node.boundingBox();
  const chart = await page.locator('#red-ui-workspace-chart').boundingBox();
  if (from === null || chart === null) throw new Error(`${type} or the workspace is not to be seen`);
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(chart.x + x - 30, chart.y + y, { steps: 10 });
  await page.mouse.move(chart.x + x, chart.y + y, { steps: 5 });
  await page.mouse.up();
}

/** Opens the dialog of a node of the flow. */
export async function openNode(page: Page, index = 0): Promise<void> {
  // A dialog that closes and a deploy cover the workspace for a moment.
  await page.waitForFunction(`!$('#red-ui-editor-shade, #red-ui-full-shade').is(':visible')`);
  // Its status stands below it, and takes no click.
  const node = page.locator('.red-ui-flow-node-group').nth(index).locator('rect.red-ui-flow-node');
  const box = await node.boundingBox();
  if (box === null) throw new Error('the node is not to be seen');
  await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForSelector('#node-dialog-ok', { state: 'visible' });
}

/** Waits until a dialog has finished sliding in or out. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction('!$(":animated").length');
}
