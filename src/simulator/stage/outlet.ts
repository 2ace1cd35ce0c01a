import { AlarmError } from '../../errors.js';
import { isWholeAnswer, type PushTarget, send } from '../http-push.js';
import { type DatagramTarget, sendDatagram } from '../recorder/datagram.js';
import { asked, type PushLogin, unasked } from '../recorder/push-login.js';

/** Where a simulated device sends to. */
export type Outlet =
  | { readonly transport: 'http'; readonly target: PushTarget; readonly login?: PushLogin }
  | { readonly transport: 'udp'; readonly target: DatagramTarget };

/** What became of what was sent. */
export interface Sent {
  /** Of the answer; 0 where there is none. */
  readonly status: number;
  /** As the device got it; empty where there is none. */
  readonly answer: string;
  /** That the device sent, with its login. */
  readonly bytes: number;
}

/**
 * Sends a request as a device does that was told a name and a password: Basic goes along at once, Digest answers the
 * challenge.
 * @throws AlarmError `SIMULATE_NO_ANSWER`, `SIMULATE_ADDRESS_DENIED`, `SIMULATE_PATH_UNKNOWN`, `SIMULATE_REFUSED`
 */
export async function post(target: PushTarget, request: Buffer, login: PushLogin | undefined): Promise<Sent> {
  const first = withLogin(request, unasked(login));
  let bytes = first.length;
  let answer = await exchange(target, first);
  const authorization = asked(login, answer, 'POST', target.path);
  if (authorization !== undefined) {
    const second = withLogin(request, authorization);
    bytes += second.length;
    answer = await exchange(target, second);
  }
  const status = Number(/^HTTP\/1\.\d (\d{3}) /.exec(answer)?.[1] ?? 0);
  if (status === 0) throw new AlarmError('SIMULATE_NO_ANSWER');
  if (status === 403) throw new AlarmError('SIMULATE_ADDRESS_DENIED');
  if (status === 404) throw new AlarmError('SIMULATE_PATH_UNKNOWN');
  if (status >= 300) throw new AlarmError('SIMULATE_REFUSED', `status ${status}`);
  return { status, answer: answer.trim(), bytes };
}

/** Sends a datagram, which nobody answers. @throws AlarmError `SIMULATE_NO_ANSWER` when the system does not take it */
export async function cast(target: DatagramTarget, datagram: Buffer): Promise<Sent> {
  await sendDatagram(target, datagram).catch(unanswered);
  return { status: 0, answer: '', bytes: datagram.length };
}

const exchange = (target: PushTarget, request: Buffer) =>
  send(target, request, isWholeAnswer).catch(unanswered);

/** With the system's word for it alone: its message tells addresses. */
function unanswered(error: NodeJS.ErrnoException): never {
  // It was cut off on this side.
  if (error.cause instanceof AlarmError) throw error.cause;
  throw new AlarmError('SIMULATE_NO_ANSWER', error.code, { cause: error });
}

/** Behind the first line, as good a place as any. */
function withLogin(request: Buffer, authorization: string | undefined): Buffer {
  if (authorization === undefined) return request;
  const end = request.indexOf('\r\n') + 2;
  const header = Buffer.from(`Authorization: ${authorization}\r\n`, 'latin1');
  return Buffer.concat([request.subarray(0, end), header, request.subarray(end)]);
}
