import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drain, startListener } from '../support/listener.js';
import {
  attack,
  BODY,
  CHUNKS,
  countRequests,
  framed,
  LENGTH,
  ONE,
  REFUSED,
  repaired,
  SMUGGLED,
} from './framing-attacks.js';
import { countOf } from './samples.js';

for (const [what, bytes] of REFUSED) {
  test(`${what}: refused and closed, and no second request is seen`, async (t) => {
    const { port, alarms, quiet } = await startListener(t);
    const requests = countRequests(t, port);
    const [status = 0, ...more] = await attack(port, bytes);
    await quiet(1);
    assert.ok(status >= 400 && status < 500, `answered ${status}`);
    assert.deepEqual(more, []);
    assert.ok(requests() <= 1, `${requests()} requests`);
    assert.equal(alarms.size, 0);
  });
}

for (const [what, bytes] of ONE) {
  test(`${what}: one alarm, one answer, and no second request is seen`, async (t) => {
    const { port, alarms, quiet } = await startListener(t);
    const requests = countRequests(t, port);
    assert.deepEqual(await attack(port, bytes), [200]);
    await quiet(1);
    assert.equal(requests(), 1);
    assert.deepEqual((await drain(alarms)).map(countOf), [1]);
  });
}

test('identity before chunked: refused by us, so that the request behind it, which the parser sees, is not served', async (t) => {
  const { port, alarms, signs, quiet } = await startListener(t);
  assert.deepEqual(await attack(port, framed('Transfer-Encoding: identity, chunked') + CHUNKS), [415]);
  await quiet(1);
  assert.deepEqual([alarms.size, signs.size], [0, 1]);
});

test('a request in the body of a repaired one is its body', async (t) => {
  const { port, alarms, quiet } = await startListener(t);
  const requests = countRequests(t, port);
  const body = `${SMUGGLED}\r\n\r\n${SMUGGLED}`;
  assert.deepEqual(await attack(port, repaired(`Content-Length: ${body.length}`) + body), [200]);
  await quiet(1);
  assert.deepEqual([requests(), alarms.size], [1, 0]);
});

test('a repaired push that is shorter than it says takes what follows for its own, and no more comes of it', async (t) => {
  const { port, alarms, quiet } = await startListener(t, {
    limits: { headersTimeoutMs: 300, requestTimeoutMs: 300, checkIntervalMs: 50 },
  });
  const requests = countRequests(t, port);
  const statuses = await attack(port, repaired(`Content-Length: ${LENGTH + SMUGGLED.length + 1}`) + BODY);
  await quiet(1);
  assert.deepEqual([statuses, requests()], [[408], 1]);
  assert.ok((await drain(alarms)).every(({ event }) => event.truncated));
});

test('a repaired push that is longer than it says is cut where it says', async (t) => {
  const { port, alarms, signs, quiet } = await startListener(t);
  const requests = countRequests(t, port);
  assert.deepEqual(await attack(port, repaired('Content-Length: 4') + BODY), [200]);
  await quiet(1);
  assert.deepEqual([requests(), alarms.size], [1, 0]);
  assert.deepEqual((await signs.take()).raw, Buffer.from(BODY.slice(0, 4)));
});
