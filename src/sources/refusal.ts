import { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Limits } from '../limits.js';

/** What a refused peer is told: a status, and how to log in where that would help. Nothing else. */
export interface Refusal {
  readonly status: number;
  readonly challenge?: readonly string[];
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
  const text = `${STATUS_CODES[refusal.status]}\n`;
  response.writeHead(refusal.status, headersOf(refusal, text, limits));
  response.on('error', () => undefined);
  if (request.complete) {
    response.end(text);
    return;
  }
  response.write(text);
  let drained = 0;
  const close = () => {
    clearTimeout(timer);
    request.pause();
    response.end();
  };
  const timer = setTimeout(close, limits.refusedLingerMs);
  request.removeAllListeners('data').on('data', (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > limits.refusedBodyBytes) close();
  });
  request.once('end', close).once('close', close);
  request.on('error', () => undefined);
  request.resume();
}

function headersOf(refusal: Refusal, text: string, limits: Limits): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {
    'content-type': 'text/plain',
    'content-length': text.length,
    connection: 'close',
  };
  if (refusal.status === 405) headers.allow = 'POST';
  if (refusal.status === 503) headers['retry-after'] = String(limits.retryAfterSeconds);
  if (refusal.challenge !== undefined) headers['www-authenticate'] = [...refusal.challenge];
  return headers;
}
