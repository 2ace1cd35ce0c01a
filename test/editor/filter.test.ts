import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { ALARM_KINDS } from '../../src/event.js';
import { GATE_SCENES, simulatedCamera } from '../../src/simulator/hikvision.js';
import { closeBrowser, dragNode, type Editor, openEditor, openNode, settled } from '../support/editor.js';
import { freePort, type NodeRed, startNodeRed } from '../support/node-red.js';

const HOSTILE = '<img src=x onerror="window.hacked=1"> $t(label.name) __time__';
const NIGHTS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [['22:00', '06:00']]]);
/** As somebody wrote it by hand: not on half hours, and over midnight. */
const ODD = '{ "tue": [["08:07","08:52"]], "sun": [["23:10","00:05"]] }';

describe('the dialog of the alarm filter', () => {
  let nodeRed: NodeRed;
  let editor: Editor;
  let page: Page;
  let port: number;

  before(async () => {
    port = await freePort();
    nodeRed = await startNodeRed({
      flows: [
        { id: 'tab', type: 'tab', label: 'Flow' },
        { id: 'in', type: 'isapi-alarm-in', z: 'tab', x: 200, y: 80, listener: 'listener', wires: [[], []] },
        { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port) },
      ],
      credentials: { listener: { secret: 'filter123456' } },
    });
    await nodeRed.said(/waiting for alarms on port/);
    const camera = simulatedCamera();
    for (const scene of GATE_SCENES)
      await camera.push({ host: '127.0.0.1', port, path: '/filter123456/isapi' }, scene);
    editor = await openEditor(nodeRed.port);
    page = editor.page;
  });
  after(async () => {
    await editor?.close();
    await closeBrowser();
    await nodeRed?.stop();
  });

  it('lets a person pick kinds and devices of what was really seen', async () => {
    await dragNode(page, 'alarm-filter', 340, 250);
    await open();
    assert.equal(await page.locator('#camera-alarms-filter-more').getAttribute('open'), null);
    await chip('kinds', 'line-crossing').locator('.camera-alarms-count').waitFor();
    assert.equal(await chip('kinds', 'line-crossing').locator('span').textContent(), 'Line crossing');
    await chip('kinds', 'line-crossing').click();
    await page.locator('#camera-alarms-filter-kinds .camera-alarms-more').click();
    await chip('kinds', 'doorbell').click();
    assert.equal(await page.inputValue('#node-input-kinds'), 'line-crossing, doorbell');
    await page.locator('#camera-alarms-filter-devices .camera-alarms-chip').first().click();
    assert.match(await page.inputValue('#node-input-devices'), /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
    assert.match(
      (await page.locator('#camera-alarms-filter-channels [role=group]').first().textContent()) ?? '',
      /Gate/,
    );
  });

  it('offers every kind there is', async () => {
    const offered = await page
      .locator('#camera-alarms-filter-kinds [data-value]')
      .evaluateAll((chips) => chips.map((each) => each.getAttribute('data-value')));
    assert.deepEqual(new Set(offered), new Set(ALARM_KINDS));
  });

  it('keeps what was typed and never seen, and takes out what is clicked again', async () => {
    await page.fill('#node-input-kinds', `line-crossing, \${KINDS}, doorbell`);
    assert.equal(await chip('kinds', 'doorbell').getAttribute('aria-pressed'), 'true');
    await chip('kinds', 'doorbell').click();
    assert.equal(await page.inputValue('#node-input-kinds'), `line-crossing, \${KINDS}`);
    await page.fill('#node-input-kinds', 'line-crossing');
  });

  it('paints nights by dragging, saves them, and shows the same again', async () => {
    await page.click('[data-preset=clear]');
    assert.equal(await words(), 'never');
    await drag(cell(0, 44), cell(6, 47));
    await drag(cell(0, 0), cell(6, 11));
    assert.equal(await words(), 'every day 22:00–06:00');
    await page.fill('#node-input-cooldown', '300');
    await close('ok');
    await deploy();
    const saved = savedFilter();
    assert.equal(saved['kinds'], 'line-crossing');
    assert.equal(saved['cooldown'], '300');
    assert.deepEqual(JSON.parse(String(saved['schedule'])), Object.fromEntries(NIGHTS));
    await open();
    assert.equal(await words(), 'every day 22:00–06:00');
    assert.equal(await cell(3, 45).getAttribute('data-state'), 'on');
    assert.equal(await chip('kinds', 'line-crossing').getAttribute('aria-pressed'), 'true');
    await page.click('[data-preset=always]');
    assert.equal(await page.inputValue('#node-input-schedule'), '');
    await page.click('[data-preset=nights]');
    assert.deepEqual(JSON.parse(await page.inputValue('#node-input-schedule')), Object.fromEntries(NIGHTS));
  });

  it('is painted with the keyboard, and says what each cell is', async () => {
    await page.click('[data-preset=clear]');
    await cell(0, 0).focus();
    for (const key of ['ArrowDown', 'ArrowRight', 'Space', 'ArrowRight', 'Space', 'ArrowLeft'])
      await page.keyboard.press(key);
    assert.equal(await page.inputValue('#node-input-schedule'), '{"tue":[["00:30","01:30"]]}');
    assert.equal(await page.evaluate('document.activeElement.ariaLabel'), 'Tuesday 00:30–01:00');
    assert.equal(await cell(1, 1).getAttribute('aria-selected'), 'true');
    await page.getByRole('button', { name: 'Sunday, the whole day' }).press('Enter');
    assert.equal(await words(), 'Tue 00:30–01:30; Sun 00:00–24:00');
  });

  it('keeps spans that are no half hours, shows them exactly, and changes only what is painted', async () => {
    await page.evaluate(`$('#node-input-schedule').val(${JSON.stringify(ODD)}).trigger('change')`);
    assert.equal(await words(), 'Tue 08:07–08:52; Sun 23:10–00:05');
    assert.equal(await cell(1, 16).getAttribute('data-state'), 'part');
    assert.match((await cell(1, 16).getAttribute('aria-label')) ?? '', /partly/);
    await close('ok');
    await deploy();
    assert.equal(savedFilter()['schedule'], ODD);
    await open();
    assert.equal(await page.inputValue('#node-input-schedule'), ODD);
    await cell(4, 0).click();
    assert.equal(await words(), 'Tue 08:07–08:52; Fri 00:00–00:30; Sun 23:10–00:05');
  });

  it('gives each of many schedules back as the same minutes', async () => {
    const wrong = await page.evaluate(`(() => {
      const { read, write, cells, paint } = cameraAlarms.week;
      const wrong = [];
      let seed = 7;
      const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
      for (let round = 0; round < 400; round++) {
        const week = read('{}');
        for (let spans = random(6); spans >= 0; spans--) {
          const from = random(10080);
          const length = random(round % 4 === 0 ? 10080 : 1500);
          for (let at = from; at < from + length; at++) week[at % 10080] = 1;
        }
        const text = write(week);
        const again = read(text);
        if (!again || again.some((on, at) => on !== week[at]) || write(again) !== text) wrong.push(text);
        const painted = cells(paint(week, [round % 336], round % 2 === 0))[round % 336];
        if (painted !== (round % 2 === 0 ? 'on' : 'off')) wrong.push(round);
      }
      return wrong;
    })()`);
    assert.deepEqual(wrong, []);
  });

  it('says why a setting cannot be, and lets the environment set it', async () => {
    await page.evaluate("$('#camera-alarms-filter-more').prop('open', true)");
    for (const [field, wrong, right] of [
      ['cooldown', '-1', `\${COOLDOWN}`],
      ['count', '0', '3'],
      ['within', 'soon', '90'],
      ['minDuration', '-2', ''],
      ['zone', 'Europe/Nowhere', 'Europe/Warsaw'],
      ['schedule', '{"mon":[["22:00"]]}', `\${NIGHTS}`],
    ] as const) {
      const input = page.locator(`#node-input-${field}`);
      await input.fill(wrong);
      await input.blur();
      assert.match((await input.getAttribute('class')) ?? '', /input-error/, `${field} ${wrong}`);
      await input.fill(right);
      await input.blur();
      assert.doesNotMatch((await input.getAttribute('class')) ?? '', /input-error/, `${field} ${right}`);
    }
    assert.equal(await words(), `set by \${NIGHTS}`);
    await close('cancel');
  });

  it('shows what devices call themselves as text', async () => {
    const device = '00:00:5e:00:53:66';
    const place = { device, value: HOSTILE, label: HOSTILE, count: 1 };
    const json = {
      kinds: [{ value: HOSTILE, count: 1 }],
      targets: [{ value: HOSTILE, count: 1 }],
      devices: [{ value: device, label: HOSTILE, count: 1 }],
      channels: [place],
      regions: [place],
    };
    await page.route('**/alarm-filter/seen', (route) => route.fulfill({ json }));
    await open();
    await page.locator(`#camera-alarms-filter-devices [data-value="${device}"]`).waitFor();
    for (const list of ['kinds', 'targets', 'devices', 'channels', 'regions']) {
      const text = (await page.textContent(`#camera-alarms-filter-${list}`)) ?? '';
      assert.ok(text.includes(HOSTILE), `${list}: ${text}`);
    }
    await chip('devices', device).click();
    assert.equal(await page.locator('#dialog-form img').count(), 0);
    assert.equal(await page.evaluate('window.hacked'), undefined);
  });

  it('had no script error and no failed request', () => {
    assert.deepEqual(editor.problems, []);
  });

  const chip = (list: string, value: string) =>
    page.locator(`#camera-alarms-filter-${list} [data-value="${value}"]`);
  const cell = (day: number, half: number) => page.locator(`[data-cell="${day * 48 + half}"]`);
  const words = () => page.textContent('.camera-alarms-week-words');

  async function open(): Promise<void> {
    await openNode(page, 1);
    await settled(page);
    await page.waitForSelector('.camera-alarms-week');
  }

  async function close(how: 'ok' | 'cancel'): Promise<void> {
    await page.click(`#node-dialog-${how}`);
    await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
    await settled(page);
  }

  async function deploy(): Promise<void> {
    const answered = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.click('#red-ui-header-button-deploy');
    assert.equal((await answered).status(), 200);
  }

  async function drag(from: ReturnType<typeof cell>, to: ReturnType<typeof cell>): Promise<void> {
    // All of it: what is out of sight cannot be painted.
    await page.evaluate(`document.querySelector('.camera-alarms-week').scrollIntoView({ block: 'center' })`);
    for (const [place, press] of [
      [from, 'down'],
      [to, 'up'],
    ] as const) {
      const box = await place.boundingBox();
      assert.ok(box);
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 5 });
      await page.mouse[press]();
    }
  }

  function savedFilter(): Record<string, unknown> {
    const flows = JSON.parse(readFileSync(path.join(nodeRed.userDir, 'flows.json'), 'utf8'));
    return flows.find(({ type }: { type: string }) => type === 'alarm-filter');
  }
});

