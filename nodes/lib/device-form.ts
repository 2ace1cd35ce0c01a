import { AlarmError, type DeviceSettings } from '../../src/index.js';
import { type DeviceConfig, type DeviceCredentials, type Raw, readDevice, readText } from './settings.js';

/** What the dialog of a device holds. The password only when it was typed: the editor does not know the stored one. */
export interface DeviceForm extends DeviceConfig {
  readonly id: string | undefined;
  readonly username: string;
  readonly password: string | undefined;
}

/** The same device as it was deployed. */
export interface DeployedDevice {
  /** As saved: what came from the environment is still a name. */
  readonly config: DeviceConfig;
  readonly username: string;
  /** As the node got them. */
  readonly credentials: DeviceCredentials;
  /** The value of a name from the environment of this node. */
  resolve(name: string): string;
}

/** Where to knock, and whether this is in every respect the deployed device. */
export interface Target {
  readonly settings: DeviceSettings;
  readonly deployed: boolean;
}

/** Longest host name (RFC 1035 §2.3.4); no name or password of a device comes near it. */
const LONGEST = 255;
/** A value that Node-RED replaces by one from the environment when it deploys. */
const FROM_ENVIRONMENT = /^\$(?:\{(\S+)\}|\((\S+)\))$/;

/** @throws AlarmError `TEST_INVALID` */
export function readForm(body: unknown): DeviceForm {
  if (typeof body !== 'object' || body === null) throw new AlarmError('TEST_INVALID');
  const field = (name: string): Raw => {
    const value: unknown = Object.hasOwn(body, name) ? (body as Record<string, unknown>)[name] : undefined;
    if (typeof value === 'string' ? value.length <= LONGEST : isPlain(value)) return value as Raw;
    throw new AlarmError('TEST_INVALID');
  };
  const password = field('password');
  if (password !== undefined && typeof password !== 'string') throw new AlarmError('TEST_INVALID');
  const id = readText(field('id'));
  return {
    id: id === '' ? undefined : id,
    protocol: field('protocol'),
    host: field('host'),
    port: field('port'),
    verifyTls: field('verifyTls'),
    fingerprint: field('fingerprint'),
    basic: field('basic'),
    username: readText(field('username')),
    password,
  };
}

const isPlain = (value: unknown) =>
  value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean';

/**
 * The device a form is about. The stored password is for the protocol, host, port and user it was stored with, and
 * never for a way less safe: nobody may send it elsewhere by typing another address (reliability.md §5.6).
 * @throws AlarmError `DEVICE_MISSING`, `FINGERPRINT_INVALID`, `PASSWORD_NEEDED`, `PORT_INVALID`, `TEST_NOT_DEPLOYED`
 */
export function targetOf(form: DeviceForm, deployed: DeployedDevice | undefined): Target {
  const settings = readDevice(resolved(form, deployed), {
    username: currentValue(form.username, deployed?.username, deployed),
    password: typed(form.password),
  });
  if (settings.host === '') throw new AlarmError('DEVICE_MISSING');
  // Without a user there is no login to make.
  if (form.password !== undefined || settings.username === '') return { settings, deployed: false };
  if (deployed === undefined || !isSameLogin(form, deployed)) throw new AlarmError('PASSWORD_NEEDED');
  const stored = readDevice(resolved(deployed.config, deployed), deployed.credentials);
  if (isLessSafe(settings, stored)) throw new AlarmError('PASSWORD_NEEDED');
  const same = settings.basic === stored.basic && settings.verifyTls === stored.verifyTls;
  return { settings: { ...settings, password: stored.password }, deployed: same };
}

/** As saved, not as resolved: what a name of the environment stands for is not found out by trying. */
function isSameLogin(form: DeviceForm, { config, username }: DeployedDevice): boolean {
  const [mine, stored] = [addressOf(form), addressOf(config)];
  return mine.every((part, index) => part === stored[index]) && form.username === username;
}

/** Whether others on the network could get at the password that the deployed settings keep from them. */
function isLessSafe(mine: DeviceSettings, stored: DeviceSettings): boolean {
  if (mine.protocol === 'https') {
    // Another certificate may be anybody's.
    return mine.fingerprint !== stored.fingerprint || (stored.verifyTls && !mine.verifyTls);
  }
  return mine.basic === true && stored.basic !== true;
}

function addressOf({ protocol, host, port }: DeviceConfig): string[] {
  const way = readText(protocol, 'http').toLowerCase();
  return [way, readText(host), readText(port, way === 'https' ? '443' : '80')];
}

/** With the values of the environment in it. @throws AlarmError `TEST_NOT_DEPLOYED` */
function resolved(config: DeviceConfig, deployed: DeployedDevice | undefined): DeviceConfig {
  const saved: DeviceConfig = deployed?.config ?? {};
  const value = (name: keyof DeviceConfig) => currentValue(config[name], saved[name], deployed);
  return {
    protocol: value('protocol'),
    host: value('host'),
    port: value('port'),
    verifyTls: value('verifyTls'),
    fingerprint: value('fingerprint'),
    basic: value('basic'),
  };
}

/** A name of the environment counts where it is deployed already; elsewhere it would be asked out by trying. */
function currentValue(raw: Raw, saved: Raw, deployed: DeployedDevice | undefined): string {
  const text = readText(raw);
  const name = environmentName(text);
  if (name === undefined) return text;
  if (deployed === undefined || text !== readText(saved)) throw new AlarmError('TEST_NOT_DEPLOYED');
  return deployed.resolve(name);
}

function typed(password: string | undefined): string {
  if (password === undefined) return '';
  if (environmentName(password) !== undefined) throw new AlarmError('TEST_NOT_DEPLOYED');
  return password;
}

function environmentName(text: string): string | undefined {
  const match = FROM_ENVIRONMENT.exec(text);
  return match?.[1] ?? match?.[2];
}
