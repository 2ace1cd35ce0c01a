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
  type LoginPauses,
  readClock,
  readDeviceInfo,
  type SadpDevice,
  sadp,
} from '../../src/index.js';
import { type DeployedDevice, readForm, targetOf } from './device-form.js';
import { LOGIN_PAUSES } from './login-pauses.js';
import type { DeviceConfig, DeviceCredentials } from './settings.js';

/** What the routes work with; tests give their own. */
export interface DeviceAdminTools {
  readonly discover: () => Promise<SadpDevice[]>;
  /** Milliseconds since any moment. */
  readonly now: () => number;
  readonly pauses: LoginPauses;
}

type DeviceNode = Node<DeviceCredentials> & { readonly client?: DeviceClient };

/** For the dialog of `isapi-device`: finds devices, and tells whether one answers as its settings say. */
export function registerDeviceAdmin(RED: NodeAPI, tools: DeviceAdminTools = TOOLS): void {
  const permission = RED.auth.needsPermission('camera-alarms.write');
  const testing = new Set<string>();
  let searching: Promise<SadpDevice[]> | undefined;

  RED.httpAdmin.post('/camera-alarms/isapi-device/test', permission, async (request, response) => {
    if (Number(request.headers['content-length'] ?? 0) > LIMITS.dialogBytes) {
      response.status(413).json(failure(new AlarmError('TEST_INVALID')));
      return;
    }
    const call = new AbortController();
    const timer = setTimeout(() => call.abort(new AlarmError('DEVICE_TIMEOUT')), LIMITS.dialogTestMs);
    // Nobody waits any more: the browser was closed.
    response.once('close', () => call.abort(new AlarmError('DEVICE_CLOSED')));
    try {
      const form = readForm(request.body);
      const node = form.id === undefined ? null : (RED.nodes.getNode(form.id) as DeviceNode | null);
      const { settings, deployed } = targetOf(form, node === null ? undefined : deployedDevice(RED, node));
      // The client of a deployed device knows when a login was refused, and is not asked past that.
      const own = deployed ? node?.client : undefined;
      const key = `${settings.host.toLowerCase()} ${settings.port}`;
      if (testing.size >= LIMITS.dialogTests || testing.has(key)) throw new AlarmError('TESTS_TOO_MANY');
      testing.add(key);
      try {
        const info = await (own === undefined
          ? test(settings, tools, call.signal)
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

const TOOLS: DeviceAdminTools = {
  discover: () => discover(sadp),
  now: () => performance.now(),
  pauses: LOGIN_PAUSES,
};

/** Asks with a client of its own, that leaves nothing behind. */
async function test(settings: DeviceSettings, { now, pauses }: DeviceAdminTools, signal: AbortSignal) {
  const client = new DeviceClient(settings, { now, pauses });
  try {
    return await askDeviceInfo(client, { readInfo: readDeviceInfo, readClock }, { signal });
  } finally {
    await client.close();
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
export function failure(error: unknown) {
  const { code, message } = asAlarmError(error, 'INTERNAL');
  return { ok: false, code, message, detail: message.slice(ERROR_TEXTS[code].length).trim() };
}
