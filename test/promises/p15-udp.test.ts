import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { LIMITS } from '../../src/limits.js';
import { json } from '../sources/samples.js';
import { promise } from './support/promise.js';
import type { CountingReport, UdpCount } from './support/udp-counting.js';
import type { FleetPlan, FleetReport } from './support/udp-fleet.js';

const ADDRESSES = 250;
const PER_SECOND = 10_000;
const BYTES = 500;
/** Datagrams a second of one more sender: twice of what one may. */
const NOISY = 2 * LIMITS.udpPerSender;
/** On a machine of its own it is 0.001 (reliability.md §8); while other work has the processor so much may be missed. */
const LOSS = 0.2;
/** Five times what the table says, as other work may have the processor. */
const LAG_MS = 250;

const quiet = Array.from({ length: ADDRESSES }, (_, index) => `127.0.1.${index + 1}`);
const text = json(1).padEnd(BYTES).slice(0, BYTES);

function start(t: TestContext, file: string, argument: string): ChildProcess {
  const child = fork(path.join(__dirname, 'support', file), [argument]);
  t.after(() => {
    if (child.connected) child.disconnect();
  });
  return child;
}

async function reportOf<Report>(child: ChildProcess): Promise<Report> {
  const [report] = await once(child, 'message');
  return report as Report;
}

/** When all that was sent has been handed on or dropped. */
async function countOf(receiver: ChildProcess): Promise<UdpCount> {
  for (;;) {
    const answer = reportOf<UdpCount>(receiver);
    receiver.send({});
    const count = await answer;
    if (count.counters.waiting === 0) return count;
    await pause(10);
  }
}

promise(
  'P15',
  'events over UDP are best effort, and each one is counted',
  async ({ build, t, short, figure }) => {
    assert.ok(Buffer.byteLength(text) === BYTES && text.trimEnd().endsWith('}'), 'a whole event');
    const seconds = short ? 2 : 60;
    const receiver = start(t, 'udp-counting.js', build.file('src'));
    const ready = await reportOf<CountingReport>(receiver);
    const port = 'port' in ready ? ready.port : assert.fail(JSON.stringify(ready));
    const fleet = (addresses: readonly string[], perSecond: number) => {
      const plan: FleetPlan = { port, text, addresses, perSecond, seconds };
      return reportOf<FleetReport>(start(t, 'udp-fleet.js', JSON.stringify(plan)));
    };
    const [one, two, noisy] = await Promise.all([
      fleet(quiet.slice(0, ADDRESSES / 2), PER_SECOND / 2),
      fleet(quiet.slice(ADDRESSES / 2), PER_SECOND / 2),
      fleet(['127.0.2.1'], NOISY),
    ]);
    const { counters, alarms, lost = 0, lagMs } = await countOf(receiver);
    const { received, accepted, dropped } = counters;
    const sent = one.sent + two.sent + noisy.sent;
    assert.equal(received + lost, sent, 'received and lost by the kernel are not what was sent');
    assert.equal(
      accepted + dropped.rate + dropped.queue + dropped.size + dropped.denied,
      received,
      'counted',
    );
    assert.equal(alarms, accepted, 'alarms that came out');
    const overs = Math.max(0, noisy.sent - seconds * LIMITS.udpPerSender);
    assert.ok(dropped.rate > overs * 0.8, `${dropped.rate} of ${overs} dropped for the rate`);
    // What waited in the kernel while others had the processor counts as sent in one second.
    const missed = sent - accepted - overs;
    assert.ok(missed <= sent * LOSS, `${missed} of ${sent} missed`);
    assert.ok(lagMs < LAG_MS, `the event loop lags by ${lagMs} ms`);
    figure(
      `${sent} sent in ${seconds} s (${Math.round(sent / seconds)}/s of ${ADDRESSES + 1} addresses), ${received} received, ${lost} lost by the kernel, ${dropped.rate} dropped for the rate (one sender sends ${overs} too many), ${dropped.queue} by a full queue; ${((100 * Math.max(0, missed)) / sent).toFixed(3)} % missed, sum exact; loop lag p99 ${lagMs.toFixed(1)} ms`,
    );
  },
  [
    {
      what: 'does not count what it drops',
      file: 'src/sources/udp-listener.js',
      from: 'this.#dropped[why]++;',
      to: '',
    },
    {
      what: 'lets one sender take as much as it likes',
      file: 'src/sources/udp-listener.js',
      from: '!this.#rates.take(address)',
      to: 'false',
    },
    {
      what: 'lets a sender send less than recorders do',
      file: 'src/limits.js',
      from: 'udpPerSender: 50',
      to: 'udpPerSender: 20',
    },
  ],
);
