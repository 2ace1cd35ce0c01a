import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { multipartBody } from '../../src/simulator/http-push.js';
import { complaints, drain, nextTurn, startListener } from '../support/listener.js';
import { exchange, RawClient } from './raw-client.js';
import {
  chunkedRequest,
  countOf,
  documentPart,
  LARGE,
  MULTIPART,
  multipart,
  picturePart,
  request,
  SMALL,
  SMALLER,
  xml,
} from './samples.js';

test('a small push sent byte by byte is one alarm', async (t) => {
  const { port, alarms } = await startListener(t);
  const client = await RawClient.open(port);
  for (const byte of request(xml())) {
    await client.send(Buffer.of(byte));
    await nextTurn();
  }
  assert.equal((await client.answer()).status, 200);
  assert.deepEqual((await drain(alarms)).map(countOf), [1]);
  client.socket.destroy();
});

/** The request in pieces, cut at the given places. */
function pieces(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [0, ...[...new Set(places)].sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((cut, index) => bytes.subarray(cuts[index], cut));
}

async function arrivesWhole(
  { port, alarms }: Awaited<ReturnType<typeof startListener>>,
  chunks: readonly Buffer[],
  pictures: readonly Buffer[],
) {
  const client = await RawClient.open(port);
  for (const chunk of chunks) {
    await client.send(chunk);
    await nextTurn();
  }
  assert.equal((await client.answer()).status, 200);
  client.socket.destroy();
  const [alarm, ...more] = await drain(alarms);
  assert.equal(more.length, 0);
  assert.equal(alarm && countOf(alarm), 1);
  assert.equal(alarm?.event.truncated, undefined);
  assert.deepEqual(
    alarm?.attachments.map(({ content }) => content),
    pictures,
  );
}

test('a push cut in two at any place is one alarm', async (t) => {
  const listener = await startListener(t);
  const bytes = request(multipart(1, SMALLER), { type: MULTIPART });
  for (let at = 1; at < bytes.length; at++) await arrivesWhole(listener, pieces(bytes, [at]), [SMALLER]);
});

test('pictures arrive byte for byte however the push is cut, with a length or in chunks', async (t) => {
  const listener = await startListener(t);
  const body = multipart(1, SMALL, LARGE, SMALLER);
  const wholes = [request(body, { type: MULTIPART }), chunkedRequest(body, 5_000, MULTIPART)];
  const cases = fc.tuple(
    fc.constantFrom(...wholes),
    fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1, maxLength: 12 }),
  );
  await fc.assert(
    fc.asyncProperty(cases, ([bytes, places]) => {
      const cuts = places.map((place) => 1 + Math.floor(place * (bytes.length - 1)));
      return arrivesWhole(listener, pieces(bytes, cuts), [SMALL, LARGE, SMALLER]);
    }),
    { numRuns: 300, seed: 20_261_122 },
  );
});

const DOCUMENT_END = '</EventNotificationAlert>';
/** What a cut picture may hold: with a length nothing but itself, without one the beginning of what follows, too. */
const FRAMINGS: [string, Buffer, Buffer][] = [
  ['with part lengths', multipart(1, SMALLER), SMALLER],
  [
    'without part lengths',
    multipartBody([
      { ...documentPart(xml()), noLength: true },
      { ...picturePart('detectionPicture', SMALLER), noLength: true },
    ]),
    Buffer.concat([SMALLER, Buffer.from('\r\n-')]),
  ],
];
const LEAVING: [string, (client: RawClient) => void][] = [
  ['closes', (client) => client.socket.destroy()],
  ['resets', (client) => client.socket.resetAndDestroy()],
  ['ends', (client) => client.socket.end()],
];
for (const [framing, body, picture] of FRAMINGS) {
  for (const [leaves, leave] of LEAVING) {
    test(`a push ${framing} whose sender ${leaves} at any byte never gets a 200, and is an alarm once its document is whole`, async (t) => {
      const { port, alarms, quiet, read } = await startListener(t);
      const bytes = request(body, { type: MULTIPART });
      const whole = bytes.indexOf(DOCUMENT_END) + DOCUMENT_END.length;
      for (let at = 0; at < bytes.length; at++) {
        const client = await RawClient.open(port);
        await client.send(bytes.subarray(0, at));
        await read(at + 1, at);
        leave(client);
        await client.rest();
        await quiet(at + 1);
        assert.doesNotMatch(client.received, /^HTTP\/1\.1 (?!400)/, `cut at ${at}`);
        const got = await drain(alarms);
        assert.equal(got.length, at >= whole ? 1 : 0, `cut at ${at} of ${bytes.length}`);
        for (const { event, attachments } of got) {
          assert.equal(event.truncated, true);
          const shown = attachments[0]?.content ?? Buffer.alloc(0);
          assert.ok(picture.subarray(0, shown.length).equals(shown));
        }
      }
      await exchange(port, bytes);
      const [alarm] = await drain(alarms);
      assert.equal(alarm?.event.truncated, undefined);
    });
  }
}

test('a connection that breaks off inside a push is not told as speaking improper HTTP', async (t) => {
  const subscribed = await startListener(t);
  const bytes = request(multipart(1, SMALL), { type: MULTIPART });
  const client = await RawClient.open(subscribed.port);
  client.socket.end(bytes.subarray(0, -30));
  await subscribed.alarms.take();
  await client.rest();
  await subscribed.quiet(1);
  assert.deepEqual(await complaints(subscribed), []);
});
