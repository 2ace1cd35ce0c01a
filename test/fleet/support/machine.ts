import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { LINE_GLOBALS } from '../../promises/support/killed-node-red.js';
import { type FlowNode, freePort, type NodeRed, startNodeRed } from '../../support/node-red.js';
import { SECRET } from '../../support/secrets.js';

/** Alarms come again soon, and for as long as it takes; and a gateway has room for an outage. */
const LIMITS = {
  confirmMs: 3_000,
  confirmMostMs: 3_000,
  confirmTries: 10_000,
  redeliveriesPerSecond: 500,
  spoolBytes: 4 * 1024 ** 3,
  spoolEvents: 100_000,
};

/** One of several machines: a real Node-RED that can be killed, and comes back as it was. */
export class Machine {
  readonly folder: string;
  readonly #flows: readonly FlowNode[];
  readonly #ready: RegExp;
  #nodeRed: NodeRed | undefined;

  /** @param ready what it says when it works */
  constructor(folder: string, flows: readonly FlowNode[], ready: RegExp) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.#flows = flows;
    this.#ready = ready;
  }

  async start(): Promise<void> {
    this.#nodeRed = await startNodeRed({
      userDir: this.folder,
      port: await freePort(),
      flows: this.#flows,
      modules: ['node-red-node-email'],
      credentials: { 'fleet-gateway-listener': { secret: SECRET } },
      globals: LINE_GLOBALS,
      settings: { cameraAlarms: { limits: LIMITS }, mqttReconnectTime: 500 },
    });
    await this.#nodeRed.said(this.#ready);
  }

  async kill(): Promise<void> {
    const child = this.#nodeRed?.process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** In order. */
  async stop(): Promise<void> {
    await this.#nodeRed?.stop();
  }
}
