// A listener that keeps its alarms on disk, in a process of its own that can be killed at any moment. What comes out is
// written to its output before it counts as handed over.
import { writeSync } from 'node:fs';
import path from 'node:path';
import type { Alarm } from '../../../src/event.js';
import { SETTINGS } from '../../support/listener.js';
import { lineOf } from './came-out.js';
import { checksumOf, numberOf } from './numbered.js';

const [root = '', folder = ''] = process.argv.slice(2);
const load = <T>(name: string): T => require(path.join(root, 'src', name));
const { HttpListener } =
  load<typeof import('../../../src/sources/http-listener.js')>('sources/http-listener.js');
const { folderDisk } = load<typeof import('../../../src/inbox/spool/disk.js')>('inbox/spool/disk.js');
const { isapi } = load<typeof import('../../../src/vendors/isapi/index.js')>('vendors/isapi/index.js');
const { LIMITS } = load<typeof import('../../../src/limits.js')>('limits.js');

/** A flow has more to do than to take an alarm. */
const FLOW_MS = 20;
const OUTPUT = 1;

const limits = {
  ...LIMITS,
  // Killed again and again within a tenth of a second, it would never get through with what was left.
  redeliveriesPerSecond: 100_000,
};

const listener = new HttpListener(SETTINGS, {
  limits,
  keep: { disk: folderDisk(folder), sync: true, confirmed: false },
  onState: (state) => {
    if (state.state === 'listening') process.send?.(state.port);
  },
  onError: (error) => {
    throw error;
  },
});

function takeOut(alarm: Alarm): void {
  writeSync(OUTPUT, lineOf(numberOf(alarm), alarm.event.redelivered === true, checksumOf(alarm)));
  alarm.receipt?.handed();
}

listener.inbox('/isapi', isapi).subscribe({
  alarm: (alarm) => setTimeout(() => takeOut(alarm), FLOW_MS),
  sign: () => undefined,
});

process.on('message', (order) => {
  if (order === 'start') listener.start();
  // What came out last is settled when its flow had time for it.
  else setTimeout(() => void listener.stop().then(() => process.disconnect()), limits.flowMs + FLOW_MS);
});
process.on('disconnect', () => process.exit());
