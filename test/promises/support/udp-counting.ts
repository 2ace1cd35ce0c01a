// A process that receives with a UDP listener of the build its argument names, and says what it counted when it is asked.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { UdpCounters } from '../../../src/sources/udp-listener.js';

/** What it says: that it listens, or what it has counted so far. */
export type CountingReport = { readonly port: number } | UdpCount;

export interface UdpCount {
  readonly counters: UdpCounters;
  /** Alarms that came out. */
  readonly alarms: number;
  /** Datagrams that the kernel dropped before we saw them; undefined where it does not say. */
  readonly lost: number | undefined;
  /** Of the event loop, 99th percentile, in milliseconds. */
  readonly lagMs: number;
}

/** Of Linux, for the socket of a port (proc(5), /proc/net/udp): its last column. */
function lostAt(port: number): number | undefined {
  try {
    const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    const lines = readFileSync('/proc/net/udp', 'utf8').split('\n');
    const own = lines.map((line) => line.trim().split(/\s+/)).find((columns) => columns[1]?.endsWith(local));
    return own === undefined ? undefined : Number(own.at(-1));
  } catch {
    return undefined;
  }
}

const root = process.argv[2] ?? '';
const { UdpListener } = require(
  path.join(root, 'sources/udp-listener.js'),
) as typeof import('../../../src/sources/udp-listener.js');
const { isapi } = require(
  path.join(root, 'vendors/isapi/index.js'),
) as typeof import('../../../src/vendors/isapi/index.js');

const { LIMITS } = require(path.join(root, 'limits.js')) as typeof import('../../../src/limits.js');

const report = (what: CountingReport) => process.send?.(what);
const lag = monitorEventLoopDelay({ resolution: 1 });
lag.enable();
let alarms = 0;
let port = 0;
const settings = { port: 0, mode: 'unicast', group: '', interface: '127.0.0.1', allow: '' } as const;
const listener = new UdpListener(settings, isapi, {
  // The same event is sent again and again.
  limits: { ...LIMITS, sameNotificationMs: 0 },
  onState: (state) => {
    if (state.state !== 'listening') return;
    port = state.port;
    report({ port });
  },
});
listener.subscribe({
  alarm: () => {
    alarms++;
  },
  sign: () => undefined,
});
listener.start();
process.on('message', () =>
  report({ counters: listener.counters, alarms, lost: lostAt(port), lagMs: lag.percentile(99) / 1e6 }),
);
process.on('disconnect', () => process.exit());
