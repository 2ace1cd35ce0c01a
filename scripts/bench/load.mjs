// The load: a process of its own that pushes like a camera, one connection for each event, and reports to its parent.

import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Sends one request. Its last byte goes alone, and the time of that is given back. */
function push({ port, localAddress }, bytes, lastByteAlone) {
  return new Promise((resolve, reject) => {
    let sent = 0n;
    let answered = false;
    const socket = net.connect({ host: '127.0.0.1', port, localAddress });
    socket.on('connect', () => {
      if (!lastByteAlone) return socket.write(bytes);
      return socket.write(bytes.subarray(0, -1), () => {
        sent = process.hrtime.bigint();
        socket.write(bytes.subarray(-1));
      });
    });
    socket.on('data', (chunk) => {
      answered ||= chunk.includes('HTTP/1.1 200');
    });
    socket.on('error', reject);
    socket.setTimeout(5000, () => socket.destroy(new Error('no answer within 5 s')));
    socket.on('close', () => (answered ? resolve(sent) : reject(new Error('no 200'))));
  });
}

/** As many as possible for a while, so many connections at a time. */
async function throughput({ target, request, concurrency, milliseconds }) {
  const bytes = Buffer.from(request, 'base64');
  const end = Date.now() + milliseconds;
  let events = 0;
  let failures = 0;
  const worker = async () => {
    while (Date.now() < end) {
      await push(target, bytes, false).then(
        () => events++,
        () => failures++,
      );
    }
  };
  const started = process.hrtime.bigint();
  await Promise.all(Array.from({ length: concurrency }, worker));
  return { events, failures, seconds: Number(process.hrtime.bigint() - started) / 1e9 };
}

/** At a steady rate, each with its own number in place of `marker`: when the last byte of each was sent. */
async function latency({ target, request, marker, rate, count }) {
  const bytes = Buffer.from(request, 'base64');
  const at = bytes.indexOf(marker);
  const sent = [];
  const pushes = [];
  for (let number = 0; number < count; number++) {
    const own = Buffer.from(bytes);
    own.write(String(number).padStart(marker.length, '0'), at, 'latin1');
    pushes.push(
      push(target, own, true).then((time) => {
        sent[number] = String(time);
      }),
    );
    await pause(1000 / rate);
  }
  await Promise.all(pushes);
  return { sent };
}

process.on('message', async (order) => {
  try {
    process.send(await { throughput, latency }[order.kind](order));
  } catch (error) {
    process.send({ error: error.message });
  }
});
