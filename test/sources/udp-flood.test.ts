import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { UdpCounters } from '../../src/sources/udp-listener.js';
import { nextTurn } from '../support/listener.js';
import { startUdpListener, type TestUdpListener } from '../support/udp.js';
import { type SendOrder, UdpChild } from '../support/udp-child.js';
import { json } from './samples.js';

const MIB = 1024 * 1024;

type Target = Pick<SendOrder, 'from' | 'to' | 'port'>;

/** A process that floods, and how it is told to. */
function flooder(t: TestContext) {
  const child = new UdpChild<{ sent: number }>(t, 'udp-sender.js');
  return async (target: Target, text: string, count: number, size = 0): Promise<number> => {
    child.tell({ ...target, text, count, size } satisfies SendOrder);
    return (await child.reports.take()).sent;
  };
}

const sum = ({ accepted, waiting, dropped }: UdpCounters) =>
  accepted + waiting + dropped.queue + dropped.rate + dropped.size + dropped.denied;

const CALM = '127.0.99.1';

/** Sends until it is heard, as in a flood the kernel may lose it: then what was sent before has been received too. */
async function until(heard: TestUdpListener, calm: ReturnType<typeof flooder>, target: Target) {
  for (;;) {
    await calm(target, json(1), 1);
    for (let turn = 0; turn < 10; turn++) await nextTurn();
    while (heard.alarms.size > 0)
      if ((await heard.alarms.take()).event.device.address === target.from) return;
  }
}

test('a flood of datagrams, too large, cut off or good, is counted to one and costs no memory', async (t) => {
  const made = await startUdpListener(t, { limits: { udpDatagramBytes: 8_192 } });
  const { listener, port, signs } = made;
  const flood = flooder(t);
  const target = { to: '127.0.0.1', port };
  const good = json(1);
  const half = good.slice(0, good.length / 2);
  const round = async () => {
    await flood({ ...target, from: '127.0.0.2' }, 'x', 1_000, 65_507);
    await flood({ ...target, from: '127.0.0.3' }, half, 20_000);
    await flood({ ...target, from: '127.0.0.4' }, good, 20_000, 500);
    await until(made, flood, { ...target, from: CALM });
    while (signs.size > 0) await signs.take();
  };
  await round();
  const before = process.memoryUsage();
  const { received } = listener.counters;
  for (let count = 0; count < 2; count++) await round();
  const { heapTotal, external } = process.memoryUsage();
  assert.ok(heapTotal < before.heapTotal + 32 * MIB, `heap ${before.heapTotal} -> ${heapTotal}`);
  assert.ok(external < before.external + 32 * MIB, `buffers ${before.external} -> ${external}`);
  const { counters } = listener;
  assert.equal(sum(counters), counters.received);
  // What the kernel loses in a flood nobody knows.
  assert.ok(counters.received - received > 1_000, `${counters.received - received} of 82,000 received`);
  assert.ok(counters.dropped.size > 0 && counters.dropped.rate > 0);
});

test('while one sender floods, the others are heard', async (t) => {
  const made = await startUdpListener(t);
  const [flood, calm] = [flooder(t), flooder(t)];
  const target = { to: '127.0.0.1', port: made.port };
  let heard = false;
  const flooding = (async () => {
    while (!heard) await flood({ ...target, from: '127.0.0.2' }, json(2), 5_000, 500);
  })();
  for (let sender = 1; sender <= 20; sender++)
    await until(made, calm, { ...target, from: `127.0.1.${sender}` });
  heard = true;
  await flooding;
  const { counters } = made.listener;
  assert.equal(sum(counters), counters.received);
  assert.ok(counters.dropped.rate > 0);
});

test('a flood of whoever is not allowed reaches no parser and tells little', async (t) => {
  const made = await startUdpListener(t, { settings: { allow: CALM } });
  const { listener, port, signs } = made;
  const flood = flooder(t);
  const target = { to: '127.0.0.1', port };
  for (let sender = 2; sender < 22; sender++)
    await flood({ ...target, from: `127.0.0.${sender}` }, json(1), 1_000);
  await until(made, flood, { ...target, from: CALM });
  const { counters } = listener;
  assert.equal(sum(counters), counters.received);
  assert.ok(counters.dropped.denied > 0);
  // The calm one may have sent more than the one that was heard: that waits for its turn.
  assert.equal(counters.dropped.denied + counters.accepted + counters.waiting, counters.received);
  assert.ok(signs.size <= 22, `${signs.size} told`);
});
