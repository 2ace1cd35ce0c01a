import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Node, NodeAPI } from 'node-red';
import helper from 'node-red-node-test-helper';
import registerArchive from '../../nodes/alarm-archive.js';
import registerFilter from '../../nodes/alarm-filter.js';
import registerFormat from '../../nodes/alarm-format.js';
import registerListener from '../../nodes/alarm-listener.js';
import registerSettle from '../../nodes/alarm-settle.js';
import registerSimulate from '../../nodes/alarm-simulate.js';
import registerAlertstream from '../../nodes/alertstream.js';
import registerHttpPush from '../../nodes/http-push-in.js';
import registerAlarmIn from '../../nodes/isapi-alarm-in.js';
import registerConfigure from '../../nodes/isapi-configure.js';
import registerDevice from '../../nodes/isapi-device.js';
import registerSnapshot from '../../nodes/isapi-snapshot.js';
import registerUdpIn from '../../nodes/udp-push-in.js';
import registerUdpListener from '../../nodes/udp-push-listener.js';
import registerVstarcamAlarmIn from '../../nodes/vstarcam-alarm-in.js';
import registerVstarcamConfigure from '../../nodes/vstarcam-configure.js';
import registerVstarcamDevice from '../../nodes/vstarcam-device.js';
import type { AlarmEvent, Attachment, DeviceSign } from '../../src/index.js';
import { Mailbox } from './mailbox.js';
import { type FlowNode, ROOT } from './node-red.js';

/** The Node-RED the tests run in; another one when NODE_RED_DIR says so. */
const RUNTIME = require.resolve('node-red', {
  paths: [path.join(process.env['NODE_RED_DIR'] ?? ROOT, 'node_modules')],
});

/** The core node for certificates, which the helper does not load by itself. */
const registerTls = require(
  require.resolve('@node-red/nodes/core/network/05-tls.js', { paths: [RUNTIME] }),
) as (RED: NodeAPI) => void;

/** A message as a helper node receives it: an alarm, a state, an error or a status. */
export interface Received {
  readonly topic: string;
  readonly payload: AlarmEvent & DeviceSign;
  readonly attachments: readonly Attachment[];
  readonly filename?: string;
  readonly raw?: Buffer;
  readonly error?: {
    readonly message: string;
    readonly code?: string;
    readonly source: { readonly type: string };
  };
  readonly status?: { readonly text: string; readonly fill: string };
}

/** A flow running in this process. */
export interface Flow {
  /** What arrives at a helper node. */
  at(id: string): Mailbox<Received>;
  /** A node as it runs. */
  node(id: string): Node;
  /** Sends a message to a node. */
  give(id: string, message: object): void;
  redeploy(flow: readonly FlowNode[], type: 'full' | 'nodes' | 'flows'): Promise<void>;
  /** What one of our routes answers to the editor. */
  get(route: string): Promise<unknown>;
  /** Clicks the button of a node in the editor. @returns the status of the answer */
  click(type: string, id: string): Promise<number>;
  /** What Node-RED has logged. */
  log(): string[];
  stop(): Promise<void>;
}

/** Ids that are equal to any property of another node would be taken for references. */
const TAB = { id: 'tab1', type: 'tab', label: 'test' };

/** A node of the flow, with all that Node-RED wants of one. */
export function flowNode(id: string, type: string, properties: object = {}): FlowNode {
  return { id, type, z: TAB.id, x: 1, y: 1, wires: [], ...properties };
}

/**
 * Starts nodes with the test helper. `helper` nodes collect what comes to them.
 * @param settings as they stand in settings.js
 */
export async function startFlow(
  flow: readonly FlowNode[],
  credentials: Readonly<Record<string, Record<string, string>>> = {},
  userDir?: string,
  settings: object = {},
): Promise<Flow> {
  const own = userDir ?? mkdtempSync(path.join(os.tmpdir(), 'camera-alarms-flow-'));
  helper.init(RUNTIME, { userDir: own, ...settings });
  await new Promise<void>((resolve) => helper.startServer(resolve));
  let admin = {} as NodeAPI['httpAdmin'];
  const register: ((RED: NodeAPI) => void)[] = [
    (RED) => {
      admin = RED.httpAdmin;
    },
    registerListener,
    registerFilter,
    registerTls,
    registerSettle,
    registerSimulate,
    registerFormat,
    registerArchive,
    registerDevice,
    registerAlarmIn,
    registerHttpPush,
    registerSnapshot,
    registerAlertstream,
    registerConfigure,
    registerUdpListener,
    registerUdpIn,
    registerVstarcamDevice,
    registerVstarcamAlarmIn,
    registerVstarcamConfigure,
  ];
  await helper.load(register, [TAB, ...flow], credentials);
  const boxes = new Map<string, Mailbox<Received>>();
  const collect = (nodes: readonly FlowNode[]) => {
    for (const { id, type } of nodes) {
      if (type !== 'helper') continue;
      const box = boxes.get(id) ?? new Mailbox<Received>();
      boxes.set(id, box);
      const node = helper.getNode(id);
      node.removeAllListeners('input');
      node.on('input', (msg: Received) => box.put(msg));
    }
  };
  collect(flow);
  return {
    at: (id) => boxes.get(id) ?? new Mailbox(),
    node: (id) => helper.getNode(id),
    give: (id, message) => helper.getNode(id).receive(message),
    redeploy: async (next, type) => {
      await helper.setFlows([TAB, ...next], type);
      collect(next);
    },
    get: async (route) => (await ask(admin, 'GET', route)).json(),
    click: async (type, id) => (await ask(admin, 'POST', `/camera-alarms/${type}/${id}`)).status,
    log: () =>
      helper
        .log()
        .args.flat()
        .map((each) => String((each as { msg?: unknown }).msg)),
    stop: async () => {
      await helper.unload();
      await new Promise<void>((resolve) => helper.stopServer(resolve));
      if (userDir === undefined) rmSync(own, { recursive: true });
    },
  };
}

/** Asks one of the routes that the editor asks; the helper serves none of them. */
async function ask(admin: NodeAPI['httpAdmin'], method: string, route: string): Promise<Response> {
  const server = http.createServer(admin).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${route}`, { method });
  const answer = new Response(await response.arrayBuffer(), { status: response.status });
  server.close();
  server.closeAllConnections();
  return answer;
}
