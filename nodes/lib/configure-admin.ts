import type { Node, NodeAPI } from 'node-red';
import { AlarmError, ownAddressTowards } from '../../src/index.js';
import type { AlarmListenerNode } from '../alarm-listener.js';
import type { IsapiDeviceNode } from '../isapi-device.js';
import { ConfigureWork, readOrder } from './configure.js';
import { failure } from './device-dialog.js';
import { DeviceMemory } from './device-memory.js';
import { limitsOf } from './limits.js';
import { type Raw, readText } from './settings.js';

/** What a dialog asks for; all of it from outside. */
interface Asked {
  readonly device?: Raw;
  readonly listener?: Raw;
  readonly path?: Raw;
  readonly action?: Raw;
}

/** What the dialog may do; the rest is for flows. */
const ACTIONS = new Set(['plan', 'apply', 'restore']);
const PATH = /^(?!.*(?:^|\/)\.\.?(?:\/|$))\/?[\w.~-]+(?:\/[\w.~-]+)*\/?$/;

/**
 * For the dialog of `isapi-alarm-in`: shows what a device would be told, and tells it. Only deployed nodes are asked,
 * with the login and the secret that are stored.
 */
export function registerConfigureAdmin(RED: NodeAPI): void {
  const permission = RED.auth.needsPermission('camera-alarms.write');
  const deployed = <Kind extends Node>(id: Raw, type: string): Kind => {
    const node = RED.nodes.getNode(readText(id)) as Kind | null;
    if (node === null || node.type !== type) throw new AlarmError('CONFIG_NOT_DEPLOYED');
    return node;
  };

  RED.httpAdmin.post('/camera-alarms/isapi-configure', permission, async (request, response) => {
    const call = new AbortController();
    // Nobody waits any more: the browser was closed.
    response.once('close', () => call.abort(new AlarmError('DEVICE_CLOSED')));
    try {
      if (Number(request.headers['content-length'] ?? 0) > limitsOf(RED).limits.dialogBytes)
        throw new AlarmError('CONFIG_ACTION_INVALID');
      const asked = (request.body ?? {}) as Asked;
      const path = readText(asked.path, '/isapi');
      if (!ACTIONS.has(readText(asked.action)) || !PATH.test(path))
        throw new AlarmError('CONFIG_ACTION_INVALID');
      const work = new ConfigureWork({
        device: deployed<IsapiDeviceNode>(asked.device, 'isapi-device'),
        listener: deployed<AlarmListenerNode>(asked.listener, 'alarm-listener'),
        path,
        address: '',
        owner: `dialog ${readText(asked.listener)} ${path}`,
        memory: new DeviceMemory(RED.settings.userDir),
        signal: call.signal,
      });
      const { difference, remarks, changed, slot } = await work.run(readOrder({}, asked.action, ''));
      response.json({ ok: true, difference, remarks, changed, slot });
    } catch (error) {
      response.json(failure(error));
    }
  });

  RED.httpAdmin.post('/camera-alarms/isapi-configure/address', permission, async (request, response) => {
    try {
      const { host, port } = deployed<IsapiDeviceNode>((request.body as Asked)?.device, 'isapi-device');
      response.json({ ok: true, address: await ownAddressTowards(host, port ?? 80) });
    } catch (error) {
      response.json(failure(error));
    }
  });
}
