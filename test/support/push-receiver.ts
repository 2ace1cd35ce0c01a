import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { PushTarget } from '../../src/simulator/http-push.js';
import { Mailbox } from './mailbox.js';

/** A request as it came over a connection of its own. */
export interface ReceivedPush {
  /** All bytes of its head, Latin-1, with the blank line. */
  readonly head: string;
  readonly body: Buffer;
}

const SUCCESS = 'HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n{"result":"success","data":{}}';

/** A platform that writes down what it gets, and leaves it to the recorder to close. */
export class PushReceiver {
  readonly pushes = new Mailbox<ReceivedPush>();
  readonly target: PushTarget;
  connections = 0;

  private constructor(port: number) {
    this.target = { host: '127.0.0.1', port, path: '/push' };
  }

  /** @param answer to a head; the platform is pleased with everything unless given */
  static async start(
    t: TestContext,
    answer: (head: string) => string = () => SUCCESS,
  ): Promise<PushReceiver> {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const receiver = new PushReceiver((server.address() as AddressInfo).port);
    server.on('connection', (socket) => {
      receiver.connections++;
      let received = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        const end = received.indexOf('\r\n\r\n') + 4;
        const head = received.toString('latin1', 0, end);
        const length = Number(/^Content-Length: (\d+)\r$/m.exec(head)?.[1] ?? 0);
        if (end < 4 || received.length < end + length) return;
        socket.write(answer(head));
      });
      socket.on('close', () => {
        const end = received.indexOf('\r\n\r\n') + 4;
        receiver.pushes.put({ head: received.toString('latin1', 0, end), body: received.subarray(end) });
      });
      socket.on('error', () => undefined);
    });
    return receiver;
  }
}
