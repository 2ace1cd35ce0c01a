import {
  type AccessSettings,
  AlarmError,
  channelBy,
  type DeviceSettings,
  folderDisk,
  type KeepOptions,
  type ListenerSettings,
  readMac,
  type Sender,
  type SubscriptionWish,
  type UdpSettings,
} from '../../src/index.js';

/** Settings as the editor, a hand-written flow or an environment variable gives them. */
export type Raw = string | number | boolean | null | undefined;

/** Properties of `alarm-listener` in a flow. */
export interface ListenerConfig {
  readonly host?: Raw;
  readonly port?: Raw;
  readonly auth?: Raw;
  readonly allow?: Raw;
  /** `always`, `normal` or `off`. */
  readonly spool?: Raw;
  /** Whether flows confirm alarms; missing is no. */
  readonly confirm?: Raw;
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

/** A number, or the fallback for what is none. */
export function readNumber(value: Raw, fallback: number): number {
  const number = Number(readText(value, String(fallback)));
  return Number.isFinite(number) ? number : fallback;
}

/** A TCP or UDP port. @throws AlarmError `PORT_INVALID` */
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

/**
 * How a listener keeps alarms; undefined for not at all.
 * @param folder for those that are kept on disk; where there is none they are kept in memory
 */
export function readKeep(
  { spool, confirm }: ListenerConfig,
  folder: string | undefined,
): KeepOptions | undefined {
  const mode = readText(spool, 'always').toLowerCase();
  const confirmed = readText(confirm) === 'true';
  const disk = mode === 'off' || folder === undefined ? undefined : folderDisk(folder);
  return disk === undefined && !confirmed ? undefined : { disk, sync: mode !== 'normal', confirmed };
}

function readAuth(value: Raw): AccessSettings['auth'] {
  const auth = readText(value, 'none').toLowerCase();
  return auth === 'basic' || auth === 'digest' ? auth : 'none';
}

/** Properties of `udp-push-listener` in a flow. */
export interface UdpListenerConfig {
  readonly port?: Raw;
  /** `unicast`, `multicast` or `broadcast`. */
  readonly mode?: Raw;
  readonly group?: Raw;
  readonly interface?: Raw;
  readonly allow?: Raw;
}

/** @throws AlarmError `PORT_INVALID` */
export function readUdpListener(config: UdpListenerConfig): UdpSettings {
  const mode = readText(config.mode, 'unicast').toLowerCase();
  return {
    port: readPort(config.port, 5000),
    mode: mode === 'multicast' || mode === 'broadcast' ? mode : 'unicast',
    group: readText(config.group),
    interface: readText(config.interface),
    allow: readText(config.allow),
  };
}

/** Properties of `isapi-device` in a flow. */
export interface DeviceConfig {
  readonly name?: Raw;
  readonly protocol?: Raw;
  readonly host?: Raw;
  readonly port?: Raw;
  readonly verifyTls?: Raw;
  /** SHA-256 of the one certificate that is taken, with or without colons. */
  readonly fingerprint?: Raw;
  /** Whether the password may be sent unprotected. */
  readonly basic?: Raw;
  readonly mac?: Raw;
  /** `as-sent` or `ip-after-32`. */
  readonly channels?: Raw;
  /** `auto` subscribes where the device offers it, `off` never does. */
  readonly subscribe?: Raw;
  /** Event types to subscribe, separated by commas; all when empty. */
  readonly events?: Raw;
}

/** Credentials of `isapi-device`. */
export interface DeviceCredentials {
  username?: string;
  password?: string;
}

/** Where a device is and who we are to it. @throws AlarmError `PORT_INVALID`, `FINGERPRINT_INVALID` */
export function readDevice(config: DeviceConfig, credentials: DeviceCredentials): DeviceSettings {
  const protocol = readText(config.protocol, 'http').toLowerCase() === 'https' ? 'https' : 'http';
  return {
    protocol,
    host: readText(config.host),
    port: readPort(config.port, protocol === 'https' ? 443 : 80),
    verifyTls: readText(config.verifyTls, 'true') === 'true',
    basic: readText(config.basic) === 'true',
    username: readText(credentials.username),
    password: credentials.password ?? '',
    ...readFingerprint(config.fingerprint),
  };
}

function readFingerprint(value: Raw): Pick<DeviceSettings, 'fingerprint'> {
  const fingerprint = readText(value).replace(/[\s:]/g, '');
  if (fingerprint === '') return {};
  if (!/^[\da-f]{64}$/i.test(fingerprint)) throw new AlarmError('FINGERPRINT_INVALID');
  return { fingerprint };
}

/** What its stream is to bring; undefined for the plain one. */
export function readWish(config: DeviceConfig): SubscriptionWish | undefined {
  if (readText(config.subscribe, 'auto').toLowerCase() === 'off') return undefined;
  const events = readText(config.events).split(/[\s,;]+/);
  return { events: events.filter((event) => event !== '') };
}

/** What makes a configured device known in a push: its MAC, else its address; and how it counts its channels. */
export function readSender(device: DeviceConfig): Sender {
  const name = readText(device.name);
  const mac = readMac(readText(device.mac));
  const address = readText(device.host);
  const hybrid = readText(device.channels) === 'ip-after-32';
  return {
    ...(name !== '' && { name }),
    ...(mac !== undefined && { mac }),
    ...(address !== '' && { address }),
    ...(hybrid && { channelOf: (channel: number) => channelBy('ip-after-32', channel) }),
  };
}

/** Properties of `vstarcam-device` in a flow. */
export interface VstarcamConfig extends DeviceConfig {
  /** What the camera calls itself in what it pushes, such as `VC0000000ABCD`. */
  readonly vuid?: Raw;
  /** Seconds between two signs of life. */
  readonly heartbeat?: Raw;
}

/** Most of these cameras listen here unless told otherwise (raysharp-vstarcam-others.md §2.4). */
export const VSTARCAM_PORT = '81';

/** The same for a VStarcam camera: the password goes the one way it knows. @throws AlarmError as `readDevice` */
export function readVstarcam(config: VstarcamConfig, credentials: DeviceCredentials): DeviceSettings {
  return readDevice({ ...config, port: readText(config.port, VSTARCAM_PORT) }, credentials);
}

/** What makes it known in a push: what it calls itself, else its address. */
export function readVstarcamSender(config: VstarcamConfig): Sender {
  const [name, id, address] = [config.name, config.vuid, config.host].map((value) => readText(value));
  return { ...(name && { name }), ...(id ? { id } : address && { address }) };
}

/** Seconds between two heartbeats of a camera: from 1 to a day, a minute for anything else. */
export function readHeartbeat(value: Raw): number {
  const seconds = Math.round(readNumber(value, 60));
  return seconds >= 1 && seconds <= 86_400 ? seconds : 60;
}

/** Properties of `alarm-archive` in a flow. */
export interface ArchiveConfig {
  readonly folder?: Raw;
  /** That pictures are kept; 0 for ever. */
  readonly days?: Raw;
}

/** A hundred years: days that no calendar has cannot be counted back. */
const MOST_DAYS = 36_500;

/** Where pictures are kept and for how long; what is no number of days keeps them for ever, as nothing brings them back. */
export function readArchive({ folder, days }: ArchiveConfig): { folder: string; days: number } {
  const wanted = Math.ceil(Number(readText(days, '30')));
  return {
    folder: readText(folder, 'camera-alarms/archive'),
    days: wanted > 0 && wanted <= MOST_DAYS ? wanted : 0,
  };
}
