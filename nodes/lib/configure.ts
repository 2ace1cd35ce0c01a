import {
  AlarmError,
  type Check,
  Configurator,
  type ConfigureJob,
  type ConfigureResult,
  type Device,
  type DeviceClient,
  type Kept,
  Linkage,
  ownAddressTowards,
  type PushTarget,
  type Trigger,
} from '../../src/index.js';
import type { AlarmListenerNode } from '../alarm-listener.js';
import type { IsapiDeviceNode } from '../isapi-device.js';
import type { DeviceMemory } from './device-memory.js';
import { inTurn } from './device-turns.js';
import { examineDevice } from './doctor.js';
import { type Raw, readText } from './settings.js';

const ACTIONS = ['plan', 'apply', 'read', 'test', 'restore', 'linkage', 'doctor'] as const;

/** What `isapi-configure` can be told to do. */
export type Action = (typeof ACTIONS)[number];

/** Payload of the result message. */
export interface ConfigureReport extends ConfigureResult {
  readonly action: Action;
  /** Of `doctor`: whether it found no problem. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
  readonly device: Device;
}

/** What a message asks for, over what is set in the node. */
export interface Order {
  readonly action: Action;
  /** Of `linkage`: whether the events are to notify the surveillance center; undefined only looks. */
  readonly center: boolean | undefined;
  readonly events: readonly string[];
}

/** @throws AlarmError `CONFIG_ACTION_INVALID` */
export function readOrder(payload: unknown, action: Raw, events: Raw): Order {
  const asked = (typeof payload === 'object' && payload !== null ? payload : {}) as Record<string, unknown>;
  return {
    action: readAction(asked['action'], action, ACTIONS),
    center: readSwitch(asked['center']),
    events: wordsOf(asked['events'] ?? events),
  };
}

/**
 * What a message asks for, else what is set in the node, else the first.
 * @throws AlarmError `CONFIG_ACTION_INVALID`
 */
export function readAction<Name extends string>(asked: unknown, set: Raw, actions: readonly Name[]): Name {
  const name = readText((asked ?? set) as Raw, actions[0]).toLowerCase();
  const known = actions.find((each) => each === name);
  if (known === undefined) throw new AlarmError('CONFIG_ACTION_INVALID', actions.join(', '));
  return known;
}

/** A switch as flows write it: the wrong guess would disarm a house. @throws AlarmError `CONFIG_ACTION_INVALID` */
function readSwitch(value: unknown): boolean | undefined {
  if (value === undefined) return undefined;
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const word = plain ? String(value).trim().toLowerCase() : '';
  if (['true', 'on', '1'].includes(word)) return true;
  if (['false', 'off', '0'].includes(word)) return false;
  throw new AlarmError('CONFIG_ACTION_INVALID', 'center is true or false, on or off, 1 or 0');
}

/** Event types as a list or as text with commas. */
export function wordsOf(value: unknown): string[] {
  const all = Array.isArray(value) ? value.map(String) : readText(value as Raw).split(/[\s,;]+/);
  return all.map((word) => word.trim()).filter((word) => word !== '');
}

/** With what an order is carried out. */
export interface Workplace {
  readonly device: IsapiDeviceNode | null;
  readonly listener: AlarmListenerNode | null;
  readonly path: Raw;
  /** What the device is told to push to; our address on the way to it when empty. */
  readonly address: Raw;
  readonly memory: DeviceMemory;
  /** Who asks: a node by its id, or a dialog. */
  readonly owner: string;
  readonly signal: AbortSignal;
}

/** A device in the memory: an address may belong to several behind a router, each at a port of its own. */
const nameOf = ({ device: { mac }, host, port }: IsapiDeviceNode) => mac ?? `${host.toLowerCase()}:${port}`;

/** Carries orders out on one device. */
export class ConfigureWork {
  readonly #place: Workplace;

  constructor(place: Workplace) {
    this.#place = place;
  }

