import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { closeBrowser, type Editor, openEditor, openNode, settled } from '../support/editor.js';
import { type FakeDevice, LOGIN, startFakeDevice } from '../support/fake-device.js';
import { type NodeRed, startNodeRed } from '../support/node-red.js';

const HOSTILE = '<img src=x onerror="window.hacked=1"> $t(label.host) __time__';
const FOUND = [
  {
    mac: '00:00:5e:00:53:01',
    address: '192.0.2.7',
    model: HOSTILE,
    serial: '<script>window.hacked=1</script>',
    activated: false,
    httpPort: 81,
  },
  { mac: '00:00:5e:00:53:02', address: '192.0.2.8', model: 'DS-2', httpPort: 82 },
];
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const INFO = `<DeviceInfo><deviceName>${escaped(HOSTILE)}</deviceName><model>DS-2CD2155FWD-I</model><serialNumber>0123</serialNumber><macAddress>00:00:5e:00:53:09</macAddress><firmwareVersion>V5.4.5</firmwareVersion></DeviceInfo>`;
const hoursAhead = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

describe('the dialog of a device', () => {
  let nodeRed: NodeRed;
  let editor: Editor;
  let device: FakeDevice;
  let hours = 5;

  before(async () => {
    device = await startFakeDevice((asked) => ({
      body: asked.endsWith('deviceInfo') ? INFO : `<Time><localTime>${hoursAhead(hours)}</localTime></Time>`,
    }));
    nodeRed = await startNodeRed({
      flows: [
        { id: 'tab', type: 'tab', label: 'Flow' },
        {
          id: 'camera',
          type: 'isapi-device',
          protocol: 'http',
          host: '127.0.0.1',
          port: String(device.port),
          verifyTls: true,
        },
        { id: 'in', type: 'isapi-snapshot', z: 'tab', x: 200, y: 200, wires: [[]], device: 'camera' },
      ],
      credentials: { camera: LOGIN },
    });
    editor = await openEditor(nodeRed.port);
  });
  after(async () => {
    await editor?.close();
    await closeBrowser();
    await nodeRed?.stop();
    await device?.stop();
  });

  it('tests the deployed device with the stored password', async () => {
    const { page } = editor;
    await openDevice(page);
    assert.equal(await page.inputValue('#node-config-input-password'), '__PWRD__');
    const result = await press(page, 'test', /takes the login/);
    for (const text of ['DS-2CD2155FWD-I', 'V5.4.5', '0123', HOSTILE, 'Its clock is fast: 5 hours.'])
      assert.equal(result.includes(text), true, `${text} in ${result}`);
    assert.deepEqual(device.asked, ['/ISAPI/System/deviceInfo', '/ISAPI/System/time']);
  });

  it('fills in the MAC that the device says, when asked to', async () => {
    const { page } = editor;
    assert.equal(await page.inputValue('#node-config-input-mac'), '');
    await page.click('#camera-alarms-device-use-mac');
    assert.equal(await page.inputValue('#node-config-input-mac'), '00:00:5e:00:53:09');
    hours = 0;
    const result = await press(page, 'test', /takes the login/);
    assert.equal(await page.locator('#camera-alarms-device-use-mac').count(), 0);
    assert.equal(result.includes('clock'), false);
  });

  it('asks for the password again before it goes anywhere else, and says what went wrong', async () => {
    const { page } = editor;
    await page.fill('#node-config-input-port', '1');
    await press(page, 'test', /Type the password again/);
    await page.fill('#node-config-input-password', 'x');
    await press(page, 'test', /Nothing takes connections at this port/);
    await page.fill('#node-config-input-port', String(device.port));
    await press(page, 'test', /does not take this user name and password.*one fresh try/);
    await page.fill('#node-config-input-password', LOGIN.password);
    await press(page, 'test', /takes the login/);
  });

  it('finds devices and fills in the one that is chosen; what they say is text', async () => {
    const { page } = editor;
    await page.route('**/isapi-device/discover', (route) =>
      route.fulfill({ json: { ok: true, devices: FOUND } }),
    );
    const list = await press(page, 'discover', /DS-2/, 'found');
    for (const text of [HOSTILE, '192.0.2.7 · 00:00:5e:00:53:01 · <script>', 'Not activated', '192.0.2.8'])
      assert.equal(list.includes(text), true, `${text} in ${list}`);
    await page.fill('#node-config-input-name', '');
    await page.locator('.camera-alarms-found').first().click();
    const values = async () =>
      Promise.all(
        ['host', 'port', 'mac', 'name'].map((name) => page.inputValue(`#node-config-input-${name}`)),
      );
    assert.deepEqual(await values(), ['192.0.2.7', '81', '00:00:5e:00:53:01', HOSTILE]);
    assert.equal(await page.locator('#camera-alarms-device-found').isVisible(), false);
    // A name that was given stays, and the port of HTTPS is not that of HTTP.
    await page.fill('#node-config-input-name', 'Gate');
    await page.selectOption('#node-config-input-protocol', 'https');
    await page.fill('#node-config-input-port', '443');
    await press(page, 'discover', /DS-2/, 'found');
    await page.locator('.camera-alarms-found').nth(1).click();
    assert.deepEqual(await values(), ['192.0.2.8', '443', '00:00:5e:00:53:02', 'Gate']);
    assert.equal(await page.evaluate('window.hacked'), undefined);
  });

  it('says when nothing was found and when the search failed', async () => {
    const { page } = editor;
    await page.unroute('**/isapi-device/discover');
    for (const [json, words] of [
      [{ ok: true, devices: [] }, /No device was found/],
      [{ ok: false, code: 'DISCOVERY_PORT_IN_USE', message: '', detail: '' }, /Close SADP tools/],
      [
        { ok: false, code: 'NEW_ONE', message: 'in the words of the server', detail: '(x)' },
        /words of the server \(x\)/,
      ],
    ] as const) {
      await page.route('**/isapi-device/discover', (route) => route.fulfill({ json }), { times: 1 });
      await press(page, 'discover', words, 'found');
    }
    assert.deepEqual(editor.problems, []);
    for (const [status, words] of [
      [401, /may not do this/],
      [500, /Node-RED did not answer/],
    ] as const) {
      await page.route('**/isapi-device/discover', (route) => route.fulfill({ status }), { times: 1 });
      await press(page, 'discover', words, 'found');
    }
  });

  it('examines the device and lists what is right and wrong; what it says is text', async () => {
    const { page } = editor;
    const checks = [
      { id: 'reachable', result: 'ok', text: 'The device answers.' },
      { id: 'firmware', result: 'unknown', text: HOSTILE },
      { id: 'clock', result: 'problem', text: 'The clock of the device is 7 hours fast.' },
    ];
    await page.route('**/isapi-device/doctor', (route) => route.fulfill({ json: { ok: true, checks } }), {
      times: 1,
    });
    const list = await press(page, 'doctor', /7 hours fast/);
    assert.ok(list.includes('Problems: 1') && list.includes(HOSTILE), list);
    const signs = page.locator('#camera-alarms-device-result li i');
    const labels = await signs.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')));
    assert.deepEqual(labels, ['right', 'could not be told', 'wrong']);
    assert.equal(await page.evaluate('window.hacked'), undefined);
    // Through the route itself, to a device that knows nothing but what it is.
    hours = 0;
    await press(page, 'doctor', /The device answers at 127\.0\.0\.1/);
  });

  it('keeps nothing of it when it is cancelled', async () => {
    const { page } = editor;
    await page.click('#node-config-dialog-cancel');
    await page.waitForSelector('#node-config-dialog-cancel', { state: 'detached' });
    assert.equal(await page.evaluate("RED.nodes.node('camera').host"), '127.0.0.1');
  });

  for (const language of ['zh-CN', 'pl', 'fr']) {
    it(`speaks ${language}`, async () => {
      const translated = await openEditor(nodeRed.port, { language });
      try {
        const { page } = translated;
        const texts = JSON.parse(
          readFileSync(path.join(__dirname, '../../nodes/locales', language, 'isapi-device.json'), 'utf8'),
        ) as Record<'button' | 'test' | 'problem', Record<string, string>>;
        await openDevice(page);
        assert.equal(
          (await page.textContent('#camera-alarms-device-discover'))?.trim(),
          texts.button['discover'],
        );
        hours = -49;
        const result = await press(page, 'test', new RegExp(`${texts.test['ok']}`));
        const clock = texts.test['clockSlow']?.split('__time__') ?? [];
        assert.equal(result.includes(clock[0] ?? '?'), true, result);
        assert.match(result.split(clock[0] ?? '?')[1] ?? '', /^2/);
        await page.fill('#node-config-input-host', '');
        await press(page, 'test', new RegExp(texts.problem['DEVICE_MISSING'] ?? '?'));
        assert.deepEqual(translated.problems, []);
      } finally {
        await translated.close();
      }
    });
  }
});

/** Opens the dialog of the device from that of the node that uses it. */
async function openDevice(page: Page): Promise<void> {
  await openNode(page);
  await settled(page);
  await page.click('#node-input-btn-device-edit');
  await page.waitForSelector('#camera-alarms-device-test', { state: 'visible' });
  await settled(page);
}

/** Presses a button and waits for what it shows. */
async function press(page: Page, button: string, words: RegExp, place = 'result'): Promise<string> {
  await page.click(`#camera-alarms-device-${button}`);
  const shown = page.locator(`#camera-alarms-device-${place}`);
  await shown
    .filter({ hasText: words })
    .waitFor({ timeout: 10_000 })
    .catch(async () => {
      assert.match((await shown.textContent()) ?? '', words);
    });
  return (await shown.textContent()) ?? '';
}
