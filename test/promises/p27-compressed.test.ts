import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import zlib from 'node:zlib';
import { LIMITS } from '../../src/limits.js';
import { RawClient } from '../sources/raw-client.js';
import { chunked, request, xml } from '../sources/samples.js';
import { startListener } from '../support/listener.js';
import { promise } from './support/promise.js';

const MIB = 1024 * 1024;
const BOMB = zlib.gzipSync(Buffer.alloc(100 * MIB));
const BODY = Buffer.from(xml(1));
/** Five times what the table says, for the median: other work may hold an answer up. */
const ANSWER_MS = 25;
const ROUNDS = 3;

/** What a body is in, and its bytes. */
const CODED: readonly (readonly [coding: string, bytes: Buffer])[] = [
  ['gzip', zlib.gzipSync(BODY)],
  ['x-gzip', zlib.gzipSync(BODY)],
  ['deflate', zlib.deflateSync(BODY)],
  ['br', zlib.brotliCompressSync(BODY)],
  ['zstd', BODY],
  ['compress', BODY],
  ['GZip', zlib.gzipSync(BODY)],
  ['gzip, gzip', zlib.gzipSync(zlib.gzipSync(BODY))],
  ['gzip, deflate, br', zlib.brotliCompressSync(zlib.deflateSync(zlib.gzipSync(BODY)))],
  ['identity, gzip', zlib.gzipSync(BODY)],
  ['gzip', BOMB],
  ['gzip, gzip', zlib.gzipSync(BOMB)],
];

const HOST = 'Host: 127.0.0.1';
const CHUNKS = 10_000;
/** All ways to say that a body is compressed: of the content, of the content in chunks, of the transfer. */
const WAYS: readonly ((coding: string, bytes: Buffer) => Buffer)[] = [
  (coding, bytes) => request(bytes, { headers: [`Content-Encoding: ${coding}`] }),
  (coding, bytes) =>
    request(chunked(bytes, CHUNKS), {
      bare: true,
      headers: [HOST, `Content-Encoding: ${coding}`, 'Transfer-Encoding: chunked'],
    }),
  (coding, bytes) =>
    request(chunked(bytes, CHUNKS), { bare: true, headers: [HOST, `Transfer-Encoding: ${coding}, chunked`] }),
  (coding, bytes) =>
    request(chunked(bytes, CHUNKS), {
      bare: true,
      headers: [HOST, `Transfer-Encoding: ${coding}`, 'Transfer-Encoding: chunked'],
    }),
];

/** Counts what is unpacked in this process, by whatever means of Node.js. */
function countUnpacking(t: TestContext): () => number {
  const names = Object.keys(zlib).filter((name) => /unzip|gunzip|inflate|decompress/i.test(name));
  const makers = names.filter((name) => typeof (zlib as Record<string, unknown>)[name] === 'function');
  const mocks = makers.map((name) => t.mock.method(zlib, name as 'gunzip').mock);
  return () => mocks.reduce((sum, mock) => sum + mock.callCount(), 0);
}

promise(
  'P27',
  'compressed bodies are refused, and bombs cost nothing',
  async ({ build, t, short, figure }) => {
    const { port, alarms, sockets, quiet } = await startListener(t, { build });
    const unpacked = countUnpacking(t);
    const memory = process.memoryUsage().rss;
    const times: number[] = [];
    for (let round = 0; round < (short ? 1 : ROUNDS); round++) {
      for (const [way, bytesOf] of WAYS.entries()) {
        for (const [coding, coded] of CODED) {
          const bytes = bytesOf(coding, coded);
          const client = await RawClient.open(port);
          const answered = client.answer();
          const before = performance.now();
          const sent = client.send(bytes);
          const { status, headers } = await answered;
          times.push(performance.now() - before);
          assert.equal(status, 415, `${coding}, said in way ${way}`);
          assert.deepEqual(headers.get('connection'), ['close']);
          assert.equal(await client.rest(), '');
          await sent;
        }
      }
    }
    await quiet(times.length);
    assert.equal(alarms.size, 0);
    assert.equal(unpacked(), 0);
    const read = Math.max(...sockets.map(({ bytesRead }) => bytesRead));
    assert.ok(read <= LIMITS.refusedBodyBytes + 2 * 65_536, `${read} bytes read`);
    const grown = process.memoryUsage().rss - memory;
    assert.ok(grown < 50 * MIB, `${grown} bytes more memory`);
    const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? assert.fail();
    assert.ok(median < ANSWER_MS, `answered after ${median} ms`);
    figure(
      `${times.length} compressed bodies, a sixth of them bombs, refused in ${median.toFixed(2)} ms (median); nothing unpacked, ${read} bytes read at most`,
    );
  },
  [
    {
      what: 'does not look at the coding of the content',
      file: 'src/sources/objection.js',
      from: "content.toLowerCase() !== 'identity'",
      to: 'false',
    },
    {
      what: 'does not look at the coding of the transfer',
      file: 'src/sources/objection.js',
      from: "transfer.toLowerCase() !== 'chunked'",
      to: 'false',
    },
  ],
);
