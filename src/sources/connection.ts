import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** What the listener remembers of a connection, on its socket. */
export interface Connection {
  /** It ends with the answer that is on its way. */
  closing: boolean;
  /** It ends when all that came whole is answered. */
  ending: boolean;
  answered: number;
  /** Requests not answered yet: a device may send the next before it has the answer. */
  pending: number;
  latest: IncomingMessage | undefined;
}

const CONNECTION = Symbol('connection');

/** What is remembered of the connection of a socket. */
export function connectionOf(socket: Socket & { [CONNECTION]?: Connection }): Connection {
  socket[CONNECTION] ??= { closing: false, ending: false, answered: 0, pending: 0, latest: undefined };
  return socket[CONNECTION];
}
