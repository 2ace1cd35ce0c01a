import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { AlarmError, asAlarmError, deviceTopic, type Kept } from '../src/index.js';
import type { AlarmListenerNode } from './alarm-listener.js';
import type { IsapiDeviceNode } from './isapi-device.js';
import { type ConfigureReport, ConfigureWork, readOrder, wordsOf } from './lib/configure.js';
import { DeviceMemory } from './lib/device-memory.js';
import { deviceSayer } from './lib/emitter.js';
import { type Raw, readNumber } from './lib/settings.js';
import { clock, deviceErrorStatus } from './lib/status.js';

type Definition = NodeDef & {
  readonly device?: string;
  readonly listener?: string;
  readonly path?: Raw;
  readonly address?: Raw;
  readonly action?: Raw;
  readonly events?: Raw;
  /** Minutes between two looks whether the entry is still there; 0 for none. */
  readonly every?: Raw;
};

/** A week. */
const MOST_MINUTES = 10_080;
const CATALOGUE = '@camera-alarms/node-red-camera-alarms/isapi-configure:status.';

export default function register(RED: NodeAPI): void {
  function IsapiConfigure(this: Node, config: Definition): void {
    RED.nodes.createNode(this, config);
    const device = RED.nodes.getNode(config.device ?? '') as IsapiDeviceNode | null;
    const listener = RED.nodes.getNode(config.listener ?? '') as AlarmListenerNode | null;
    const closing = new AbortController();
    const { signal } = closing;
    const { path, address } = config;
    const memory = new DeviceMemory(RED.settings.userDir);
    const work = new ConfigureWork({ device, listener, path, address, memory, owner: this.id, signal });

    const fail = (error: unknown) => {
      const problem = asAlarmError(error, 'INTERNAL');
      this.status(deviceErrorStatus(problem, deviceSayer(RED)));
      return problem;
    };

    this.on('input', (message: NodeMessage, send, done) => {
      this.status({ fill: 'blue', shape: 'ring', text: RED._(`${CATALOGUE}asking`) });
      const run = async () => work.run(readOrder(message.payload, config.action, config.events));
      run().then(
        (report) => {
          const text = RED._(`${CATALOGUE}${outcomeOf(report)}`, { count: countOf(report) });
          this.status({
            fill: report.ok ? 'green' : 'yellow',
            shape: 'dot',
            text: `${clock(new Date().toISOString())} ${text}`,
          });
          send([
            { ...message, topic: deviceTopic('isapi', report.device, 'configure'), payload: report },
            null,
          ]);
          done();
        },
        (error: unknown) => done(fail(error)),
      );
    });

    let told: Kept | 'failed' = 'kept';
    const look = async () => {
      const { kept, ...result } = await work.keep(wordsOf(config.events));
      this.status({
        fill: kept === 'kept' || kept === 'renewed' ? 'green' : 'yellow',
        shape: 'dot',
        text: `${clock(new Date().toISOString())} ${RED._(`${CATALOGUE}${kept}`)}`,
      });
      const news = kept === 'renewed' || kept !== told;
      told = kept;
      if (!news || device === null) return;
      const payload = {
        ...result,
        action: 'keep',
        ok: kept !== 'taken' && kept !== 'missing',
        kept,
        checks: [],
        device: device.device,
      };
      this.send([null, { topic: deviceTopic('isapi', device.device, 'configure'), payload }]);
    };
    // A timer of more than 24 days would run at once.
    const every = Math.min(MOST_MINUTES, readNumber(config.every, 0)) * 60_000;
    const timer =
      every > 0
        ? setInterval(() => {
            look().catch((error: unknown) => {
              if (signal.aborted) return;
              const problem = fail(error);
              // A device that is off for days is told of once, whatever else goes wrong with it meanwhile.
              if (told !== 'failed') this.error(problem, {});
              told = 'failed';
              // What it does not take it is not told again and again.
              if (/^CONFIG_(?:REFUSED|NOT_)/.test(problem.code)) clearInterval(timer);
            });
          }, every)
        : undefined;

    this.on('close', (done: () => void) => {
      clearInterval(timer);
      closing.abort(new AlarmError('DEVICE_CLOSED'));
      done();
    });
  }

  RED.nodes.registerType('isapi-configure', IsapiConfigure);
}

/** What the status counts: changes, or problems found. */
function countOf({ action, difference, checks }: ConfigureReport): number {
  return action === 'doctor' ? checks.filter(({ result }) => result === 'problem').length : difference.length;
}

/** What the status says of it. */
function outcomeOf({ action, ok, changed, difference }: ConfigureReport): string {
  if (action === 'plan') return difference.length === 0 ? 'same' : 'planned';
  if (action === 'apply' && !changed) return 'same';
  if (action === 'doctor' && ok) return 'healthy';
  return action;
}
