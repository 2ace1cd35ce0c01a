import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import busboy from 'busboy';
import type { PushTarget } from '../../src/simulator/http-push.js';
import { Mailbox } from './mailbox.js';

/** A part of a form as busboy read it; text parts have neither file name nor type. */
export interface FormPart {
  readonly name: string;
  readonly bytes: Buffer;
  readonly filename?: string;
  readonly contentType?: string;
}

/** A form as it came. */
export interface ReceivedForm {
  readonly headers: IncomingHttpHeaders;
  readonly parts: readonly FormPart[];
  /** The sender waited to be asked for the body. */
  readonly asked: boolean;
}

/** A server of Node.js itself that reads forms with busboy, and so knows nothing of our own readers. */
export async function startFormReceiver(
  t: TestContext,
): Promise<{ readonly target: PushTarget; readonly forms: Mailbox<ReceivedForm> }> {
  const forms = new Mailbox<ReceivedForm>();
  const read = async (request: IncomingMessage, response: ServerResponse, asked: boolean) => {
    forms.put({ headers: request.headers, parts: await partsOf(request), asked });
    response.end('{"code":"200","message":"Success"}');
  };
  const server = createServer((request, response) => read(request, response, false));
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    response.writeContinue();
    void read(request, response, true);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { target: { host: '127.0.0.1', port, path: '/alarm' }, forms };
}

async function partsOf(request: IncomingMessage): Promise<FormPart[]> {
  const parts: FormPart[] = [];
  // A part without a file name is text to busboy, whatever its bytes are.
  const reader = busboy({ headers: request.headers, defCharset: 'latin1' });
  reader.on('field', (name, value) => parts.push({ name, bytes: Buffer.from(value, 'latin1') }));
  reader.on('file', (name, stream, { filename, mimeType }) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () =>
      parts.push({
        name,
        bytes: Buffer.concat(chunks),
        ...(filename !== undefined && { filename }),
        contentType: mimeType,
      }),
    );
  });
  await once(request.pipe(reader), 'close');
  return parts;
}
