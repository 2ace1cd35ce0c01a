import { createHmac, randomBytes } from 'node:crypto';
import type { Node, NodeAPI } from 'node-red';
import {
  AlarmError,
  asAlarmError,
  askDeviceInfo,
  DeviceClient,
  type DeviceSettings,
  discover,
  ERROR_TEXTS,
  LIMITS,
  readClock,
  readDeviceInfo,
  type SadpDevice,
  sadp,
} from '../../src/index.js';
import { type DeployedDevice, readForm, targetOf } from './device-form.js';
import type { DeviceConfig, DeviceCredentials } from './settings.js';

/** What the routes work with; tests give their own. */
export interface DeviceAdminTools {
  readonly discover: () => Promise<SadpDevice[]>;
  /** Milliseconds since any moment. */
  readonly now: () => number;
}

type DeviceNode = Node<DeviceCredentials> & { readonly client?: DeviceClient };

/** The form of a dialog is far below it. */
const BODY_BYTES = 8 * 1024;
const TESTS = 4;
/** A dialog is waited at; what takes longer is as good as no answer. */
const TEST_MS = 15_000;
const REFUSALS = 64;

/** For the dialog of `isapi-device`: finds devices, and tells whether one answers as its settings say. */
export function registerDeviceAdmin(RED: NodeAPI, tools: DeviceAdminTools = TOOLS): void {
  const permission = RED.auth.needsPermission('camera-alarms.write');
  const testing = new Set<string>();
  const refusals = new Refusals(tools.now);
  let searching: Promise<SadpDevice[]> | undefined;

  RED.httpAdmin.post('/camera-alarms/isapi-device/test', permission, async (request, response) => {
    if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES) {
      response.status(413).json(failure(new AlarmError('TEST_INVALID')));
      return;
    }
    const call = new AbortController();
    const timer = setTimeout(() => call.abort(new AlarmError('DEVICE_TIMEOUT')), TEST_MS);
    // Nobody waits any more: the browser was closed.
    response.once('close', () => call.abort(new AlarmError('DEVICE_CLOSED')));
    try {
      const form = readForm(request.body);
      const node = form.id === undefined ? null : (RED.nodes.getNode(form.id) as DeviceNode | null);
      const { settings, deployed } = targetOf(form, node === null ? undefined : deployedDevice(RED, node));
      // The client of a deployed device knows when a login was refused, and is not asked past that.
      const own = deployed ? node?.client : undefined;
      const key = `${settings.host.toLowerCase()} ${settings.port}`;
      if (testing.size >= TESTS || testing.has(key)) throw new AlarmError('TESTS_TOO_MANY');
      testing.add(key);
      try {
        const info = await (own === undefined
          ? test(settings, refusals, call.signal)
          : askDeviceInfo(own, { readInfo: readDeviceInfo, readClock }, { signal: call.signal }));
        response.json({ ok: true, info });
      } finally {
        testing.delete(key);
      }
    } catch (error) {
      response.json(failure(error));
    } finally {
      clearTimeout(timer);
    }
  });

  RED.httpAdmin.post('/camera-alarms/isapi-device/discover', permission, async (_, response) => {
    try {
      // One search at a time, whoever asks: all get what it finds.
      searching ??= tools.discover().finally(() => {
        searching = undefined;
      });
      response.json({ ok: true, devices: await searching });
    } catch (error) {
      response.json(failure(error));
    }
  });
}

const TOOLS: DeviceAdminTools = { discover: () => discover(sadp), now: () => performance.now() };

/** Asks with a client of its own, that leaves nothing behind. */
async function test(settings: DeviceSettings, refusals: Refusals, signal: AbortSignal) {
  refusals.check(settings);
  const client = new DeviceClient(settings);
  try {
    return await askDeviceInfo(client, { readInfo: readDeviceInfo, readClock }, { signal });
  } catch (error) {
    if (error instanceof AlarmError && error.code === 'DEVICE_LOGIN_REFUSED') refusals.note(settings);
    throw error;
  } finally {
    await client.close();
  }
}

/**
 * Logins a device refused lately: about five wrong ones lock the account (isapi.md §11.4), and a button is pressed
 * five times in no time. Another password or user is another login.
 */
class Refusals {
  readonly #now: () => number;
  /** A password that is merely wrong here may be right elsewhere: not kept as it is. */
  readonly #key = randomBytes(32);
  readonly #until = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws AlarmError `DEVICE_LOGIN_REFUSED` */
  check(settings: DeviceSettings): void {
    const left = (this.#until.get(this.#mark(settings)) ?? 0) - this.#now();
    if (left > 0)
      throw new AlarmError('DEVICE_LOGIN_REFUSED', `not tried again for ${Math.ceil(left / 1000)} s`);
  }

  note(settings: DeviceSettings): void {
    const mark = this.#mark(settings);
    this.#until.delete(mark);
    this.#until.set(mark, this.#now() + LIMITS.loginRetryMs);
    const [oldest] = this.#until.keys();
    if (this.#until.size > REFUSALS && oldest !== undefined) this.#until.delete(oldest);
  }

  #mark({ host, username, password }: DeviceSettings): string {
    const login = JSON.stringify([host.toLowerCase(), username, password]);
    return createHmac('sha256', this.#key).update(login).digest('base64');
  }
}

/** Undefined for a node of another kind. */
function deployedDevice(RED: NodeAPI, node: DeviceNode): DeployedDevice | undefined {
  if (node.type !== 'isapi-device') return undefined;
  let config: DeviceConfig = {};
  RED.nodes.eachNode((each) => {
    if (each.id === node.id) config = each as DeviceConfig;
  });
  const saved = RED.nodes.getCredentials(node.id) as DeviceCredentials | null | undefined;
  return {
    config,
    username: (saved?.username ?? '').trim(),
    credentials: node.credentials ?? {},
    resolve: (name) => String(RED.util.evaluateNodeProperty(`\${${name}}`, 'env', node, {})).trim(),
  };
}

/** In plain words; the detail by itself, as the dialog says the rest in its own language. */
function failure(error: unknown) {
  const { code, message } = asAlarmError(error, 'INTERNAL');
  return { ok: false, code, message, detail: message.slice(ERROR_TEXTS[code].length).trim() };
}
