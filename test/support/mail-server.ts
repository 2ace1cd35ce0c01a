import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A mail as it came in: its bytes, and what a mail program would show of it. */
export interface ReceivedMail {
  readonly raw: Buffer;
  readonly mail: ParsedMail;
}

/** A mail server on this machine that takes everything and keeps nothing. */
export interface MailServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Settings of an e-mail node that leads to it. */
export const mailBy = ({ port }: { readonly port: number }) => ({
  server: '127.0.0.1',
  port: String(port),
  authtype: 'NONE',
  secure: false,
  tls: false,
});

/** @param port any free one unless given */
export async function startMailServer(
  onMail: (received: ReceivedMail) => void,
  port = 0,
): Promise<MailServer> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth: (login, _session, callback) => callback(null, { user: login.username }),
    onData: (stream, _session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks);
        onMail({ raw, mail: await simpleParser(raw) });
        callback();
      });
    },
  });
  server.on('error', () => undefined);
  const listening = server.listen(port, '127.0.0.1');
  await new Promise((resolve) => listening.once('listening', resolve));
  return {
    port: (listening.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
