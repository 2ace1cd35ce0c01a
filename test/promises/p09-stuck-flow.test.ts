import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { RawClient } from '../sources/raw-client.js';
import { MULTIPART, multipart, request } from '../sources/samples.js';
import { Mailbox } from '../support/mailbox.js';
import { promise } from './support/promise.js';
import type { SpoolOrder, SpoolReport } from './support/spool-child.js';

const MOST_BYTES = 300 * 1024 * 1024;
/** Of a picture of a push. */
const PICTURE = Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(100_000, 1)]);
/** Refused on an otherwise busy machine, too: ten times what is promised of each, for the slowest of thousands. */
const SLOWEST_MS = 1_000;
const CONNECTIONS = 8;

/** A process with a listener that nobody confirms anything of. */
async function startStuck(t: TestContext, root: string, order: SpoolOrder) {
  const reports = new Mailbox<SpoolReport>();
  const child = fork(path.join(__dirname, 'support/spool-child.js'), [root, JSON.stringify(order)]);
  t.after(() => child.kill());
  child.on('message', (report) => reports.put(report as SpoolReport));
  let port: number | undefined;
  while (port === undefined) port = (await reports.take()).port;
  const asked = async () => {
    child.send('report');
    for (;;) {
      const report = await reports.take();
      if (report.mostBytes !== undefined) return report;
    }
  };
  return { port, tell: (what: string) => child.send(what), asked };
}

/** Pushes, some at a time. @returns how many were taken, and what it took to say no */
async function pushMany(port: number, count: number) {
  const bytes = request(multipart(1, PICTURE), { type: MULTIPART, target: '/isapi' });
  const refusals: number[] = [];
  let [next, taken] = [0, 0];
  const push = async () => {
    const client = await RawClient.open(port);
    const began = performance.now();
    void client.send(bytes);
    const { status } = await client.answer();
    client.socket.destroy();
    if (status === 200) {
      taken++;
      return;
    }
    assert.equal(status, 503);
    refusals.push(performance.now() - began);
  };
  const work = async () => {
    while (next++ < count) await push();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  refusals.sort((a, b) => a - b);
  return { taken, refused: refusals.length, slowestMs: refusals.at(-1) ?? 0, refusals };
}

promise(
  'P09',
  'a flow that is stuck cannot exhaust memory, and alarms are taken again when it goes on',
  async ({ build, t, short, figure }) => {
    const root = build.file('');
    const folder = mkdtempSync(path.join(os.tmpdir(), 'spool-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const orders: [where: string, order: SpoolOrder, most: number, pushes: number][] = [
      ['in memory', {}, 256, short ? 400 : 5_000],
      ['on disk', { folder, limits: { spoolEvents: 1_000 } }, 1_000, short ? 1_100 : 5_000],
    ];
    for (const [where, order, most, pushes] of orders) {
      const { port, tell, asked } = await startStuck(t, root, order);
      const { taken, refused, slowestMs, refusals } = await pushMany(port, pushes);
      assert.equal(taken, most, `${where}: ${taken} of ${pushes} were taken`);
      assert.equal(refused, pushes - most);
      assert.ok(slowestMs < SLOWEST_MS, `${where}: a 503 took ${slowestMs} ms`);
      const { mostBytes = Number.POSITIVE_INFINITY } = await asked();
      assert.ok(mostBytes < MOST_BYTES, `${where}: ${mostBytes} bytes`);
      tell('confirm');
      await asked();
      assert.equal((await pushMany(port, 50)).taken, 50, `${where}: not taken again`);
      const median = refusals[refusals.length >> 1] ?? 0;
      figure(
        `${where}: ${taken} of ${pushes} pushes of 100 KB taken, ${refused} answered 503 (median ${median.toFixed(1)} ms, slowest ${slowestMs.toFixed(0)} ms); RSS ${(mostBytes / 2 ** 20).toFixed(0)} MiB at most`,
      );
    }
  },
  [
    {
      what: 'keeps all in memory',
      file: 'src/inbox/memory-store.js',
      from: 'if (!this.#places.take(id, 1))',
      to: 'if (this.#places.take(id, 1) && false)',
    },
    {
      what: 'keeps all on disk',
      file: 'src/inbox/spool/spool.js',
      from: 'if (!this.#places.take(device, 1))',
      to: 'if (this.#places.take(device, 1) && false)',
    },
    {
      what: 'does not give places back',
      file: 'src/inbox/spool/spool.js',
      from: 'this.#give(kept.about.device, kept.bytes);',
      to: '',
    },
  ],
);