describe('the dialog of the alarm filter in each language', () => {
  let nodeRed: NodeRed;
  before(async () => {
    nodeRed = await startNodeRed({ flows: [{ id: 'tab', type: 'tab', label: 'Flow' }] });
  });
  after(async () => {
    await closeBrowser();
    await nodeRed?.stop();
  });

  for (const language of ['en-US', 'zh-CN', 'pl', 'fr']) {
    it(`names all kinds and settings in ${language}`, async () => {
      const editor = await openEditor(nodeRed.port, { language });
      try {
        const { page } = editor;
        const file = path.join(__dirname, '../../nodes/locales', language, 'alarm-filter.json');
        const texts = JSON.parse(readFileSync(file, 'utf8'));
        await dragNode(page, 'alarm-filter', 340, 200);
        await openNode(page);
        await settled(page);
        await page.locator('#camera-alarms-filter-kinds .camera-alarms-more').click();
        const form = (await page.textContent('#dialog-form')) ?? '';
        for (const list of ['label', 'section', 'kind', 'target', 'state', 'per', 'others']) {
          const missing = Object.entries<string>(texts[list])
            .filter(([key, text]) => !['palette', 'within'].includes(key) && !form.includes(text))
            .map(([key]) => key);
          assert.deepEqual(missing, [], list);
        }
        assert.equal(await page.textContent('.camera-alarms-week-words'), texts.schedule.always);
        const monday = new Date(Date.UTC(2024, 0, 1)).toLocaleDateString(language, { weekday: 'short' });
        assert.equal(await page.locator('.camera-alarms-week tbody th').first().textContent(), monday);
        assert.deepEqual(editor.problems, []);
      } finally {
        await editor.close();
      }
    });
  }
});
