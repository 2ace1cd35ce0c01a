import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { readArchive } from '../../nodes/lib/settings.js';
import { GATE_SCENES, type Scene, simulatedCamera } from '../../src/simulator/hikvision.js';
import { picture } from '../../src/simulator/picture.js';
import { alarm, filesIn, folderOf } from '../support/archive-folder.js';
import { flowNode, startFlow } from '../support/flow.js';
import { freePort } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';

type Kept = { filename?: string; files?: readonly string[] };
const NAMES = [
  '2026-11-22/Gate/08-15-30 line-crossing scene-1.jpg',
  '2026-11-22/Gate/08-15-30 line-crossing scene-2.jpg',
];

async function start(t: TestContext, properties: object = {}) {
  const userDir = folderOf(t);
  const nodes = [
    flowNode('keep', 'alarm-archive', { wires: [['out']], ...properties }),
    flowNode('keep2', 'alarm-archive', { wires: [['out2']], ...properties }),
    flowNode('catch1', 'catch', { scope: null, wires: [['errors']] }),
    flowNode('status1', 'status', { scope: null, wires: [['statuses']] }),
    ...['out', 'out2', 'errors', 'statuses'].map((id) => flowNode(id, 'helper')),
  ];
  const flow = await startFlow(nodes, {}, userDir);
  t.after(() => flow.stop());
  const folder = path.join(userDir, 'camera-alarms', 'archive');
  return { flow, userDir, folder, nodes };
}

test('a message goes on with the paths of its pictures, which are in the folder by then', async (t) => {
  const { flow, folder } = await start(t);
  flow.give('keep', { ...alarm(), _msgid: 'm1', note: 'mine' });
  const message = (await flow.at('out').take()) as unknown as Kept & { _msgid: string; note: string };
  const paths = NAMES.map((name) => path.join(folder, name));
  assert.deepEqual(message.files, paths);
  assert.equal(message.filename, paths[0]);
  assert.deepEqual([message._msgid, message.note], ['m1', 'mine']);
  assert.ok(
    readFileSync(paths[1] ?? '')
      .subarray(2)
      .equals(Buffer.from('two')),
  );
  const { status } = await flow.at('statuses').take();
  assert.equal(status?.fill, 'green');
});

test('messages without pictures pass as they are, in the order they came', async (t) => {
  const { flow, folder } = await start(t);
  flow.give('keep', { ...alarm(), topic: 'first' });
  flow.give('keep', { payload: 'text', topic: 'second', filename: 'mine.txt' });
  assert.equal((await flow.at('out').take()).topic, 'first');
  const second = (await flow.at('out').take()) as unknown as Kept & { topic: string };
  assert.deepEqual([second.topic, second.filename, second.files], ['second', 'mine.txt', undefined]);
  assert.equal(filesIn(folder).length, 3);
});

test('two nodes with one folder keep the same alarm once, and say the same', async (t) => {
  const { flow, folder } = await start(t);
  for (const id of ['keep', 'keep2']) flow.give(id, alarm());
  const [one, two] = [await flow.at('out').take(), await flow.at('out2').take()] as unknown as [Kept, Kept];
  assert.deepEqual(one.files, two.files);
  assert.equal(filesIn(folder).length, 3);
});

test('a disk that fails stops the message and tells Catch nodes why; then all is well by itself', async (t) => {
  const { flow, userDir, folder } = await start(t);
  // A file where the folder should be: even root cannot write there.
  mkdirSync(path.dirname(folder), { recursive: true });
  writeFileSync(folder, '');
  flow.give('keep', alarm());
  const { error } = await flow.at('errors').take();
  assert.equal(error?.code, 'ARCHIVE_FAILED');
  assert.match(error?.message ?? '', /cannot be written to the archive \(.*, ENOTDIR\)$/);
  assert.equal(error?.message.includes(userDir), false);
  assert.equal((await flow.at('statuses').take()).status?.fill, 'red');
  assert.equal(flow.at('out').size, 0);
  rmSync(folder);
  flow.give('keep', alarm());
  assert.equal(((await flow.at('out').take()) as unknown as Kept).files?.length, 2);
  assert.equal((await flow.at('statuses').take()).status?.fill, 'green');
  assert.equal(flow.at('errors').size, 0);
});

test('a folder with a slash before it is taken as it stands', async (t) => {
  const folder = path.join(folderOf(t), 'pictures');
  const { flow } = await start(t, { folder });
  flow.give('keep', alarm());
  assert.equal(
    ((await flow.at('out').take()) as unknown as Kept).filename,
    path.join(folder, NAMES[0] ?? ''),
  );
});

test('what is given to a node before a deploy is kept', async (t) => {
  const { flow, folder, nodes } = await start(t);
  for (let number = 0; number < 10; number++) flow.give('keep', alarm({ id: `id${number}` }));
  await flow.redeploy(nodes, 'full');
  assert.equal(filesIn(folder).length, 30);
});

test('days that are none keep pictures for ever: nothing brings back what was removed', () => {
  const daysOf = (days?: string | number) => readArchive({ ...(days !== undefined && { days }) }).days;
  assert.deepEqual(
    [undefined, '', '30', 7, '0.5', '0', '-1', 'a week', '1e9', 'NaN'].map(daysOf),
    [30, 30, 30, 7, 1, 0, 0, 0, 0, 0],
  );
  assert.equal(readArchive({ folder: ' ' }).folder, 'camera-alarms/archive');
});

test('an alarm that could not be kept is confirmed by nobody, comes again, and is kept then', async (t) => {
  const userDir = folderOf(t);
  const blocked = path.join(userDir, 'pictures');
  writeFileSync(blocked, '');
  const port = await freePort();
  const nodes = [
    { id: 'listener', type: 'alarm-listener', host: '127.0.0.1', port: String(port), confirm: 'true' },
    flowNode('in', 'isapi-alarm-in', { listener: 'listener', wires: [['keep'], []] }),
    flowNode('keep', 'alarm-archive', { folder: blocked, wires: [['settle']] }),
    flowNode('settle', 'alarm-settle', { wires: [['out']] }),
    flowNode('catch1', 'catch', { scope: null, wires: [['errors']] }),
    flowNode('status1', 'status', { scope: ['in'], wires: [['statuses']] }),
    ...['out', 'errors', 'statuses'].map((id) => flowNode(id, 'helper')),
  ];
  const limits = { confirmMs: 50, confirmMostMs: 50, confirmTries: 10_000 };
  const flow = await startFlow(nodes, { listener: { secret: SECRET } }, userDir, {
    cameraAlarms: { limits },
  });
  t.after(() => flow.stop());
  while (!/listening/.test((await flow.at('statuses').take()).status?.text ?? ''));
  const [scene] = GATE_SCENES as readonly [Scene];
  await simulatedCamera().push({ host: '127.0.0.1', port, path: `/${SECRET}/isapi` }, scene);
  for (let times = 0; times < 2; times++)
    assert.equal((await flow.at('errors').take()).error?.code, 'ARCHIVE_FAILED');
  rmSync(blocked);
  const { payload, ...message } = await flow.at('out').take();
  assert.equal(payload.redelivered, true);
  assert.deepEqual(readFileSync(message.filename ?? ''), picture('gate-scene'));
  assert.equal(filesIn(blocked).length, 3);
});
