import { AlarmError } from '../../errors.js';
import type { NewValue } from '../../wire/editable/document.js';
import { label } from '../../wire/label.js';
import type { HostCapabilities } from './host-capabilities.js';
import { eventChanges } from './host-events.js';
import { canonicalHost, isSameValue } from './host-values.js';
import type { HostSlot, HttpHosts } from './http-hosts.js';

export { applyChanges } from './host-edit.js';

/** Where a device is to push, and what the listener there asks for. */
export interface PushTarget {
  /** IP address or host name. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** With the secret of the listener in it; begins with `/`. */
  readonly path: string;
  /** First step of the path; empty for a listener without one. */
  readonly secret: string;
  readonly auth: 'none' | 'basic' | 'digest';
  readonly username: string;
  readonly password: string;
  /** Event types to push; none for all. */
  readonly events: readonly string[];
}

/** One value that is to be another. */
export interface HostChange {
  /** Element, `a/b` for one within another. */
  readonly path: string;
  /** Undefined when there is no such element yet. */
  readonly from: string | undefined;
  readonly to: string;
  /** What is written, where it is more than the text. */
  readonly value?: NewValue;
  /** Good to have: a device that refuses or ignores it is set up all the same. */
  readonly optional?: true;
}

/** A dead device is noticed after three of them. */
const HEARTBEAT_SECONDS = 30;
const LONGEST_HEARTBEAT_SECONDS = 60;
/** As the guide names them; devices spell them in their own way, which then counts. */
const METHODS = { none: ['none'], basic: ['basic', 'base64'], digest: ['MD5digest', 'digest'] } as const;
/** Words for the kind of address that an element holds; the guide's own one first. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  hostName: ['hostname'],
  ipAddress: ['ipaddress', 'ipv4'],
  ipv6Address: ['ipaddress', 'ipv6'],
};

/** Whether a slot pushes to this listener, though perhaps with an older secret or an older address of it. */
export function isFor(slot: HostSlot, { host, port, path, secret }: PushTarget): boolean {
  if (slot.isEhome || slot.isFree) return false;
  const here = canonicalHost(slot.host ?? '') === canonicalHost(host) && slot.port === port;
  // Without a secret a path says nothing: others have the same.
  if (secret === '') return here && slot.path === path;
  // Another path behind the same secret belongs to another node.
  return slot.path === path || (here && slot.path.split('/')[1] !== secret);
}

/**
 * The slot for a listener: the one that pushes there already, else a free one. Those of others are never touched.
 * @param isOurs whether a slot may be used for it although it is taken
 * @throws AlarmError `CONFIG_NO_SLOT` with whom the device pushes to
 */
export function slotFor(
  { slots }: HttpHosts,
  target: PushTarget,
  isOurs = (slot: HostSlot) => isFor(slot, target),
): HostSlot {
  const ours = slots.filter(isOurs);
  const exact = ours.find((slot) => slot.path === target.path);
  const found = exact ?? ours[0] ?? slots.find((slot) => slot.isFree);
  if (found !== undefined) return found;
  const others = slots.map(
    ({ id, host, port, isEhome }) => `${id}: ${isEhome ? 'EHome' : `${label(host)}:${port}`}`,
  );
  throw new AlarmError('CONFIG_NO_SLOT', others.join(', ') || undefined);
}

/**
 * What has to change in a slot so that its device pushes to the target. What is right already, and what is not ours to
 * say, is not among it.
 * @param absoluteUrl whether the url is to be a whole address: for a device that refused a path
 * @throws AlarmError `CONFIG_UNREADABLE` for a list of which no slot can be written safely; `CONFIG_URL_TOO_LONG`,
 *   `CONFIG_PROTOCOL`, `CONFIG_PORT`, `CONFIG_HOST_NAME`, `CONFIG_LOGIN` for what the device says it cannot do
 */
