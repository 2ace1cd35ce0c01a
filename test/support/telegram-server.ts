import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call of the Bot API as it came in; files of the form as bytes. */
export interface TelegramCall {
  readonly method: string;
  readonly fields: Readonly<Record<string, string | Buffer>>;
}

/** Stands in for the Telegram Bot API on this machine. */
export interface TelegramServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startTelegramServer(onCall: (call: TelegramCall) => void): Promise<TelegramServer> {
  const server = http.createServer((request, response) => {
    answer(request, response, onCall).catch((error: Error) => response.writeHead(500).end(error.message));
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  onCall: (call: TelegramCall) => void,
) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const method = new URL(request.url ?? '/', 'http://localhost').pathname.split('/').at(-1) ?? '';
  const fields = await readFields(Buffer.concat(chunks), request.headers['content-type'] ?? '');
  if (method.startsWith('send')) onCall({ method, fields });
  const result =
    method === 'getMe'
      ? { id: 1, is_bot: true, first_name: 'alarm', username: 'alarm_bot' }
      : RESULTS[method];
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ ok: true, result: result ?? { message_id: 1, chat: { id: 123456789 } } }));
}

const RESULTS: Readonly<Record<string, unknown>> = { getUpdates: [] };

async function readFields(body: Buffer, contentType: string): Promise<Record<string, string | Buffer>> {
  if (body.length === 0) return {};
  if (contentType.includes('json')) return JSON.parse(body.toString()) as Record<string, string>;
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': contentType },
  }).formData();
  const fields: Record<string, string | Buffer> = {};
  for (const [name, value] of form) {
    fields[name] = typeof value === 'string' ? value : Buffer.from(await value.arrayBuffer());
  }
  return fields;
}
