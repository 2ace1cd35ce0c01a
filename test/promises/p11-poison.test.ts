import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Alarm } from '../../src/event.js';
import { LIMITS } from '../../src/limits.js';
import { pushRequest } from '../../src/simulator/http-push.js';
import type { PortState } from '../../src/sources/http-port.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import { COSTLY, XML } from '../fuzz/costly.js';
import { DECLARING, ODD, POINTING } from '../fuzz/xml-attacks.js';
import { exchange } from '../sources/raw-client.js';
import { fixturesOf } from '../support/fixtures.js';
import { PATH, SETTINGS } from '../support/listener.js';
import { Mailbox } from '../support/mailbox.js';
import { changed, seeded } from '../vendors/changes.js';
import { numberedPushes, numberOf } from './support/numbered.js';
import { promise } from './support/promise.js';

const CHANGED = 500;
const FEW_CHANGED = 20;
const SEED = 20_261_122;

type Poison = readonly [what: string, contentType: string, body: Buffer];

/** Documents that cost the most, attacks on readers of XML, and what devices send with changes anywhere in it. */
function* poisons(short: boolean): Generator<Poison> {
  const random = seeded(SEED);
  const fixtures = ['isapi', 'raysharp', 'vstarcam'].flatMap(fixturesOf);
  const one = () => fixtures[random(fixtures.length)] as (typeof fixtures)[number];
  for (let number = 0; number < (short ? FEW_CHANGED : CHANGED); number++) {
    const { name, contentType = XML, body } = one();
    yield [`change ${number} of ${name}`, contentType, changed(body, one().body, random)];
  }
  if (short) return;
  for (const [what, body] of [...DECLARING, ...POINTING, ...ODD])
    yield [what, XML, Buffer.from(body, 'latin1')];
  for (const [what, contentType, make] of COSTLY) yield [what, contentType, Buffer.from(make(), 'latin1')];
}

promise(
  'P11',
  'a document that nobody can read is answered, and never holds up the next one',
  async ({ build, t, short, figure }) => {
    const { HttpListener } = build.load<typeof import('../../src/sources/http-listener.js')>(
      'src/sources/http-listener.js',
    );
    const { folderDisk } =
      build.load<typeof import('../../src/inbox/spool/disk.js')>('src/inbox/spool/disk.js');
    const folder = mkdtempSync(path.join(tmpdir(), 'camera-alarms-'));
    const states = new Mailbox<PortState>();
    const alarms = new Mailbox<Alarm>();
    let undecodable = 0;
    const listener = new HttpListener(SETTINGS, {
      limits: LIMITS,
      keep: { disk: folderDisk(folder), sync: true, confirmed: false },
      onState: (state) => states.put(state),
    });
    t.after(async () => {
      await listener.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    listener.inbox('/isapi', isapi).subscribe({
      alarm: (alarm) => {
        alarms.put(alarm);
        alarm.receipt?.handed();
      },
      sign: ({ event }) => {
        if (event === 'undecodable') undecodable++;
      },
    });
    listener.start();
    const { port = 0 } = (await states.take()) as { port?: number };

    const pushes = numberedPushes(0, false);
    let lastNumber = 0;
    /** @returns milliseconds until it came out */
    const good = async () => {
      const number = ++lastNumber;
      const started = performance.now();
      const { status } = await exchange(port, pushes(number));
      assert.equal(status, 200);
      while (numberOf(await alarms.take()) !== number);
      return performance.now() - started;
    };
    const usual = [];
    for (let first = 0; first < 100; first++) usual.push(await good());
    const behind = [];
    for (const [what, contentType, body] of poisons(short)) {
      const { status } = await exchange(
        port,
        pushRequest({ host: '127.0.0.1', port, path: PATH }, contentType, body),
      );
      assert.equal(status, 200, what);
      behind.push(await good().catch((cause) => assert.fail(`${what}: ${cause}`)));
    }
    const middle = (times: number[]) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
    figure(
      `${behind.length} poisonous documents answered 200, ${undecodable} of them undecodable, the next alarm came behind ` +
        `each: ${middle(behind).toFixed(1)} ms at the median, ${middle(usual).toFixed(1)} ms without, ` +
        `${Math.max(...behind).toFixed(0)} ms at most, ${Math.max(...usual).toFixed(0)} ms without`,
    );
    assert.ok(undecodable > behind.length / 10, 'hardly any of them was poisonous');
  },
  [
    {
      what: 'takes what nobody can read for an error of its own',
      file: 'src/inbox/inbox.js',
      from: "return 'undecodable';",
      to: 'throw error;',
    },
  ],
);
