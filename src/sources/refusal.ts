import { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Limits } from '../limits.js';
import type { Reply } from '../notification.js';

/** What a refused peer is told: a status, and how to log in where that would help. Nothing else. */
export interface Refusal {
  readonly status: number;
  readonly challenge?: readonly string[];
  /** In the words of a maker, where it is known whose device was refused. */
  readonly answer?: Pick<Reply, 'headers' | 'body'> | undefined;
}

/**
 * Answers and closes. The answer is on its way before the connection ends: a peer that is still sending when it is
 * cut would see a reset instead of the answer, so a little of what it sends is read and dropped first.
 */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  limits: Limits,
  refusal: Refusal,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const text = refusal.answer?.body ?? `${STATUS_CODES[refusal.status]}\n`;
  response.writeHead(refusal.status, headersOf(refusal, text, limits));
  response.on('error', () => undefined);
  // Behind answers that are still to come, its turn is later: nothing of what it sends is read until then.
  if (request.complete || response.socket === null) {
    response.end(text);
    return;
  }
  response.flushHeaders();
  response.write(text);
  const { socket } = request;
  const close = () => {
    clearTimeout(timer);
    stopReading();
    // Not by ending the response: Node would read on first.
    socket.destroySoon();
  };
  const timer = setTimeout(close, limits.refusedLingerMs);
  const enough = () => socket.bytesRead > limits.refusedBodyBytes;
  const stopReading = () => {
    request.pause();
    socket.pause();
    // A request that was flowing has a resume of its connection scheduled.
    setImmediate(() => socket.pause());
  };
  request.removeAllListeners('data').on('data', () => {
    if (enough()) stopReading();
  });
  request.once('end', close).once('close', close);
  request.on('error', () => undefined);
  if (enough()) stopReading();
  else request.resume();
}

function headersOf(refusal: Refusal, text: string, limits: Limits): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {
    'content-type': 'text/plain',
    ...refusal.answer?.headers,
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  };
  if (refusal.status === 405) headers.allow = 'POST';
  if (refusal.status === 503) headers['retry-after'] = String(limits.retryAfterSeconds);
  if (refusal.challenge !== undefined) headers['www-authenticate'] = [...refusal.challenge];
  return headers;
}
