import path from 'node:path';
import type { Receipt } from '../../../src/event.js';
import type { Limits } from '../../../src/limits.js';

/** What a process with a listener is to do. */
export interface SpoolOrder {
  /** Where alarms are kept; in memory unless given. */
  readonly folder?: string;
  readonly limits?: Partial<Limits>;
}

/** What it says: its port, each change of its state, and what came out by the time it was asked. */
export interface SpoolReport {
  readonly state?: string;
  readonly port?: number;
  readonly alarms?: number;
  readonly mostBytes?: number;
}

/**
 * A listener in a process of its own, whose memory is measured and whose files may not grow; flows confirm nothing.
 * Arguments: root of the build, order. Told `confirm`, all that it has is dealt with; told `report`, it reports.
 */
const [root = '', text = '{}'] = process.argv.slice(2);
const order = JSON.parse(text) as SpoolOrder;
const load = <T>(name: string) => require(path.join(root, name)) as T;
const { HttpListener, LIMITS } = load<typeof import('../../../src/index.js')>('src/index.js');
const { isapi } = load<typeof import('../../../src/vendors/isapi/index.js')>('src/vendors/isapi/index.js');
const { folderDisk } = load<typeof import('../../../src/inbox/spool/disk.js')>('src/inbox/spool/disk.js');

const report = (what: SpoolReport) => process.send?.(what);
const disk = order.folder === undefined ? undefined : folderDisk(order.folder);
const listener = new HttpListener(
  { host: '127.0.0.1', port: 0, secret: '', auth: 'none', username: '', password: '', allow: '' },
  {
    limits: { ...LIMITS, sameNotificationMs: 0, ...order.limits },
    keep: { disk, sync: true, confirmed: true },
    onState: (state) =>
      report({
        state: state.state,
        ...('port' in state && state.port !== undefined && { port: state.port }),
      }),
  },
);
const receipts: Receipt[] = [];
let alarms = 0;
listener.inbox('/isapi', isapi).subscribe({
  alarm: ({ receipt }) => {
    alarms++;
    receipt?.handed();
    if (receipt !== undefined) receipts.push(receipt);
  },
  sign: () => undefined,
});
listener.start();
process.on('message', (message) => {
  if (message === 'confirm') for (const receipt of receipts.splice(0)) receipt.settle();
  else report({ alarms, mostBytes: process.resourceUsage().maxRSS * 1024 });
});
process.on('disconnect', () => process.exit());
