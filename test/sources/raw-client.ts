import { once } from 'node:events';
import net, { type Socket, type TcpNetConnectOpts } from 'node:net';
import tls from 'node:tls';

/** One HTTP answer, read without the help of any library. */
export interface Answer {
  readonly status: number;
  /** As on the wire, without the line break. */
  readonly statusLine: string;
  /** Lower-case names, every value in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
  /** All bytes of it, Latin-1. */
  readonly text: string;
}

/** How long a client waits for the listener. */
const PATIENCE_MS = 15_000;

/** A connection over which bytes are sent exactly as given. */
export class RawClient {
  readonly socket: Socket;
  /** What came and was not read as an answer, Latin-1. */
  #received = '';
  #over = false;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    const wake = () => this.#wake();
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.toString('latin1');
      wake();
    });
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.#over = true;
        wake();
      });
    }
    // A connection that is cut is what many of these tests are about.
    socket.on('error', () => undefined);
  }

  static async open(port: number, options: Partial<TcpNetConnectOpts> = {}): Promise<RawClient> {
    const socket = net.connect({ host: '127.0.0.1', ...options, port });
    socket.setNoDelay(true);
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  static async openTls(port: number, options: Partial<TcpNetConnectOpts> = {}): Promise<RawClient> {
    const socket = tls.connect({ host: '127.0.0.1', ...options, port, rejectUnauthorized: false });
    const client = new RawClient(socket);
    await once(socket, 'secureConnect');
    return client;
  }

  /** Resolves when the bytes were handed to the system, or cannot be any more. */
  send(bytes: Buffer | string): Promise<void> {
    return new Promise((resolve) => {
      this.socket.write(bytes, 'latin1', () => resolve());
    });
  }

  /** What came so far and was not read as an answer, Latin-1. */
  get received(): string {
    return this.#received;
  }

  /** The next answer. @throws when the other side closes without a whole one */
  async answer(method = 'POST', withinMs = PATIENCE_MS): Promise<Answer> {
    const until = Date.now() + withinMs;
    for (;;) {
      const found = readAnswer(this.#received, method);
      if (found !== undefined) {
        this.#received = this.#received.slice(found.text.length);
        return found;
      }
      if (this.#over) throw new Error(`no answer but ${JSON.stringify(this.#received)}`);
      await this.#news(until);
    }
  }

  /** Waits until the other side has closed. @returns what came and was not read as an answer */
  async rest(withinMs = PATIENCE_MS): Promise<string> {
    const until = Date.now() + withinMs;
    while (!this.#over) await this.#news(until);
    this.socket.destroy();
    return this.#received;
  }

  /** The only answer, behind which the other side closed. */
  async lastAnswer(method = 'POST'): Promise<Answer> {
    const answer = await this.answer(method);
    const rest = await this.rest();
    if (rest !== '') throw new Error(`more than one answer: ${JSON.stringify(rest)}`);
    return answer;
  }

  #news(until: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.socket.destroy();
        reject(new Error(`waited too long; got ${JSON.stringify(this.#received)}`));
      }, until - Date.now());
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Sends a whole request over a connection of its own. */
export async function exchange(
  port: number,
  bytes: Buffer | string,
  localAddress = '127.0.0.1',
  host = '127.0.0.1',
): Promise<Answer> {
  const client = await RawClient.open(port, { localAddress, host });
  await client.send(bytes);
  const answer = await client.answer();
  client.socket.destroy();
  return answer;
}

function readAnswer(received: string, method: string): Answer | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = received.slice(0, end).split('\r\n');
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
  const hasBody = method !== 'HEAD' && status >= 200;
  const length = end + 4 + (hasBody ? Number(headers.get('content-length')?.[0] ?? 0) : 0);
  if (received.length < length) return undefined;
  return {
    status,
    statusLine,
    headers,
    body: received.slice(end + 4, length),
    text: received.slice(0, length),
  };
}
