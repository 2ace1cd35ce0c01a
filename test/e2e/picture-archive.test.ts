import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { GATE_SCENES, type Scene, simulatedCamera } from '../../src/simulator/hikvision.js';
import type { PushTarget } from '../../src/simulator/http-push.js';
import { picture } from '../../src/simulator/picture.js';
import { filesIn } from '../support/archive-folder.js';
import { exampleFlow, freePort, type NodeRed, startNodeRed } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';

const [lineCrossing, motion] = GATE_SCENES as readonly [Scene, Scene];

describe('example: pictures of a month in a folder', () => {
  let nodeRed: NodeRed;
  let target: PushTarget;

  before(async () => {
    target = { host: '127.0.0.1', port: await freePort(), path: `/${SECRET}/isapi` };
    nodeRed = await startNodeRed({
      flows: exampleFlow('16-picture-archive', {
        'alarm-listener': { host: '127.0.0.1', port: String(target.port) },
        debug: { console: true },
      }),
      credentials: { 'camera-alarms-listener': { secret: SECRET } },
    });
    await nodeRed.said(/waiting for alarms on port/);
  });
  after(() => nodeRed?.stop());

  const folder = () => path.join(nodeRed.userDir, 'camera-alarms', 'archive');

  it('keeps both pictures of a line crossing, byte for byte, by the day and the clock of the camera', async () => {
    assert.match(await simulatedCamera().push(target, lineCrossing), /^HTTP\/1\.1 200 /);
    await nodeRed.said(/\[debug:kept\][\s\S]*target-2\.jpg/);
    const files = filesIn(folder());
    const [about = '', scene = '', close = ''] = [/\.json$/, /scene-1\.jpg$/, /target-2\.jpg$/].map((name) =>
      files.find((file) => name.test(file)),
    );
    assert.match(scene, /^20\d\d-\d\d-\d\d\/Gate\/\d\d-\d\d-\d\d line-crossing scene-1\.jpg$/);
    assert.deepEqual(readFileSync(path.join(folder(), scene)), picture('gate-scene'));
    assert.deepEqual(readFileSync(path.join(folder(), close)), picture('gate-target'));
    const { event } = JSON.parse(readFileSync(path.join(folder(), about), 'utf8'));
    assert.equal(event.title, 'Line crossing: Gate');
    assert.equal(
      scene.includes(`${event.time.slice(0, 10)}/Gate/${event.time.slice(11, 19).replaceAll(':', '-')}`),
      true,
    );
  });

  it('says in plain words why nothing is kept, and goes on when that is mended', async () => {
    rmSync(folder(), { recursive: true });
    writeFileSync(folder(), '');
    await simulatedCamera().push(target, motion);
    await nodeRed.said(/\[debug:not kept\][^\n]*cannot be written to the archive \(.*ENOTDIR\)/);
    rmSync(folder());
    // A repeat of the motion would be the same alarm.
    await simulatedCamera().push(target, { ...motion, eventType: 'fielddetection' });
    await nodeRed.said(/\[debug:kept\][\s\S]*intrusion scene-1\.jpg/);
    assert.equal(filesIn(folder()).length, 2);
  });
});
