import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { RawClient } from '../sources/raw-client.js';
import { countOf, MULTIPART, multipart, request, xml } from '../sources/samples.js';
import { type Deed, FakeDisk } from '../support/fake-disk.js';
import { startListener } from '../support/listener.js';
import { Mailbox } from '../support/mailbox.js';
import { type Build, promise } from './support/promise.js';
import type { SpoolReport } from './support/spool-child.js';

/** Good again within this. */
const GOOD_MS = 5_000;
const FAULTS: readonly [deed: Deed, code: string][] = [
  ['append', 'ENOSPC'],
  ['sync', 'EIO'],
  ['create', 'EACCES'],
];

async function push(port: number, bytes: Buffer) {
  const client = await RawClient.open(port);
  void client.send(bytes);
  const answer = await client.answer();
  client.socket.destroy();
  return answer;
}

/** A disk that fails in one way while a camera pushes, and works again. */
async function trouble(t: TestContext, build: Build, deed: Deed, code: string): Promise<number> {
  const disk = new FakeDisk();
  // A file is made for the first alarm, and then for none or each of the others.
  const limits = deed === 'create' ? { spoolSegmentBytes: 1 } : {};
  const options = { build, limits, keep: { disk, sync: true, confirmed: true } };
  const { port, states, listener } = await startListener(t, options);
  const answered: number[] = [];
  const pushNumber = async (count: number) => {
    const answer = await push(port, request(xml(count)));
    if (answer.status === 200) answered.push(count);
    return answer;
  };
  assert.equal((await pushNumber(1)).status, 200);
  disk.fail(deed, code);
  for (let count = 2; count < 7; count++) {
    const { status, headers } = await pushNumber(count);
    assert.equal(status, 503, `${code}: answered ${status}`);
    assert.match(headers.get('retry-after')?.[0] ?? '', /^\d+$/);
  }
  const state = await states.take();
  assert.equal(state.state, 'blocked');
  assert.match('error' in state ? (state.error?.message ?? '') : '', new RegExp(code));
  disk.fail(deed, undefined);
  const since = performance.now();
  assert.equal((await states.take(GOOD_MS)).state, 'listening');
  const took = performance.now() - since;
  assert.equal((await pushNumber(7)).status, 200);
  assert.equal(states.size, 0);
  await listener.stop();
  const errors: unknown[] = [];
  const again = await startListener(t, {
    ...options,
    keep: { ...options.keep, disk: disk.crash() },
    onError: (error) => errors.push(error),
  });
  assert.deepEqual(answered, [1, 7]);
  for (const count of answered) assert.equal(countOf(await again.alarms.take()), count);
  assert.equal(again.alarms.size, 0);
  assert.deepEqual(errors, []);
  return took;
}

/** A process whose files may not be larger than 64 KiB. @returns statuses of its answers, and what it said */
async function limited(t: TestContext, build: Build) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'spool-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const reports = new Mailbox<SpoolReport>();
  const command = [
    path.join(__dirname, 'support/spool-child.js'),
    build.file(''),
    JSON.stringify({ folder }),
  ];
  const child = spawn('/bin/sh', ['-c', 'ulimit -f "$0" && exec "$@"', '128', process.execPath, ...command], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  t.after(() => child.kill());
  child.on('message', (report) => reports.put(report as SpoolReport));
  const { port = 0 } = await reports.take();
  const pushes = [40_000, 1_000, 40_000, 40_000, 200_000, 1_000].map((length, index) =>
    request(multipart(index + 1, Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(length, 1)])), {
      type: MULTIPART,
      target: '/isapi',
    }),
  );
  const statuses: number[] = [];
  for (const bytes of pushes) statuses.push((await push(port, bytes)).status);
  const states: (string | undefined)[] = [];
  while (states.length < 4) states.push((await reports.take()).state);
  assert.equal(child.exitCode ?? child.signalCode, null, 'the process ended');
  child.kill('SIGKILL');
  const { folderDisk } =
    build.load<typeof import('../../src/inbox/spool/disk.js')>('src/inbox/spool/disk.js');
  const keep = { disk: folderDisk(folder), sync: true, confirmed: true };
  const { alarms } = await startListener(t, { build, keep });
  const found: number[] = [];
  const answered = statuses.flatMap((status, index) => (status === 200 ? [index + 1] : []));
  while (found.length < answered.length) found.push(countOf(await alarms.take()));
  assert.deepEqual(found, answered);
  return { statuses, states };
}

promise(
  'P05',
  'a disk that is full or fails costs a 503 and a red status, no crash, and is good again within five seconds',
  async ({ build, t, short, figure }) => {
    const took = await Promise.all(FAULTS.map(([deed, code]) => trouble(t, build, deed, code)));
    figure(
      FAULTS.map(
        ([deed, code], index) => `${code} at ${deed}: good again after ${took[index]?.toFixed(0)} ms`,
      ).join('; '),
    );
    if (short || process.platform === 'win32') return;
    const { statuses, states } = await limited(t, build);
    assert.deepEqual(statuses, [200, 200, 503, 200, 503, 200]);
    assert.deepEqual(states, ['blocked', 'listening', 'blocked', 'listening']);
    figure(`files of 64 KiB at most (EFBIG): answered ${statuses.join(', ')}, all of the 200 found again`);
  },
  [
    {
      what: 'acknowledges what it could not write',
      file: 'src/inbox/inbox.js',
      from: 'reject(error ?? new errors_js_1.AlarmError',
      to: 'resolve(error ?? new errors_js_1.AlarmError',
    },
    {
      what: 'does not look whether the disk is good again',
      file: 'src/inbox/spool/spool.js',
      from: 'this.#clock.after(this.#limits.spoolRetryMs, () => this.#probe())',
      to: 'this.#clock.after(this.#limits.spoolRetryMs, () => undefined)',
    },
    {
      what: 'leaves what it wrote halfway',
      file: 'src/inbox/spool/spool.js',
      from: 'segment.file = undefined;\n            await file?.shorten(size).catch(() => undefined);\n            await file?.close().catch(() => undefined);',
      to: '',
    },
  ],
);
