import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Receipt } from '../../src/event.js';
import { RawClient } from '../sources/raw-client.js';
import { countOf, request, xml } from '../sources/samples.js';
import { nextTurn, startListener } from '../support/listener.js';
import { type Random, seeded } from '../vendors/changes.js';
import { promise } from './support/promise.js';

const DEVICES = 32;
const EACH = 1_000;
const macOf = (device: number) => `00:00:5e:00:53:${(0x80 + device).toString(16)}`;

/** One device: pushes in order, a few at a time without waiting, over one connection after another. */
async function pushAll(port: number, device: number, count: number, random: Random): Promise<void> {
  let next = 1;
  while (next <= count) {
    const client = await RawClient.open(port);
    // After a hundred the listener closes a connection: what stands behind those is not taken.
    for (let left = Math.min(100, count - next + 1); left > 0; ) {
      const together = Math.min(left, 1 + random(4));
      const pushes = Array.from({ length: together }, () => request(xml(next++, macOf(device))));
      await client.send(Buffer.concat(pushes));
      for (let answers = together; answers > 0; answers--) {
        const { status } = await client.answer();
        assert.equal(status, 200, `device ${device} was answered ${status}`);
      }
      left -= together;
    }
    client.socket.destroy();
  }
}

promise(
  'P13',
  'alarms of a device come in the order in which they arrived',
  async ({ build, t, short, figure }) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'spool-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const { folderDisk } =
      build.load<typeof import('../../src/inbox/spool/disk.js')>('src/inbox/spool/disk.js');
    const devices = short ? 4 : DEVICES;
    const each = short ? 100 : EACH;
    const random = seeded(13);
    const { inbox, port, leave } = await startListener(t, {
      build,
      // So few that most wait on disk for their turn.
      limits: { inFlight: 8, connectionsPerAddress: 64, spoolEvents: 100_000 },
      keep: { disk: folderDisk(folder), sync: true, confirmed: false },
    });
    leave();
    const got = new Map<string, number[]>();
    const underway: Receipt[] = [];
    let total = 0;
    let mostUnderway = 0;
    inbox.subscribe({
      alarm: (alarm) => {
        const counts = got.get(alarm.event.device.id) ?? [];
        got.set(alarm.event.device.id, counts);
        counts.push(countOf(alarm));
        total++;
        if (alarm.receipt !== undefined) underway.push(alarm.receipt);
        mostUnderway = Math.max(mostUnderway, underway.length);
      },
      sign: () => undefined,
    });
    let isOver = false;
    /** The flow takes its time, and is done with alarms in any order. */
    const flow = async () => {
      while (!isOver || underway.length > 0) {
        for (let left = random(4); left > 0 && underway.length > 0; left--)
          underway.splice(random(underway.length), 1)[0]?.handed();
        await nextTurn();
      }
    };
    const flowing = flow();
    try {
      await Promise.all(
        Array.from({ length: devices }, (_, device) => pushAll(port, device, each, seeded(device))),
      );
      for (let last = -1; total < devices * each && total > last; ) {
        last = total;
        await pause(1_000);
      }
    } finally {
      isOver = true;
      await flowing;
    }
    const wanted = Array.from({ length: each }, (_, index) => index + 1);
    assert.equal(got.size, devices);
    for (const [device, counts] of got) assert.deepEqual(counts, wanted, device);
    figure(
      `${devices} devices, ${total} alarms in order; at most ${mostUnderway} were in the flow at a time`,
    );
  },
  [
    {
      what: 'lets a new alarm go before those that wait',
      file: 'src/inbox/turns.js',
      from: 'draft !== undefined && queue === undefined && this.#mayGo()',
      to: 'draft !== undefined && this.#mayGo()',
    },
    {
      what: 'takes the last one that waits first',
      file: 'src/inbox/turns.js',
      from: 'queue.push(turn);',
      to: 'queue.splice(1, 0, turn);',
    },
  ],
);
