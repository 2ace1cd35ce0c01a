import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { GATE_SCENES, type Scene, simulatedCamera } from '../../src/simulator/hikvision.js';
import type { PushTarget } from '../../src/simulator/http-push.js';
import { picture } from '../../src/simulator/picture.js';
import { PushCamera } from '../../src/simulator/vstarcam/push-camera.js';
import { ALARM_CODES } from '../../src/simulator/vstarcam/push-form.js';
import { closeBrowser, type Editor, openPage } from '../support/editor.js';
import { exampleFlow, freePort, type NodeRed, startNodeRed } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';

const [lineCrossing, motion] = GATE_SCENES as readonly [Scene, Scene];
/** A tile as somebody sees it: its words, and how wide its picture is. */
type Tile = readonly [words: string, width: number];

describe('example: camera wall on the dashboard', () => {
  let nodeRed: NodeRed;
  let wall: Editor;
  let isapi: PushTarget;
  let vstarcam: PushTarget;

  before(async () => {
    const port = await freePort();
    isapi = { host: '127.0.0.1', port, path: `/${SECRET}/isapi` };
    vstarcam = { ...isapi, path: `/${SECRET}/vstarcam` };
    nodeRed = await startNodeRed({
      modules: ['@flowfuse/node-red-dashboard'],
      flows: exampleFlow('17-dashboard-wall', {
        'alarm-listener': { host: '127.0.0.1', port: String(port) },
      }),
      credentials: { 'camera-alarms-listener': { secret: SECRET } },
      // A camera that says nothing is gone soon.
      settings: { cameraAlarms: { limits: { keepAliveLeastMs: 500, keepAliveMostMs: 500 } } },
    });
    await nodeRed.said(/waiting for alarms on port/);
    wall = await openPage(`http://127.0.0.1:${nodeRed.port}/dashboard`);
    await wall.page.locator('.wall .tile.empty').nth(5).waitFor();
  });
  after(async () => {
    await wall?.close();
    await closeBrowser();
    await nodeRed?.stop();
  });

  /** Waits until the tile with this title is there and its picture is drawn. */
  const shown = (title: string) =>
    wall.page.waitForFunction(
      (wanted) =>
        [...document.querySelectorAll('.wall .tile')].some(
          (tile) =>
            tile.querySelector('.title')?.textContent === wanted &&
            (tile.querySelector('img')?.naturalWidth ?? 0) > 0,
        ),
      title,
    );
  const tiles = (): Promise<Tile[]> =>
    wall.page.$$eval('.wall .tile:not(.empty)', (all) =>
      all.map((tile) => [
        tile.querySelector('.title')?.textContent ?? '',
        tile.querySelector('img')?.naturalWidth ?? 0,
      ]),
    );

  it('shows the last picture of each of two cameras with its title and time, the newest first', async () => {
    await simulatedCamera().push(isapi, lineCrossing);
    await shown('Line crossing: Gate');
    await new PushCamera().alarm(vstarcam, { code: ALARM_CODES.doorbell, picture: picture('door-scene') });
    await shown('Doorbell: VC0000053SIMD');
    assert.deepEqual(await tiles(), [
      ['Doorbell: VC0000053SIMD', 960],
      ['Line crossing: Gate', 1280],
    ]);
    assert.match((await wall.page.textContent('.wall time')) ?? '', /^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.equal(await wall.page.locator('.wall .tile').count(), 6);
  });

  it('puts the next picture of a camera in the place of its last one, and a name is text whatever it holds', async () => {
    const channelName = '<img src=x onerror=alert(1)>{{ 7 * 7 }}';
    await simulatedCamera().push(isapi, { ...motion, channelName });
    await wall.page.locator('.wall .title', { hasText: /^Motion: / }).waitFor();
    const [[title]] = (await tiles()) as [Tile];
    assert.equal(title, 'Motion: ‹img src=x onerror=alert(1)›{{ 7 * 7 }}');
    assert.equal((await tiles()).length, 2);
    assert.equal(await wall.page.locator('.wall img').count(), 2);
  });

  it('shows that a camera is gone, with its last picture or without one, and that it is back', async () => {
    const door = new PushCamera();
    await door.heartbeat(vstarcam);
    const offline = wall.page.locator('.wall .tile.offline');
    await offline.filter({ hasText: 'Doorbell: VC0000053SIMD' }).waitFor();
    const silent = new PushCamera('<b>VC0000001</b>');
    await silent.heartbeat(vstarcam);
    await offline.filter({ hasText: '<b>VC0000001</b>' }).waitFor();
    assert.equal(await wall.page.locator('.wall b').count(), 0);
    const stop = door.heartbeats(vstarcam, 0.1);
    await wall.page.locator('.wall .tile:not(.offline)', { hasText: 'Doorbell: VC0000053SIMD' }).waitFor();
    stop();
  });

  it('shows the same to who opens the page later', async () => {
    await wall.page.reload();
    await shown('Doorbell: VC0000053SIMD');
    assert.equal((await tiles()).length, 3);
    assert.deepEqual(wall.problems, []);
  });
});
