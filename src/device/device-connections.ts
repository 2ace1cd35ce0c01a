import { once } from 'node:events';
import { isIPv6, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { buildConnector, Client, type Dispatcher, Pool } from 'undici';
import { AlarmError } from '../errors.js';
import type { DeviceLimits } from '../limits.js';
import { LenientReader } from './lenient-reader.js';

/** Where a device is. */
export interface DeviceAddress {
  readonly protocol: 'http' | 'https';
  /** Host name, IPv4 or IPv6 address, nothing else. */
  readonly host: string;
  readonly port: number;
  /** False takes any certificate, as of devices that made theirs themselves; for this device only. */
  readonly verifyTls: boolean;
  /** SHA-256 of the one certificate that is taken, in hexadecimal digits; it counts before `verifyTls`. */
  readonly fingerprint?: string;
}

/**
 * The connections to one device, kept alive between requests. None leads anywhere else. Nothing is made before it is
 * used: with a thousand devices what an idle one costs counts.
 */
export class DeviceConnections {
  readonly #origin: string;
  readonly #limits: DeviceLimits;
  readonly #connect: buildConnector.connector;
  readonly #sockets = new Set<Socket>();
  #strict: Client | Pool | undefined;
  #lenient: LenientReader | undefined;

  /** @throws AlarmError `DEVICE_ADDRESS_INVALID` */
  constructor(address: DeviceAddress, limits: DeviceLimits) {
    this.#origin = originOf(address);
    this.#limits = limits;
    const { fingerprint } = address;
    const connector = buildConnector({
      timeout: limits.connectTimeoutMs,
      rejectUnauthorized: address.verifyTls && fingerprint === undefined,
      // A resumed session shows no certificate to compare.
      ...(fingerprint !== undefined && { maxCachedSessions: 0 }),
    });
    this.#connect = (options, callback) => {
      const checked: buildConnector.Callback = (...result) => {
        const [error, opened] = result;
        // undici leaves the socket out of a failure, whatever its types say.
        if (error !== null || fingerprint === undefined || hasFingerprint(opened, fingerprint)) {
          callback(...result);
          return;
        }
        opened.destroy();
        callback(new AlarmError('DEVICE_FINGERPRINT'), null);
      };
      // Undeclared, but returned: undici itself forgets a socket that is still connecting when it is closed.
      const socket = connector(options, checked) as unknown as Socket;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    };
  }

  /** undici: a pool, or for a single connection what a pool is made of, without its queue of 16 KB. */
  get pool(): Dispatcher {
    const { connections, headBytes: maxHeaderSize } = this.#limits;
    const options = { maxHeaderSize, connect: this.#connect };
    this.#strict ??=
      connections === 1
        ? new Client(this.#origin, options)
        : new Pool(this.#origin, { connections, ...options });
    return this.#strict;
  }

  /** For devices whose heads undici refuses. */
  get lenient(): LenientReader {
    this.#lenient ??= new LenientReader(new URL(this.#origin), this.#connect, this.#limits.headBytes);
    return this.#lenient;
  }

  /** Resolves when no socket is left. */
  async close(): Promise<void> {
    const closed = new AlarmError('DEVICE_CLOSED');
    await this.pool.destroy(closed);
    await Promise.all(
      [...this.#sockets].map(async (socket) => {
        const gone = once(socket, 'close');
        gone.catch(() => {});
        socket.destroy(closed);
        await gone.catch(() => {});
      }),
    );
  }
}

/** Before a byte is sent: whether this is the certificate that was pinned. Plain HTTP has none. */
function hasFingerprint(socket: Socket, fingerprint: string): boolean {
  if (!(socket instanceof TLSSocket)) return false;
  const own = socket.getPeerCertificate().fingerprint256 as string | undefined;
  return own !== undefined && digitsOf(own) === digitsOf(fingerprint);
}

const digitsOf = (fingerprint: string) => fingerprint.replace(/[^\da-f]/gi, '').toLowerCase();

/** The origin every request goes to. What a host must not hold would lead the password elsewhere. */
function originOf({ protocol, host, port }: DeviceAddress): string {
  const name = isIPv6(host) ? `[${host}]` : host;
  const valid =
    /^[A-Za-z0-9._-]+$|^\[[\da-fA-F:.]+\]$/.test(name) && Number.isInteger(port) && port > 0 && port < 65_536;
  const origin = `${protocol}://${name}:${port}`;
  if (!valid || !URL.canParse(origin)) throw new AlarmError('DEVICE_ADDRESS_INVALID');
  return origin;
}
