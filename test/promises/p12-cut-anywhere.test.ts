import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { RawClient } from '../sources/raw-client.js';
import { type Build, promise } from './support/promise.js';

/** Connections under way at a time, each with a listener of its own. */
const LANES = 4;
/** Short runs look at every so many bytes, which is less than a line of the document. */
const STRIDE = 23;
const DOCUMENT_END = '</EventNotificationAlert>';
/** How a sender that breaks off may leave. */
const LEAVING: readonly ((client: RawClient) => void)[] = [
  (client) => client.socket.destroy(),
  (client) => client.socket.resetAndDestroy(),
  (client) => client.socket.end(),
];

/** Senders that break off at these bytes of a push of three parts, one after the other; then a whole push. */
async function breakOff({ load }: Build, t: TestContext, cuts: (length: number) => readonly number[]) {
  const { startListener } = load<typeof import('../support/listener.js')>('test/support/listener.js');
  const { RawClient, exchange } = load<typeof import('../sources/raw-client.js')>(
    'test/sources/raw-client.js',
  );
  const { MULTIPART, countOf, multipart, request } =
    load<typeof import('../sources/samples.js')>('test/sources/samples.js');
  const { jpeg } = load<typeof import('../support/multipart-samples.js')>(
    'test/support/multipart-samples.js',
  );
  const pictures = [jpeg(Buffer.alloc(9_000, 1)), jpeg(Buffer.alloc(10_000, 2))];
  const bytesOf = (count: number) => request(multipart(count, ...pictures), { type: MULTIPART });
  // Counts of as many digits each, so that all requests have the same length.
  const first = 100_000;
  const example = bytesOf(first);
  const whole = example.indexOf(DOCUMENT_END) + DOCUMENT_END.length;
  const { port, alarms, quiet, read } = await startListener(t);
  const places = cuts(example.length);
  for (const [index, at] of places.entries()) {
    const client = await RawClient.open(port);
    await client.send(bytesOf(first + at).subarray(0, at));
    await read(index + 1, at);
    LEAVING[at % LEAVING.length]?.(client);
    await client.rest();
    await quiet(index + 1);
    assert.doesNotMatch(client.received, /^HTTP\/1\.1 (?!400)/, `cut at ${at} and answered`);
    if (at < whole) continue;
    const { event, attachments } = await alarms
      .take(5_000)
      .catch(() => assert.fail(`cut at ${at}: no alarm`));
    assert.equal(
      countOf({ event, attachments }),
      first + at,
      `cut at ${at}: an alarm from before its document`,
    );
    assert.equal(event.truncated, true, `cut at ${at}, and not told`);
    for (const [place, { content }] of attachments.entries())
      assert.ok(pictures[place]?.subarray(0, content.length).equals(content), `cut at ${at}: other bytes`);
  }
  assert.equal((await exchange(port, bytesOf(1_000_000))).status, 200);
  const { event, attachments } = await alarms.take(5_000);
  assert.equal(countOf({ event, attachments }), 1_000_000, 'an alarm from before its document');
  assert.equal(event.truncated, undefined);
  assert.equal(alarms.size, 0);
  return { cuts: places.length, bytes: example.length, alarms: places.filter((at) => at >= whole).length };
}

promise(
  'P12',
  'a delivery that breaks off at any byte is never answered 200, and is an alarm once its document is whole',
  async ({ build, t, short, figure }) => {
    const stride = short ? STRIDE : 1;
    const lane = (number: number) =>
      breakOff(build, t, (length) =>
        Array.from({ length: Math.ceil(length / stride) }, (_, at) => at * stride).filter(
          (at) => at % LANES === number,
        ),
      );
    const done = await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
    const sum = (of: (each: (typeof done)[number]) => number) =>
      done.reduce((total, each) => total + of(each), 0);
    figure(
      `cut at ${sum(({ cuts }) => cuts)} places of ${done[0]?.bytes} bytes: ${sum(({ alarms }) => alarms)} alarms, no 200`,
    );
  },
  [
    {
      what: 'gives up what came when its sender is gone',
      file: 'src/wire/body.js',
      from: 'parts: this.#parts,',
      to: 'parts: truncated ? [] : this.#parts,',
    },
    {
      what: 'does not tell that something is missing',
      file: 'src/vendors/isapi/index.js',
      from: 'const truncated = notification.truncated || damaged;',
      to: 'const truncated = damaged;',
    },
  ],
);
