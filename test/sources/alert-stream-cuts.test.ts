import assert from 'node:assert/strict';
import { test } from 'node:test';
import { picture } from '../../src/simulator/picture.js';
import { CAMERA_STYLE, RECORDER_STYLE, streamParts } from '../../src/simulator/stream-bytes.js';
import { dice, openSockets, settle, streamOf, until } from '../support/stream.js';

const DEVICES = 20;
const CUTS = 500;

test(`${DEVICES * CUTS} cuts at random bytes: every event sent whole arrives, and nothing is left behind`, async (t) => {
  const warnings: Error[] = [];
  const warn = (warning: Error) => warnings.push(warning);
  process.on('warning', warn);
  t.after(() => process.off('warning', warn));
  const before = openSockets();
  await Promise.all(
    Array.from({ length: DEVICES }, async (_, index) => {
      const roll = dice(index + 1);
      const style = index % 2 === 0 ? CAMERA_STYLE : RECORDER_STYLE;
      const login = index % 5 === 0 ? {} : undefined;
      const { told, device, stream, time } = await streamOf(t, {
        device: { style, login, chunked: index % 3 === 0 },
      });
      stream.start();
      let whole = 0;
      for (let cut = 0; cut < CUTS; cut++) {
        await until(() => device.streams === 1, `stream ${cut}`, 60_000);
        const parts = [device.document({ count: cut })];
        if (cut % 10 === 0) parts.push({ contentType: 'image/jpeg', bytes: picture('gate-target') });
        const bytes = streamParts(parts, style);
        const at = roll(bytes.length + 1);
        const { length } = told.states;
        device.write(bytes.subarray(0, at));
        if (at >= String(parts[0]?.bytes).length + 110) whole++;
        device[['end', 'reset'][roll(2)] as 'end' | 'reset']();
        await until(
          () => told.states.length > length && stream.state.nextRetry !== undefined,
          `end ${cut}`,
          60_000,
        );
        await until(() => device.connections === 0, `closed ${cut}`, 60_000);
        assert.equal(time.waiting, 1);
        time.pass(time.next);
      }
      await until(() => device.streams === 1);
      // Of a kind that never had a picture: nobody waits for one.
      device.event({ count: 1_000_000, eventType: 'VMD' });
      await until(() => told.alarms.at(-1)?.event.document['activePostCount'] === '1000000');
      // A reset may overtake what was sent before it; what ends in good order does not lose a byte.
      assert.ok(told.alarms.length > whole / 3, `${told.alarms.length} of ${whole}`);
      assert.equal(device.counts.mostStreams, 1);
      assert.equal(device.login.wrong, 0);
      assert.deepEqual(told.errors, []);
      await stream.stop();
      await until(() => device.connections === 0);
      assert.equal(time.waiting, 0);
    }),
  );
  await settle();
  assert.deepEqual(warnings, []);
  assert.ok(openSockets() <= before, `${openSockets()} sockets, ${before} before`);
});

test('cuts in good order: each event that was sent whole arrives, each once', async (t) => {
  const { told, device, stream, time } = await streamOf(t, { device: { login: undefined } });
  const roll = dice(99);
  stream.start();
  let whole = 0;
  for (let cut = 0; cut < 300; cut++) {
    await until(() => device.streams === 1);
    const bytes = streamParts([device.document({ count: cut })], CAMERA_STYLE);
    const at = roll(bytes.length + 1);
    device.write(Buffer.concat([bytes, bytes.subarray(0, at)]));
    whole += at === bytes.length ? 2 : 1;
    // Only blanks are missing from it.
    if (at < bytes.length && bytes.subarray(at).toString().trim() === '') whole++;
    const { length } = told.states;
    device.end();
    await until(() => told.states.length > length && stream.state.nextRetry !== undefined);
    await until(() => device.connections === 0);
    time.pass(time.next);
  }
  assert.equal(told.alarms.length, whole);
});

test('500 devices in one process', async (t) => {
  const all = await Promise.all(Array.from({ length: 500 }, () => streamOf(t)));
  for (const { stream } of all) stream.start();
  await until(() => all.every(({ device }) => device.streams === 1), 'all connected', 60_000);
  for (const { device } of all) device.event();
  await until(() => all.every(({ told }) => told.alarms.length === 1), 'all told', 60_000);
  for (const { device } of all) {
    assert.equal(device.counts.mostStreams, 1);
    assert.equal(device.login.attempts, 1);
  }
});
