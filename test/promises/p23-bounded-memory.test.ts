import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { LIMITS } from '../../src/limits.js';
import { exchange } from '../sources/raw-client.js';
import { request, xml } from '../sources/samples.js';
import { promise } from './support/promise.js';

const MIB = 1024 * 1024;
const HEAP_MIB = 256;
/** The heap, what bodies may take, and once more that: what was dropped of them is collected late. */
const MOST_BYTES = HEAP_MIB * MIB + 2 * LIMITS.bodyBytesInMemory;
const CHILD = path.join(__dirname, 'support/listener-child.js');
const FILLER = Buffer.alloc(64 * 1024, 'A');
const CHUNK = Buffer.concat([Buffer.from(`${FILLER.length.toString(16)}\r\n`), FILLER, Buffer.from('\r\n')]);

/** A body that never ends: where it goes, what it says it is, and how it begins. */
interface Endless {
  readonly what: string;
  readonly vendor: string;
  readonly contentType: string;
  readonly begin: string;
}

const MULTIPART = 'multipart/form-data; boundary=b';
const PART = '--b\r\nContent-Disposition: form-data; name="picture"; filename="a.jpg"';
const ENDLESS: readonly Endless[] = [
  { what: 'a body', vendor: 'isapi', contentType: 'application/xml', begin: '<EventNotificationAlert>' },
  { what: 'the head of a part', vendor: 'isapi', contentType: MULTIPART, begin: PART },
  { what: 'a picture', vendor: 'isapi', contentType: MULTIPART, begin: `${PART}\r\n\r\n\xff\xd8` },
  { what: 'a picture in a document', vendor: 'raysharp', contentType: 'application/json', begin: '{"img":"' },
  {
    what: 'a film',
    vendor: 'vstarcam',
    contentType: MULTIPART,
    begin: `${PART}\r\n\r\n\0\0\0\u0018ftypisom`,
  },
  {
    what: 'a word',
    vendor: 'vstarcam',
    contentType: MULTIPART,
    begin: '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
  },
];

/** Sends without end, until it is answered. @returns the status, or what became of the connection */
async function pour(
  port: number,
  { vendor, contentType, begin }: Endless,
  localAddress: string,
): Promise<string> {
  const socket = net.connect({ port, host: '127.0.0.1', localAddress });
  const head = `POST /${vendor} HTTP/1.1\r\nHost: a\r\nContent-Type: ${contentType}\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const first = Buffer.from(begin, 'latin1');
  socket.write(
    Buffer.concat([Buffer.from(`${head}${first.length.toString(16)}\r\n`), first, Buffer.from('\r\n')]),
  );
  let answer = '';
  socket.on('data', (bytes) => {
    answer += bytes.toString('latin1');
  });
  const more = () => {
    while (answer === '' && socket.writable && socket.write(CHUNK));
  };
  socket.on('drain', more);
  socket.on('error', () => undefined);
  more();
  await new Promise((resolve) => socket.on('close', resolve));
  return /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 'no answer';
}

/** What the child tells when it is asked, or when it is ready. */
async function told<Message>(child: ChildProcess): Promise<Message> {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => assert.fail('the process of the listener ended')),
  ]);
  return message as Message;
}

promise(
  'P23',
  'whatever is sent, memory is bounded, and what never ends is refused',
  async ({ build, t, short, figure }) => {
    const child = fork(CHILD, [build.file('')], { execArgv: [`--max-old-space-size=${HEAP_MIB}`] });
    t.after(() => child.kill('SIGKILL'));
    const { port } = await told<{ port: number }>(child);
    const each = short ? 12 : 64;
    const kinds = new Map<string, number>();
    for (const endless of ENDLESS) {
      // Of as many addresses as it takes for all to be served at once.
      const all = Array.from({ length: each }, (_, at) => pour(port, endless, `127.0.1.${2 + (at % 16)}`));
      for (const status of await Promise.all(all)) {
        assert.match(status, /^(?:413|503)$/, `${endless.what} among others`);
        kinds.set(status, (kinds.get(status) ?? 0) + 1);
      }
      assert.equal(await pour(port, endless, '127.0.0.1'), '413', `${endless.what} alone`);
    }
    const mixed = ENDLESS.flatMap((endless) => Array.from({ length: short ? 2 : 32 }, () => endless));
    const statuses = await Promise.all(
      mixed.map((endless, at) => pour(port, endless, `127.0.2.${2 + (at % 16)}`)),
    );
    for (const status of statuses) assert.match(status, /^(?:413|503)$/);
    const good = request(xml(), { target: '/isapi' });
    assert.equal((await exchange(port, good)).status, 200);
    child.send('memory');
    const { alarms, mostBytes } = await told<{ alarms: number; mostBytes: number }>(child);
    assert.equal(alarms, 1);
    assert.ok(mostBytes < MOST_BYTES, `${Math.round(mostBytes / MIB)} MiB`);
    figure(
      `${ENDLESS.length} kinds of what never ends, ${each} at once and each alone, then ${mixed.length} of all kinds: ` +
        `${[...kinds].map(([status, count]) => `${count} times ${status}`).join(', ')}; ` +
        `at most ${Math.round(mostBytes / MIB)} of ${MOST_BYTES / MIB} MiB, and the next alarm arrives`,
    );
  },
  [
    {
      what: 'holds as many bodies as come',
      file: 'src/limits.js',
      from: 'bodyBytesInMemory: 128 * MIB,',
      to: 'bodyBytesInMemory: 128_000 * MIB,',
    },
    {
      what: 'takes bodies of any size',
      file: 'src/limits.js',
      from: 'bodyBytes: 32 * MIB,',
      to: 'bodyBytes: 32_000 * MIB,',
    },
  ],
);
