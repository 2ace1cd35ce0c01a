// Devices that send datagrams: a process of its own with many loopback addresses, so much each millisecond.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** Longest it may lag behind before it leaves out what it could not send: then the sender is the limit. */
const BEHIND_MS = 20;

let sockets = [];
/** Each process has numbers of its own. */
let lastNumber = Number(process.argv[2]);

async function open(addresses) {
  sockets = addresses.map((address) => createSocket('udp4').bind(0, address));
  await Promise.all(sockets.map((socket) => once(socket, 'listening')));
  return {};
}

/** @param marker in the text, where the number of each goes: equal ones are one alarm */
async function send({ port, text, marker, perSecond, seconds }) {
  const template = Buffer.from(text);
  const at = template.indexOf(marker);
  const next = () => {
    const bytes = Buffer.from(template);
    bytes.write(String(++lastNumber).padStart(marker.length, '0'), at, 'latin1');
    return bytes;
  };
  const begin = performance.now();
  let sent = 0;
  let due = 0;
  let skipped = 0;
  for (let now = 0; now < seconds * 1000; now = performance.now() - begin) {
    due = Math.floor((now * perSecond) / 1000) - skipped;
    const behind = due - sent - (BEHIND_MS * perSecond) / 1000;
    if (behind > 0) skipped += Math.floor(behind);
    for (let some = Math.min(due - sent, (BEHIND_MS * perSecond) / 1000); some > 0; some--)
      sockets[sent++ % sockets.length].send(next(), port, '127.0.0.1');
    await pause(1);
  }
  return { sent, skipped };
}

process.on('message', async (order) => {
  process.send(order.addresses === undefined ? await send(order) : await open(order.addresses));
});
process.on('disconnect', () => process.exit());
