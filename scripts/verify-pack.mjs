// What a user gets: packs the package, installs the tarball into an empty folder, starts a real Node-RED with it, and
// checks that every node loads, shows its dialog and texts, that the examples are offered, and that an alarm arrives.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { GATE_SCENES, simulatedCamera } from '../dist/src/simulator/hikvision.js';
import { freePort, ROOT, startNodeRed } from '../dist/test/support/node-red.js';

const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
const folder = mkdtempSync(path.join(os.tmpdir(), 'camera-alarms-pack-'));
const npm = (...args) =>
  execFileSync('npm', [...args, '--silent'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });

function ensure(holds, what) {
  if (!holds) throw new Error(`the packed package: ${what}`);
}

function install() {
  const [packed] = JSON.parse(npm('pack', ROOT, '--json', '--ignore-scripts')).filter(Boolean);
  const files = packed.files.map(({ path: file }) => file);
  ensure(!files.some((file) => /(^|\/)test\/|\.demo|\.flows/.test(file)), 'holds tests');
  ensure(files.includes('alarm-event.schema.json'), 'lacks the schema of its message');
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
  npm('install', path.join(folder, packed.filename), '--no-audit', '--no-fund');
  console.log(`packed ${files.length} files, ${Math.round(packed.unpackedSize / 1024)} KB`);
  return path.join(folder, 'node_modules', manifest.name);
}

async function check(ownPackage) {
  const port = await freePort();
  const z = 'tab';
  const nodeRed = await startNodeRed({
    ownPackage,
    flows: [
      { id: z, type: 'tab', label: 'pack' },
      {
        id: 'in',
        type: 'isapi-alarm-in',
        z,
        listener: 'listener',
        path: '/isapi',
        x: 1,
        y: 1,
        wires: [['out'], []],
      },
      {
        id: 'out',
        type: 'debug',
        z,
        active: true,
        console: true,
        complete: 'payload.title',
        targetType: 'msg',
        x: 2,
        y: 2,
      },
      { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port) },
    ],
    credentials: { listener: { secret: 'packed123456' } },
  });
  try {
    const get = (file, accept) => fetch(`http://127.0.0.1:${nodeRed.port}/${file}`, { headers: { accept } });
    const sets = (await (await get('nodes', 'application/json')).json()).filter(
      ({ module }) => module === manifest.name,
    );
    ensure(sets.length === Object.keys(manifest['node-red'].nodes).length, `loads ${sets.length} node sets`);
    const dialogs = await (await get('nodes', 'text/html')).text();
    for (const { id, err, types } of sets) {
      ensure(!err, `${id} does not load: ${JSON.stringify(err)}`);
      for (const type of types) {
        for (const part of [
          `registerType('${type}'`,
          `data-template-name="${type}"`,
          `data-help-name="${type}"`,
        ]) {
          ensure(dialogs.includes(part), `${type} has no ${part}`);
        }
      }
      const texts = await (await get(`nodes/${id}/messages?lng=fr`, 'application/json')).json();
      ensure(JSON.stringify(texts).includes('label'), `${id} has no texts`);
    }
    // The editor waits for each of them before it shows any node.
    for (const [, script] of dialogs.matchAll(/<script src="(resources\/@camera-alarms\/[^"]+)"/g))
      ensure((await get(script, '*/*')).ok, `does not serve ${script}`);
    const examples = await (await get('library/examples/flows', 'application/json')).text();
    ensure(examples.includes(manifest.name), 'offers no examples');
    await nodeRed.said(/waiting for alarms on port/);
    const answer = await simulatedCamera().push(
      { host: '127.0.0.1', port, path: '/packed123456/isapi' },
      GATE_SCENES[1],
    );
    ensure(answer.startsWith('HTTP/1.1 200 '), `answers ${answer.split('\r\n', 1)[0]}`);
    await nodeRed.said(/Motion: Gate/);
    console.log(
      `every node set loads: ${sets.map(({ types }) => types.join()).join(', ')}; an alarm arrives`,
    );
  } finally {
    await nodeRed.stop();
  }
}

try {
  await check(install());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
