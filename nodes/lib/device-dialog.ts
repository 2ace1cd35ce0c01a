import type { Node, NodeAPI } from 'node-red';
import { AlarmError, asAlarmError, type DeviceSettings, ERROR_TEXTS } from '../../src/index.js';
import { type DeployedDevice, readForm, targetOf } from './device-form.js';
import { limitsOf } from './limits.js';
import { type DeviceConfig, type DeviceCredentials, readText } from './settings.js';

/** What the dialog of one kind of device finds and tests. */
export interface DeviceKind<Client extends { close(): Promise<void> }> {
  /** Type of its node, and name of its routes. */
  readonly type: string;
  /** Where its port is left empty, unless that depends on the protocol alone. */
  readonly port?: string;
  readonly discover: () => Promise<readonly object[]>;
  readonly connect: (settings: DeviceSettings) => Client;
  /** Asks a device what the dialog shows of it. */
  readonly examine: (client: Client, signal: AbortSignal) => Promise<object>;
}

/** For the dialog of a device: finds devices, and tells whether one answers as its settings say. */
export function registerDeviceDialog<Client extends { close(): Promise<void> }>(
  RED: NodeAPI,
  kind: DeviceKind<Client>,
): void {
  type DeviceNode = Node<DeviceCredentials> & { readonly client?: Client };
  const permission = RED.auth.needsPermission('camera-alarms.write');
  const { limits } = limitsOf(RED);
  const testing = new Set<string>();
  let searching: Promise<readonly object[]> | undefined;

  const examine = async (settings: DeviceSettings, signal: AbortSignal) => {
    // A client of its own, that leaves nothing behind.
    const client = kind.connect(settings);
    try {
      return await kind.examine(client, signal);
    } finally {
      await client.close();
    }
  };

  RED.httpAdmin.post(`/camera-alarms/${kind.type}/test`, permission, async (request, response) => {
    if (Number(request.headers['content-length'] ?? 0) > limits.dialogBytes) {
      response.status(413).json(failure(new AlarmError('TEST_INVALID')));
      return;
    }
    const call = new AbortController();
    const timer = setTimeout(() => call.abort(new AlarmError('DEVICE_TIMEOUT')), limits.dialogTestMs);
    // Nobody waits any more: the browser was closed.
    response.once('close', () => call.abort(new AlarmError('DEVICE_CLOSED')));
    try {
      const form = withPort(kind, readForm(request.body));
      const node = form.id === undefined ? null : (RED.nodes.getNode(form.id) as DeviceNode | null);
      const { settings, deployed } = targetOf(
        form,
        node === null ? undefined : deployedDevice(RED, kind, node),
      );
      // The client of a deployed device knows when a login was refused, and is not asked past that.
      const own = deployed ? node?.client : undefined;
      const key = `${settings.host.toLowerCase()} ${settings.port}`;
      if (testing.size >= limits.dialogTests || testing.has(key)) throw new AlarmError('TESTS_TOO_MANY');
      testing.add(key);
      try {
        const info = await (own === undefined
          ? examine(settings, call.signal)
          : kind.examine(own, call.signal));
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

  RED.httpAdmin.post(`/camera-alarms/${kind.type}/discover`, permission, async (_, response) => {
    try {
      // One search at a time, whoever asks: all get what it finds.
      searching ??= kind.discover().finally(() => {
        searching = undefined;
      });
      response.json({ ok: true, devices: await searching });
    } catch (error) {
      response.json(failure(error));
    }
  });
}

/** Undefined for a node of another kind. */
function deployedDevice(
  RED: NodeAPI,
  kind: { readonly type: string; readonly port?: string },
  node: Node<DeviceCredentials>,
): DeployedDevice | undefined {
  if (node.type !== kind.type) return undefined;
  let config: DeviceConfig = {};
  RED.nodes.eachNode((each) => {
    if (each.id === node.id) config = each as DeviceConfig;
  });
  const saved = RED.nodes.getCredentials(node.id) as DeviceCredentials | null | undefined;
  return {
    config: withPort(kind, config),
    username: (saved?.username ?? '').trim(),
    credentials: node.credentials ?? {},
    resolve: (name) => String(RED.util.evaluateNodeProperty(`\${${name}}`, 'env', node, {})).trim(),
  };
}

function withPort<Config extends DeviceConfig>({ port }: { readonly port?: string }, config: Config): Config {
  return port === undefined ? config : { ...config, port: readText(config.port, port) };
}

/** In plain words; the detail by itself, as the dialog says the rest in its own language. */
export function failure(error: unknown) {
  const { code, message } = asAlarmError(error, 'INTERNAL');
  return { ok: false, code, message, detail: message.slice(ERROR_TEXTS[code].length).trim() };
}
