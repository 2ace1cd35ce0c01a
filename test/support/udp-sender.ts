// A process that sends datagrams as it is told, and says when the kernel has them.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { SendOrder } from './udp-child.js';

/** So many are given to the kernel before others get their turn. */
const AT_A_TIME = 50;

const sockets = new Map<string, Promise<Socket>>();

async function open(from: string): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, from);
  await once(socket, 'listening');
  socket.setBroadcast(true);
  socket.setMulticastInterface(from);
  return socket;
}

async function send({ from, to, port, text, size = 0, count }: SendOrder): Promise<number> {
  const opened = sockets.get(from) ?? open(from);
  sockets.set(from, opened);
  const socket = await opened;
  const bytes = Buffer.from(text.padEnd(size));
  let sent = 0;
  while (sent < count) {
    const some = Math.min(AT_A_TIME, count - sent);
    const given = Array.from(
      { length: some },
      () =>
        new Promise<void>((resolve, reject) => {
          socket.send(bytes, port, to, (error) => (error === null ? resolve() : reject(error)));
        }),
    );
    await Promise.all(given);
    sent += some;
  }
  return sent;
}

process.on('message', (order: SendOrder) => {
  send(order).then(
    (sent) => process.send?.({ sent }),
    (error: NodeJS.ErrnoException) => {
      // Its network is not there just now, and will be another one when it is back.
      sockets.delete(order.from);
      process.send?.({ sent: 0, error: error.code });
    },
  );
});
process.on('disconnect', () => process.exit());
