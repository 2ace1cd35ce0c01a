// A process of devices that send datagrams from many loopback addresses, so many each second, as its argument says.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

export interface FleetPlan {
  readonly port: number;
  readonly text: string;
  readonly addresses: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
}

/** What it says in the end. */
export interface FleetReport {
  readonly sent: number;
}

/** Longest it lags behind before it leaves out what it could not send: a burst is not what is to be shown. */
const BEHIND_MS = 20;

async function send({ port, text, addresses, perSecond, seconds }: FleetPlan): Promise<FleetReport> {
  const sockets = addresses.map((address) => createSocket('udp4').bind(0, address));
  await Promise.all(sockets.map((socket) => once(socket, 'listening')));
  const bytes = Buffer.from(text);
  const most = (BEHIND_MS * perSecond) / 1_000;
  const begin = performance.now();
  let [sent, skipped] = [0, 0];
  for (let now = 0; now < seconds * 1_000; now = performance.now() - begin) {
    const due = Math.floor((now * perSecond) / 1_000) - skipped - sent;
    if (due > most) skipped += due - Math.floor(most);
    for (let left = Math.min(due, Math.floor(most)); left > 0; left--)
      sockets[sent++ % sockets.length]?.send(bytes, port, '127.0.0.1');
    await pause(1);
  }
  // The kernel has all of it when each socket has closed behind its last.
  await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  return { sent };
}

process.on('disconnect', () => process.exit());
void send(JSON.parse(process.argv[2] ?? '') as FleetPlan).then((report) => process.send?.(report));