export function changesFor(
  slot: HostSlot,
  hosts: HttpHosts,
  target: PushTarget,
  capabilities: HostCapabilities,
  absoluteUrl = false,
): HostChange[] {
  hosts.requireIds();
  const changes: HostChange[] = [];
  const set: Set = (path, to, how) => {
    const from = slot.field(path);
    if (from === to || (how === 'where it is' && slot.find(path) === undefined)) return;
    changes.push({ path, from, to, ...(how === 'optional' && { optional: true as const }) });
  };
  checkPort(target, capabilities);
  const url = urlOf(slot, hosts, target, capabilities, absoluteUrl);
  const isWhole = /^https?:/i.test(url);
  // Some leave the slash in front out, whatever is written.
  if (isWhole ? !isSameValue('url', slot.field('url'), url) : slot.path !== target.path) set('url', url);
  set(
    'protocolType',
    spelled(target.tls ? 'HTTPS' : 'HTTP', slot.field('protocolType'), capabilities.protocols),
  );
  const format = slot.find('parameterFormatType') === undefined ? 'optional' : undefined;
  set('parameterFormatType', formatOf(slot, capabilities), format);
  setAddress(slot, target, capabilities, set);
  set('portNo', String(target.port));
  setLogin(slot, target, capabilities, set);
  const { pictures } = capabilities;
  if (pictures.includes('binary') || (pictures.length === 0 && slot.find('uploadImagesDataType')))
    set('uploadImagesDataType', 'binary', 'optional');
  changes.push(...eventChanges(slot, target.events, capabilities), ...heartbeatChanges(slot, capabilities));
  // Devices do not say which one they have: it is written whenever something else is.
  return changes.length === 0 ? [] : [...changes, ...loginAgain(slot, target, changes)];
}

/** Without what a device is set up without as well; what a password alone is written for counts as that. */
export const necessary = (changes: readonly HostChange[]): HostChange[] =>
  changes.filter(({ optional }) => !optional);

/** What is written of a login that cannot be compared: devices do not give it back. */
export function loginChanges(slot: HostSlot, { auth, username, password }: PushTarget): HostChange[] {
  if (auth === 'none') return [];
  const from = slot.field('userName');
  return [
    ...(from === username ? [] : [{ path: 'userName', from, to: username }]),
    { path: 'password', from: slot.field('password'), to: password },
  ];
}

/** The login along with other changes; it is no more needed than they are. */
function loginAgain(slot: HostSlot, target: PushTarget, changes: readonly HostChange[]): HostChange[] {
  const optional = necessary(changes).length === 0 && { optional: true as const };
  return loginChanges(slot, target)
    .filter(({ path, from, to }) => from !== to && changes.every((change) => change.path !== path))
    .map((change) => ({ ...change, ...optional }));
}

/** @param how `optional` ones are good to have; those `where it is` are only right where the slot has them */
type Set = (path: string, to: string, how?: 'optional' | 'where it is') => void;

function checkPort({ port }: PushTarget, { leastPort = 1, mostPort = 65_535 }: HostCapabilities): void {
  if (port < leastPort || port > mostPort)
    throw new AlarmError('CONFIG_PORT', `${port}; from ${leastPort} to ${mostPort}`);
}

/** A path, or the whole address where the device keeps it there: devices differ (isapi.md §8.3). */
function urlOf(
  slot: HostSlot,
  hosts: HttpHosts,
  target: PushTarget,
  { urlLength }: HostCapabilities,
  absoluteUrl: boolean,
): string {
  const absolute = (each: HostSlot) => each.addressInUrl || /^https?:/i.test(each.field('url') ?? '');
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  const whole = `${target.tls ? 'https' : 'http'}://${host}:${target.port}${target.path}`;
  const wanted = absoluteUrl || absolute(slot) || (slot.isFree && hosts.slots.some(absolute));
  const url = wanted ? whole : target.path;
  if (urlLength !== undefined && url.length > urlLength)
    throw new AlarmError('CONFIG_URL_TOO_LONG', `${url.length} letters; the device takes ${urlLength}`);
  return url;
}

/** A word as the device spells it. @throws AlarmError `CONFIG_PROTOCOL` when it knows others alone */
function spelled(word: string, now: string | undefined, options: readonly string[]): string {
  if (now?.toLowerCase() === word.toLowerCase()) return now;
  const own = options.find((option) => option.toLowerCase() === word.toLowerCase());
  if (own === undefined && options.length > 0) throw new AlarmError('CONFIG_PROTOCOL', options.join(', '));
  return own ?? word;
}

