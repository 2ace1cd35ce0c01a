/**
 * What a request for the alertStream gets: the stream; its head and then nothing; a part without end; nothing at all;
 * or an answer that is no stream.
 */
export type StreamAnswer =
  | 'stream'
  | 'head'
  | 'endless'
  | 'nothing'
  | { readonly status: string; readonly body?: string };

/** What a simulated device reads of a request. */
export interface SimulatedRequest {
  readonly method: string;
  readonly target: string;
  readonly authorization: string | undefined;
  readonly body: string;
  /** As many as it took on the wire. */
  readonly bytes: number;
}

/** The first request in `received`; undefined while it is not all there. */
export function readRequest(received: Buffer): SimulatedRequest | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = received.toString('latin1', 0, end);
  const header = (name: string) => new RegExp(`^${name}:\\s*(.*?)\\s*$`, 'im').exec(head)?.[1];
  const bytes = end + 4 + Number(header('content-length') ?? 0);
  if (received.length < bytes) return undefined;
  const [method = '', target = ''] = head.split(' ', 2);
  const body = received.toString('utf8', end + 4, bytes);
  return { method, target, authorization: header('authorization'), body, bytes };
}

const REASONS: Readonly<Record<string, string>> = {
  200: 'OK',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  503: 'Service Unavailable',
};

/** An answer with its length; a word as its body becomes a ResponseStatus with that word (isapi.md §11.1). */
export function answerTo(
  status: string,
  body: string | Buffer,
  lineEnd: string,
  headers: readonly string[],
): Buffer {
  const word = typeof body === 'string' && /^\w+$/.test(body);
  const bytes = word ? Buffer.from(responseStatus(body)) : Buffer.from(body as Buffer);
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Status'}`,
    `Content-Length: ${bytes.length}`,
    ...headers,
    '',
    '',
  ];
  return Buffer.concat([Buffer.from(lines.join(lineEnd), 'latin1'), bytes]);
}

function responseStatus(word: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ResponseStatus version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">\n<requestURL>/ISAPI/Event/notification/alertStream</requestURL>\n<statusCode>4</statusCode>\n<statusString>Invalid Operation</statusString>\n<subStatusCode>${word}</subStatusCode>\n</ResponseStatus>\n`;
}
