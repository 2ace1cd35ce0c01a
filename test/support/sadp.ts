import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { sadp } from '../../src/vendors/isapi/sadp.js';

export const HERE = '127.0.0.1';

/** A socket of a test, closed at its end. */
export async function open(t: TestContext, port = 0, reuseAddr = true): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr });
  t.after(() => socket.close());
  socket.bind(port, port === 0 ? HERE : undefined);
  await once(socket, 'listening');
  socket.setMulticastInterface(HERE);
  return socket;
}

/** A port that is free just now, so that tests on one machine do not hear each other. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, HERE);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

/** Hears everything that is sent to the group. */
export async function sniff(t: TestContext, port: number, heard: (text: string, from: RemoteInfo) => void) {
  const socket = await open(t, port);
  socket.addMembership(sadp.group, HERE);
  socket.on('message', (bytes, from) => heard(bytes.toString('latin1'), from));
  return socket;
}

/** What a device answers, in XML. */
export const answerOf = (fields: Record<string, string | number>, root = 'ProbeMatch') =>
  `<?xml version="1.0" encoding="UTF-8"?><${root}>${Object.entries(fields)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</${root}>`;
/** Invented ones, each another. */
export const macOf = (number: number) =>
  `00-00-5e-${(0x1000000 + number)
    .toString(16)
    .slice(1)
    .replace(/..(?!$)/g, '$&-')}`;

/** Sends to the group, so that others get their turn: a send that needs no waiting lets nobody else run. */
export function senderTo(forger: Socket, port: number): (text: string) => Promise<void> {
  const send = promisify((text: string, done: () => void) => forger.send(text, port, sadp.group, done));
  let count = 0;
  return async (text) => {
    await send(text);
    if (++count % 16 === 0) await turn();
  };
}
