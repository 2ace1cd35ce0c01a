import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** What the listener remembers of a connection, on its socket. */
export interface Connection {
  /** Requests that came. */
  received: number;
  /** It ends with the answer to this one, by its number: what came behind it is nobody's. */
  last: number;
  /** It ends when all that came whole is answered. */
  ending: boolean;
  answered: number;
  /** Requests not answered yet: a device may send the next before it has the answer. */
  pending: number;
  latest: IncomingMessage | undefined;
}

const CONNECTION = Symbol('connection');
const NUMBER = Symbol('number');

/** What is remembered of the connection of a socket. */
export function connectionOf(socket: Socket & { [CONNECTION]?: Connection }): Connection {
  socket[CONNECTION] ??= {
    received: 0,
    last: Number.POSITIVE_INFINITY,
    ending: false,
    answered: 0,
    pending: 0,
    latest: undefined,
  };
  return socket[CONNECTION];
}

/** Whether the answer to a request will be seen: none is behind the last one of its connection. */
export function counts(request: Numbered): boolean {
  return numberOf(request) <= connectionOf(request.socket).last;
}

/** The connection ends with the answer to this request, or to an earlier one. */
export function endWith(request: Numbered): void {
  const connection = connectionOf(request.socket);
  connection.last = Math.min(connection.last, numberOf(request));
}

type Numbered = IncomingMessage & { [NUMBER]?: number };

/** Its place among the requests of its connection, from 1, in the order in which it is asked for. */
export function numberOf(request: Numbered): number {
  request[NUMBER] ??= ++connectionOf(request.socket).received;
  return request[NUMBER];
}
