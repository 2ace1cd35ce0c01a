import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { RawClient } from '../sources/raw-client.js';
import { countOf, MAC, request, xml } from '../sources/samples.js';
import { FakeDisk } from '../support/fake-disk.js';
import { drain, startListener } from '../support/listener.js';
import { seeded } from '../vendors/changes.js';
import { type Build, promise } from './support/promise.js';

const OTHER_MAC = '00:00:5e:00:53:12';
const MOST = 10;
const ROUNDS = 100;

/** A listener whose spool has ten places, and whose flow confirms nothing. */
async function startSmall(t: TestContext, build: Build, disk: FakeDisk) {
  const started = await startListener(t, {
    build,
    limits: { spoolEvents: MOST, redeliveriesPerSecond: 100_000 },
    keep: { disk, sync: true, confirmed: true },
  });
  const push = async (count: number, mac = MAC) => {
    const client = await RawClient.open(started.port);
    await client.send(request(xml(count, mac)));
    const answer = await client.answer();
    client.socket.destroy();
    return answer;
  };
  return { ...started, push };
}

promise(
  'P06',
  'what is shed was never acknowledged',
  async ({ build, t, short, figure }) => {
    const random = seeded(6);
    const rounds = short ? 2 : ROUNDS;
    let [taken, shed] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      const disk = new FakeDisk(random);
      const { push, listener } = await startSmall(t, build, disk);
      const answered: number[] = [];
      const more = 1 + random(8);
      // One by one or all at once.
      const counts = Array.from({ length: MOST + more }, (_, index) => index + 1);
      const pushes = random(2) === 0 ? [counts] : counts.map((count) => [count]);
      for (const each of pushes) {
        await Promise.all(
          each.map(async (count) => {
            const { status, headers } = await push(count);
            if (status === 200) answered.push(count);
            else {
              assert.equal(status, 503, `answered ${status}`);
              assert.match(headers.get('retry-after')?.[0] ?? '', /^\d+$/, 'not told when to come again');
              shed++;
            }
          }),
        );
      }
      assert.equal(answered.length, MOST, `round ${round}: ${answered.length} were taken`);
      if (pushes.length > 1) assert.deepEqual(answered, counts.slice(0, MOST));
      assert.equal((await push(99, OTHER_MAC)).status, 200, 'another device found no place');
      taken += answered.length + 1;
      await listener.stop();
      const again = await startSmall(t, build, disk.crash());
      const left = [];
      while (left.length < MOST + 1) left.push(await again.alarms.take());
      const found = left.concat(await drain(again.alarms)).map(countOf);
      assert.deepEqual(
        found.sort((a, b) => a - b),
        [...answered, 99].sort((a, b) => a - b),
      );
      await again.listener.stop();
    }
    figure(`${rounds} rounds: ${taken} acknowledged, all found again; ${shed} shed with 503`);
  },
  [
    {
      what: 'acknowledges what it has no place for',
      file: 'src/inbox/inbox.js',
      from: 'reject(error ?? new errors_js_1.AlarmError',
      to: 'resolve(error ?? new errors_js_1.AlarmError',
    },
    {
      what: 'has no reserve for other devices',
      file: 'src/inbox/shares.js',
      from: '&& !this.#inReserve(held, amount)',
      to: '',
    },
    {
      what: 'keeps more than it has places for',
      file: 'src/inbox/shares.js',
      from: 'if (this.#sum + amount > this.#most ',
      to: 'if (false ',
    },
  ],
);
