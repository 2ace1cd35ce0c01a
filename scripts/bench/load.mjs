// The load: a process of its own that pushes like a camera and reports to its parent. Each push has its own number, as
// equal ones are one alarm; that of the first is given as an argument.
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { isWholeAnswer } from '../../dist/src/simulator/http-push.js';

const PATIENCE_MS = 5000;
let lastNumber = Number(process.argv[2] ?? 0);

/** Makes pushes of a request with a mark in it: what is behind the mark is the same bytes for all. */
function numbering(request, marker) {
  const bytes = Buffer.from(request, 'base64');
  const at = bytes.indexOf(marker);
  const rest = bytes.subarray(at + marker.length);
  return () => {
    const number = ++lastNumber;
    const head = Buffer.from(bytes.subarray(0, at + marker.length));
    head.write(String(number).padStart(marker.length, '0'), at, 'latin1');
    return { number, pieces: [head, rest] };
  };
}

function write(socket, pieces) {
  socket.cork();
  for (const piece of pieces) socket.write(piece);
  socket.uncork();
}

const connect = ({ port, localAddress }) => net.connect({ host: '127.0.0.1', port, localAddress });

/** Sends one request over a connection of its own. @param lastByteAlone its time is given back */
function push(target, [head, rest], lastByteAlone) {
  return new Promise((resolve, reject) => {
    let sent = 0n;
    let answered = false;
    const socket = connect(target);
    socket.on('connect', () => {
      if (!lastByteAlone) return write(socket, [head, rest]);
      socket.write(head);
      return socket.write(rest.subarray(0, -1), () => {
        sent = process.hrtime.bigint();
        socket.write(rest.subarray(-1));
      });
    });
    socket.on('data', (chunk) => {
      answered ||= chunk.includes('HTTP/1.1 200');
    });
    socket.on('error', reject);
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('no answer within 5 s')));
    socket.on('close', () => (answered ? resolve(sent) : reject(new Error('no 200'))));
  });
}

/** Sends one request after the other over a connection, and over a new one when the other side has closed it. */
function keptConnection(target) {
  let socket;
  let answer = '';
  let settle = () => undefined;
  const open = () => {
    const own = connect(target);
    own.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (isWholeAnswer(answer)) settle();
    });
    own.on('error', () => undefined);
    // The one after it may be in use already.
    own.on('close', () => socket === own && settle());
    own.setTimeout(PATIENCE_MS, () => own.destroy());
    socket = own;
  };
  return {
    push: (pieces) =>
      new Promise((resolve, reject) => {
        if (socket === undefined || socket.destroyed) open();
        answer = '';
        settle = () => {
          settle = () => undefined;
          if (!answer.startsWith('HTTP/1.1 200')) socket.destroy();
          if (/^connection: close/im.test(answer)) socket.destroy();
          if (answer.startsWith('HTTP/1.1 200')) resolve();
          else reject(new Error('no 200'));
        };
        write(socket, pieces);
      }),
    end: () => socket?.destroy(),
  };
}

/** As many as possible for a while, so many connections at a time. */
async function throughput({ target, request, marker, concurrency, milliseconds, keepAlive }) {
  const next = numbering(request, marker);
  const end = Date.now() + milliseconds;
  let events = 0;
  let failures = 0;
  const worker = async () => {
    const kept = keepAlive ? keptConnection(target) : undefined;
    while (Date.now() < end) {
      const { pieces } = next();
      await (kept?.push(pieces) ?? push(target, pieces, false)).then(
        () => events++,
        () => failures++,
      );
    }
    kept?.end();
  };
  const started = process.hrtime.bigint();
  await Promise.all(Array.from({ length: concurrency }, worker));
  return { events, failures, seconds: Number(process.hrtime.bigint() - started) / 1e9 };
}

/** So many, as fast as they are answered, so many connections at a time. */
async function burst({ target, request, marker, concurrency, count }) {
  const next = numbering(request, marker);
  let left = count;
  let failures = 0;
  const worker = async () => {
    while (left-- > 0) await push(target, next().pieces, false).catch(() => failures++);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return { failures };
}

/** At a steady rate. */
async function steadily(rate, count, action) {
  const begun = performance.now();
  const pushes = [];
  for (let each = 0; each < count; each++) {
    await pause(Math.max(0, begun + (each * 1000) / rate - performance.now()));
    pushes.push(action());
  }
  await Promise.all(pushes);
}

/** When the last byte of each was sent, by its number. */
async function latency({ target, request, marker, rate, count }) {
  const next = numbering(request, marker);
  const sent = {};
  await steadily(rate, count, async () => {
    const { number, pieces } = next();
    sent[number] = String(await push(target, pieces, true));
  });
  return { sent };
}

/** How long each takes in milliseconds, from the first byte of its connection to its answer. */
async function answers({ target, request, marker, rate, count }) {
  const next = numbering(request, marker);
  const times = [];
  let failures = 0;
  await steadily(rate, count, async () => {
    const { pieces } = next();
    const started = performance.now();
    await push(target, pieces, false).then(
      () => times.push(performance.now() - started),
      () => failures++,
    );
  });
  return { times, failures };
}

process.on('message', async (order) => {
  try {
    process.send(await { throughput, burst, latency, answers }[order.kind](order));
  } catch (error) {
    process.send({ error: error.message });
  }
});
process.on('disconnect', () => process.exit());
