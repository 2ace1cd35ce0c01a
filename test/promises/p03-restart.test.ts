import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SYSTEM_CLOCK } from '../../src/clock.js';
import type { Alarm } from '../../src/event.js';
import { LIMITS } from '../../src/limits.js';
import { draftOf } from '../support/drafts.js';
import { deliveryAt, wordVendor } from '../support/kept-inbox.js';
import { Mailbox } from '../support/mailbox.js';
import { wordOf } from '../support/spooling.js';
import { type Random, seeded } from '../vendors/changes.js';
import { type Build, promise } from './support/promise.js';

const RESTARTS = 200;
const PENDING = 100;
const DEVICES = ['00:00:5e:00:53:51', '00:00:5e:00:53:52', '00:00:5e:00:53:53', '00:00:5e:00:53:54'];
/** They come as fast as they can be read, and small segments so that alarms move on. */
const FAST = { ...LIMITS, redeliveriesPerSecond: 1_000_000, spoolSegmentBytes: 20_000 };

/** An inbox whose alarms are kept in a folder until they are confirmed. */
function start(build: Build, folder: string) {
  const { Backlog } = build.load<typeof import('../../src/inbox/backlog.js')>('src/inbox/backlog.js');
  const { Inbox } = build.load<typeof import('../../src/inbox/inbox.js')>('src/inbox/inbox.js');
  const { folderDisk } =
    build.load<typeof import('../../src/inbox/spool/disk.js')>('src/inbox/spool/disk.js');
  const { createIds } = build.load<typeof import('../../src/event-id.js')>('src/event-id.js');
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const keep = { disk: folderDisk(folder), sync: false, confirmed: true };
  const backlog = new Backlog(keep, FAST, SYSTEM_CLOCK, { onTrouble: () => undefined, onError });
  const { vendor, next } = wordVendor();
  const keeping = backlog.keeping('/x');
  const inbox = new Inbox(vendor, createIds(), FAST, { keeping, announces: false, onError });
  backlog.join('/x', inbox);
  const accept = (word: string, device: string) => {
    const receivedAt = new Date().toISOString();
    next.drafts = [draftOf({ device: { id: device }, document: { word }, receivedAt })];
    return inbox.accept(deliveryAt(Date.now()));
  };
  const alarms = new Mailbox<Alarm>();
  const subscribe = () =>
    inbox.subscribe({
      alarm: (alarm) => {
        alarm.receipt?.handed();
        alarms.put(alarm);
      },
      sign: () => undefined,
    });
  const stop = async () => {
    inbox.stop();
    await backlog.close();
    assert.deepEqual(errors, []);
  };
  return { open: () => backlog.open(), accept, subscribe, alarms, stop };
}

type Running = ReturnType<typeof start>;

/** Folders of one run after another: a crash leaves a copy, as the process is not there to tidy up. */
class Folders {
  readonly #root = mkdtempSync(path.join(os.tmpdir(), 'spool-'));
  #number = 0;

  get now(): string {
    return path.join(this.#root, `${this.#number}`);
  }

  crash(): void {
    const before = this.now;
    this.#number++;
    cpSync(before, this.now, { recursive: true });
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** Takes as many as are wanted. @returns for each device what came, marked where it came once more */
async function take({ alarms }: Running, count: number) {
  const came = new Map<string, string[]>();
  const taken: Alarm[] = [];
  while (taken.length < count) {
    const alarm = await alarms.take();
    taken.push(alarm);
    const { id } = alarm.event.device;
    came.set(id, [...(came.get(id) ?? []), `${wordOf(alarm)}${alarm.event.redelivered ? ' again' : ''}`]);
  }
  return { came, taken };
}

/** Some are confirmed, and as many new ones come that they are a hundred again. @returns those that are pending */
async function work(running: Running, alarms: readonly Alarm[], random: Random, nextWord: () => string) {
  const left = alarms.filter(() => random(2) === 0);
  for (const alarm of alarms) if (!left.includes(alarm)) alarm.receipt?.settle();
  const missing = PENDING - left.length;
  for (let count = 0; count < missing; count++)
    await running.accept(nextWord(), DEVICES[random(DEVICES.length)] as string);
  const { taken } = await take(running, missing);
  return [...left, ...taken];
}

promise(
  'P03',
  'after a restart everything that was not dealt with comes once more, marked, before what is new, in order',
  async ({ build, t, short, figure }) => {
    const random = seeded(3);
    const folders = new Folders();
    t.after(() => folders.remove());
    let lastWord = 0;
    const nextWord = () => `${++lastWord}`;
    let pending: readonly Alarm[] = [];
    let [crashes, again] = [0, 0];
    const restarts = short ? 5 : RESTARTS;
    for (let restart = 0; restart <= restarts; restart++) {
      const running = start(build, folders.now);
      try {
        // Its nodes may be there before the disk is read, or behind.
        const isEarly = random(2) === 0;
        if (isEarly) running.subscribe();
        await running.open();
        if (!isEarly) running.subscribe();
        const wanted = new Map<string, string[]>();
        const expect = (device: string, word: string) =>
          wanted.set(device, [...(wanted.get(device) ?? []), word]);
        for (const alarm of pending) expect(alarm.event.device.id, `${wordOf(alarm)} again`);
        const fresh = await Promise.all(
          DEVICES.map(async (device) => {
            const word = nextWord();
            expect(device, word);
            return running.accept(word, device);
          }),
        );
        const { came, taken } = await take(running, pending.length + fresh.length);
        for (const device of DEVICES)
          assert.deepEqual(came.get(device), wanted.get(device), `restart ${restart}, ${device}`);
        again += pending.length;
        // In the order in which they arrived.
        const number = (alarm: Alarm) => Number(wordOf(alarm));
        pending = (await work(running, taken, random, nextWord)).sort((a, b) => number(a) - number(b));
        assert.equal(running.alarms.size, 0, 'more came than was pending');
        if (random(2) === 0) {
          folders.crash();
          crashes++;
        }
      } finally {
        await running.stop();
      }
    }
    figure(
      `${restarts} restarts, ${crashes} of them crashes: ${again} alarms came once more, each once, in order, before ${(restarts + 1) * DEVICES.length} new ones`,
    );
  },
  [
    {
      what: 'does not mark what comes once more',
      file: 'src/inbox/inbox.js',
      from: 'draft.event.redelivered = true;',
      to: '',
    },
    {
      what: 'lets new alarms go before those that were left',
      file: 'src/inbox/turns.js',
      from: 'draft !== undefined && queue === undefined && this.#mayGo()',
      to: 'draft !== undefined && this.#mayGo()',
    },
    {
      what: 'gives them out as they stand on disk',
      file: 'src/inbox/spool/recovery.js',
      from: '.sort((a, b) => a - b)',
      to: '',
    },
    {
      what: 'does not write down what is dealt with',
      file: 'src/inbox/spool/spool.js',
      from: 'this.#settled.push(kept.number);',
      to: '',
    },
  ],
);