/** Both are read here; a query string holds no picture. */
function formatOf(slot: HostSlot, { formats }: HostCapabilities): string {
  const now = slot.field('parameterFormatType') ?? '';
  const readable = (format: string) => /^(?:xml|json)$/i.test(format);
  if (readable(now) && (formats.length === 0 || formats.some((each) => same(each, now)))) return now;
  return formats.find((each) => same(each, 'XML')) ?? formats.find(readable) ?? 'XML';
}

const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

/** @throws AlarmError `CONFIG_HOST_NAME` */
function setAddress(slot: HostSlot, target: PushTarget, { addressing }: HostCapabilities, set: Set): void {
  const element = elementFor(target.host);
  const kinds = KINDS[element] as readonly string[];
  const words =
    addressing.length === 0 ? kinds : kinds.flatMap((kind) => addressing.filter((each) => same(each, kind)));
  const [word] = words;
  if (word === undefined) throw new AlarmError('CONFIG_HOST_NAME', addressing.join(', '));
  const now = slot.field('addressingFormatType') ?? '';
  if (!words.some((each) => same(each, now))) set('addressingFormatType', word);
  // The url holds the address; what says its kind is right as long as that is the same.
  if (slot.addressInUrl) set('ipAddress', element === 'ipv6Address' ? 'ipv6' : 'ipv4');
  else if (!isSameValue(element, slot.field(element), target.host)) set(element, target.host);
}

function elementFor(host: string): string {
  if (host.includes(':')) return 'ipv6Address';
  return /^\d+(?:\.\d+){3}$/.test(host) ? 'ipAddress' : 'hostName';
}

/** @throws AlarmError `CONFIG_LOGIN` */
function setLogin(slot: HostSlot, target: PushTarget, capabilities: HostCapabilities, set: Set): void {
  const { authentication, userNameLength, passwordLength } = capabilities;
  const methods: readonly string[] = METHODS[target.auth];
  const now = slot.field('httpAuthenticationMethod');
  const known = (method: string) => methods.some((each) => same(each, method));
  const own = authentication.find(known);
  if (own === undefined && authentication.length > 0 && target.auth !== 'none')
    throw new AlarmError('CONFIG_LOGIN', authentication.join(', '));
  const method = now !== undefined && known(now) ? now : (own ?? (methods[0] as string));
  const needed = target.auth !== 'none';
  set('httpAuthenticationMethod', method, needed ? undefined : 'where it is');
  if (!needed) return;
  if (target.username.length > (userNameLength ?? Number.POSITIVE_INFINITY))
    throw new AlarmError('CONFIG_LOGIN', `user name of at most ${userNameLength} letters`);
  if (target.password.length > (passwordLength ?? Number.POSITIVE_INFINITY))
    throw new AlarmError('CONFIG_LOGIN', `password of at most ${passwordLength} letters`);
  // Once the method is right, one that is not to be seen is one that the device does not show.
  const isHidden = method === now && (slot.field('userName') ?? '') === '';
  if (!isHidden) set('userName', target.username);
}

function heartbeatChanges(slot: HostSlot, { heartbeat }: HostCapabilities): HostChange[] {
  const path = 'SubscribeEvent/heartbeat';
  const from = slot.field(path);
  if (from === undefined && heartbeat === undefined && slot.find('SubscribeEvent') === undefined) return [];
  const { least, most } = heartbeat ?? { least: 1, most: LONGEST_HEARTBEAT_SECONDS };
  const now = Number(from ?? 0);
  if (now >= Math.max(1, least) && now <= Math.min(most, LONGEST_HEARTBEAT_SECONDS)) return [];
  const to = String(Math.min(most, Math.max(least, HEARTBEAT_SECONDS)));
  return [{ path, from, to, optional: true }];
}

/** What makes a slot push to nobody. */
export function nowhere(slot: HostSlot): HostChange[] {
  const address = { path: 'ipAddress', from: slot.field('ipAddress'), to: '0.0.0.0' };
  const url = slot.field('url') ?? '';
  if (!/^https?:/i.test(url)) return slot.addressInUrl ? [] : [address];
  const path = { path: 'url', from: url, to: 'http://0.0.0.0:80/' };
  return slot.addressInUrl ? [path] : [path, address];
}