  /** @throws AlarmError what went wrong, with the device as it was */
  run(order: Order): Promise<ConfigureReport> {
    return this.#inTurn(async (device, client) => {
      const { action } = order;
      const done = await (action === 'linkage'
        ? this.#link(order, device, client)
        : action === 'doctor'
          ? this.#examine(order, device, client)
          : this.#configure(order));
      const ok = action !== 'doctor' || done.checks.every(({ result }) => result !== 'problem');
      return { ...done, action, ok, device: device.device };
    });
  }

  /** Looks whether the entry is still there. @throws AlarmError as `run` */
  keep(events: readonly string[]): Promise<ConfigureResult & { readonly kept: Kept }> {
    return this.#inTurn(async () => new Configurator(await this.#jobFor(events)).keep());
  }

  async #configure({ action, events }: Order): Promise<Done> {
    const configurator = new Configurator(await this.#jobFor(events));
    return { ...(await configurator[action as Exclude<Action, 'linkage' | 'doctor'>]()), checks: [] };
  }

  async #link({ center, events }: Order, device: IsapiDeviceNode, client: DeviceClient): Promise<Done> {
    const { memory, signal } = this.#place;
    const linkage = new Linkage({ client, device: nameOf(device), signal, memory: memory.linkage });
    const { triggers, changed } =
      center === undefined
        ? { triggers: await linkage.read(events), changed: [] }
        : await linkage.change({ center, events });
    const difference = changed.map((id) => `${id}: center: ${center ? 'off -> on' : 'on -> off'}`);
    return { changed: changed.length > 0, difference, remarks: [], checks: triggers.map(checkOf) };
  }

  async #examine({ events }: Order, device: IsapiDeviceNode, client: DeviceClient): Promise<Done> {
    const { listener, signal } = this.#place;
    const target = listener === null ? undefined : await this.#targetIfAny(events);
    const checks = await examineDevice(device, client, { events, signal, ...(target && { target }) });
    return { changed: false, difference: [], remarks: [], checks };
  }

  /** Without a way to the device there is no address of ours on it: that is for the doctor to find. */
  async #targetIfAny(events: readonly string[]): Promise<PushTarget | undefined> {
    try {
      return (await this.#jobFor(events)).target;
    } catch (error) {
      if (error instanceof AlarmError && error.code === 'CONFIG_ADDRESS_UNKNOWN') return undefined;
      throw error;
    }
  }

  async #jobFor(events: readonly string[]): Promise<ConfigureJob> {
    const { listener, path, address, memory, owner, signal } = this.#place;
    if (listener === null) throw new AlarmError('CONFIG_LISTENER_MISSING');
    const { device, client } = this.#deviceHere();
    const target = listener.pushTarget(readText(path, '/isapi'));
    const host = readText(address) || (await ownAddressTowards(device.host, device.port));
    const name = nameOf(device);
    const { backups } = memory;
    return { client, device: name, owner, signal, backups, target: { ...target, host, events } };
  }

  #deviceHere(): { readonly device: IsapiDeviceNode; readonly client: DeviceClient } {
    const { device } = this.#place;
    if (device?.client === undefined) throw device?.problem ?? new AlarmError('DEVICE_MISSING');
    return { device, client: device.client };
  }

  #inTurn<Value>(work: (device: IsapiDeviceNode, client: DeviceClient) => Promise<Value>): Promise<Value> {
    const { device, client } = this.#deviceHere();
    return inTurn(nameOf(device), () => work(device, client));
  }
}

type Done = Omit<ConfigureReport, 'action' | 'ok' | 'device'>;

function checkOf({ id, eventType, channel, center }: Trigger): Check {
  const what = channel === undefined ? eventType : `${eventType}, channel ${channel}`;
  return center
    ? { id: `linkage-${id}`, result: 'ok', text: `${what}: notifies the surveillance center` }
    : { id: `linkage-${id}`, result: 'problem', text: `${what}: notifies nobody`, fix: 'linkage' };
}
