import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call of the Bot API as it came in; files of the form as bytes. */
export interface TelegramCall {
  readonly method: string;
  readonly fields: Readonly<Record<string, string | Buffer>>;
  /** What people read: of a message, or below its pictures. */
  readonly text: string;
  /** Pictures, films and files in the order in which they are shown. */
  readonly files: readonly TelegramFile[];
}

/** A file of a call, and what it is shown as. */
export interface TelegramFile {
  readonly type: string;
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
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
  const { fields, files } = await readForm(Buffer.concat(chunks), request.headers['content-type'] ?? '');
  if (method.startsWith('send')) onCall({ method, fields, ...shown(fields, files) });
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ ok: true, result: RESULTS[method] ?? SENT }));
}

const SENT = { message_id: 1, chat: { id: 123456789 } };

const RESULTS: Readonly<Record<string, unknown>> = {
  getUpdates: [],
  getMe: { id: 1, is_bot: true, first_name: 'alarm', username: 'alarm_bot' },
  sendMediaGroup: [SENT, SENT],
};

type Fields = Record<string, string | Buffer>;
type Files = ReadonlyMap<string, Omit<TelegramFile, 'type'>>;

/** One of a group says what it is, and where in the form its bytes are. */
interface Medium {
  readonly type: string;
  readonly media: string;
  readonly caption?: string;
}

function shown(fields: Fields, files: Files): Pick<TelegramCall, 'text' | 'files'> {
  const group = fields['media'] === undefined ? undefined : (JSON.parse(String(fields['media'])) as Medium[]);
  if (group === undefined) {
    const text = String(fields['caption'] ?? fields['text'] ?? '');
    return { text, files: [...files].map(([type, file]) => ({ type, ...file })) };
  }
  return {
    text: group[0]?.caption ?? '',
    files: group.map(({ type, media }) => {
      const file = files.get(media.replace('attach://', ''));
      if (file === undefined) throw new Error(`${media} is not in the form`);
      return { type, ...file };
    }),
  };
}

async function readForm(
  body: Buffer,
  contentType: string,
): Promise<{ readonly fields: Fields; readonly files: Files }> {
  const files = new Map<string, Omit<TelegramFile, 'type'>>();
  if (body.length === 0) return { fields: {}, files };
  if (contentType.includes('json')) return { fields: JSON.parse(body.toString()) as Fields, files };
  const form = await new Response(new Uint8Array(body), {
    headers: { 'content-type': contentType },
  }).formData();
  const fields: Fields = {};
  for (const [name, value] of form) {
    if (typeof value === 'string') fields[name] = value;
    else {
      const content = Buffer.from(await value.arrayBuffer());
      fields[name] = content;
      files.set(name, { filename: value.name, contentType: value.type, content });
    }
  }
  return { fields, files };
}
