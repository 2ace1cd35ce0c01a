import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS, type Limits } from '../../src/limits.js';
import { type Datagram, DatagramQueue } from '../../src/sources/datagram-queue.js';
import { nextTurn } from '../support/listener.js';
import { ManualClock } from '../support/manual-clock.js';

function make(limits: Partial<Limits> = {}, costMs = 0) {
  const clock = new ManualClock();
  const taken: number[] = [];
  const dropped: number[] = [];
  const there = { ready: true };
  const numberOf = ({ bytes }: Datagram) => Number(bytes.toString());
  const queue = new DatagramQueue({ ...LIMITS, ...limits }, clock, {
    ready: () => there.ready,
    take: (datagram) => {
      taken.push(numberOf(datagram));
      clock.pass(costMs);
    },
    drop: (datagram) => dropped.push(numberOf(datagram)),
  });
  let next = 0;
  const put = (count: number) => {
    let room = 0;
    for (let each = 0; each < count; each++) {
      const bytes = Buffer.from(String(next++));
      const [receivedAt, since] = [clock.now(), clock.ticks()];
      if (queue.put({ bytes, address: '192.0.2.1', receivedAt, since })) room++;
    }
    return room;
  };
  return { clock, taken, dropped, there, queue, put };
}

const upTo = (end: number, begin = 0) => Array.from({ length: end - begin }, (_, index) => begin + index);

async function untilEmpty(queue: DatagramQueue): Promise<void> {
  while (queue.size > 0) await nextTurn();
}

test('nothing is handed on within the turn in which it came', async () => {
  const { queue, put, taken } = make();
  put(3);
  assert.deepEqual(taken, []);
  await untilEmpty(queue);
  assert.deepEqual(taken, [0, 1, 2]);
});

test('it holds so many and no more, and what it took keeps its order', async () => {
  const { queue, put, taken } = make({ udpQueue: 1_000, udpTurn: 64 });
  assert.equal(put(1_500), 1_000);
  assert.equal(queue.size, 1_000);
  await nextTurn();
  const gone = taken.length;
  assert.ok(gone > 0 && gone < 1_000);
  assert.equal(put(1_500), gone);
  await untilEmpty(queue);
  assert.deepEqual(taken, [...upTo(1_000), ...upTo(1_500 + gone, 1_500)]);
  assert.equal(put(1_000), 1_000);
});

test('it holds so many bytes and no more, and has room again when some are gone', async () => {
  const { queue, put } = make({ udpQueueBytes: 5 });
  assert.equal(put(6), 5);
  await untilEmpty(queue);
  assert.equal(put(4), 4);
});

/** How many each turn handed on. */
async function turns(queue: DatagramQueue, passed: () => void = () => undefined): Promise<number[]> {
  const sizes = [queue.size];
  while (queue.size > 0) {
    passed();
    await nextTurn();
    sizes.push(queue.size);
  }
  return sizes.slice(1).map((size, index) => (sizes[index] as number) - size);
}

test('a turn hands on so many at most', async () => {
  const { queue, put } = make({ udpTurn: 40, udpTurnBusy: 8 });
  put(100);
  assert.deepEqual(await turns(queue), [8, 40, 40, 12]);
});

test('while turns take long, as of what flows do in them, each hands on fewer than are read', async () => {
  const { queue, put, clock } = make({ udpTurn: 40, udpTurnBusy: 8, udpTurnMs: 2 });
  put(24);
  assert.deepEqual(await turns(queue, () => clock.pass(3)), [8, 8, 8]);
  put(90);
  assert.deepEqual(await turns(queue, () => clock.pass(2)), [40, 40, 10]);
});

test('a turn is over when it has lasted long enough, however few it handed on', async () => {
  const { queue, put } = make({ udpTurn: 10, udpTurnMs: 5 }, 2);
  put(30);
  assert.deepEqual(new Set(await turns(queue)), new Set([3]));
});

test('while nobody is there it waits, and goes on in order when somebody comes', async () => {
  const { queue, put, taken, there, clock } = make();
  there.ready = false;
  put(100);
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  assert.deepEqual(taken, []);
  clock.pass(LIMITS.udpWaitMs);
  clock.jump(3_600_000);
  there.ready = true;
  queue.resume();
  await untilEmpty(queue);
  assert.deepEqual(taken, upTo(100));
});

test('what waited for too long is dropped, and only that', async () => {
  const { queue, put, taken, dropped, there, clock } = make();
  there.ready = false;
  put(2);
  clock.pass(LIMITS.udpWaitMs);
  put(2);
  clock.pass(1);
  there.ready = true;
  queue.resume();
  await untilEmpty(queue);
  assert.deepEqual(
    [dropped, taken],
    [
      [0, 1],
      [2, 3],
    ],
  );
});

test('emptied, it hands on all at once, or drops it where nobody is there', async () => {
  const { queue, put, taken, dropped, there } = make({ udpTurn: 1, udpTurnBusy: 1 });
  put(10);
  queue.empty();
  there.ready = false;
  put(10);
  queue.empty();
  assert.deepEqual([taken, dropped, queue.size], [upTo(10), upTo(20, 10), 0]);
  there.ready = true;
  await nextTurn();
  assert.equal(taken.length, 10);
});
