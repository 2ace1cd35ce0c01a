import { type AccessSettings, AlarmError, type ListenerSettings, type Sender } from '../../src/index.js';

/** Settings as the editor, a hand-written flow or an environment variable gives them. */
export type Raw = string | number | boolean | null | undefined;

/** Properties of `alarm-listener` in a flow. */
export interface ListenerConfig {
  readonly host?: Raw;
  readonly port?: Raw;
  readonly auth?: Raw;
  readonly allow?: Raw;
}

/** Credentials of `alarm-listener`. */
export interface ListenerCredentials {
  secret?: string;
  username?: string;
  password?: string;
}

export function readText(value: Raw, fallback = ''): string {
  const text = value === null || value === undefined ? '' : String(value).trim();
  return text === '' ? fallback : text;
}

/** A TCP port. @throws AlarmError `PORT_INVALID` */
export function readPort(value: Raw, fallback: number): number {
  const port = Number(readText(value, String(fallback)));
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new AlarmError('PORT_INVALID');
  return port;
}

/** @throws AlarmError `PORT_INVALID` */
export function readListener(config: ListenerConfig, credentials: ListenerCredentials): ListenerSettings {
  return {
    host: readText(config.host, '0.0.0.0'),
    port: readPort(config.port, 8089),
    auth: readAuth(config.auth),
    allow: readText(config.allow),
    secret: readText(credentials.secret).replace(/^\/+|\/+$/g, ''),
    username: readText(credentials.username),
    password: credentials.password ?? '',
  };
}

function readAuth(value: Raw): AccessSettings['auth'] {
  const auth = readText(value, 'none').toLowerCase();
  return auth === 'basic' || auth === 'digest' ? auth : 'none';
}

/** What makes a configured device known in a push: its MAC, else its address. */
export function readSender(device: { name?: Raw; mac?: Raw; host?: Raw }): Sender {
  const name = readText(device.name);
  const digits = readText(device.mac)
    .replace(/[^\da-f]/gi, '')
    .toLowerCase();
  const mac = digits.length === 12 ? digits.match(/../g)?.join(':') : undefined;
  const address = readText(device.host);
  return {
    ...(name !== '' && { name }),
    ...(mac !== undefined && { mac }),
    ...(address !== '' && { address }),
  };
}
