import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { AlarmError, asAlarmError, deviceTopic } from '../src/index.js';
import type { AlarmListenerNode } from './alarm-listener.js';
import { readAction } from './lib/configure.js';
import { DeviceMemory } from './lib/device-memory.js';
import { deviceSayer } from './lib/emitter.js';
import type { Raw } from './lib/settings.js';
import { clock, deviceErrorStatus } from './lib/status.js';
import { configureVstarcam, VSTARCAM_ACTIONS, type VstarcamReport } from './lib/vstarcam-configure.js';
import type { VstarcamDeviceNode } from './vstarcam-device.js';

type Definition = NodeDef & {
  readonly device?: string;
  readonly listener?: string;
  readonly path?: Raw;
  readonly address?: Raw;
  readonly heartbeat?: Raw;
  readonly action?: Raw;
};

const CATALOGUE = '@camera-alarms/node-red-camera-alarms/vstarcam-configure:status.';

export default function register(RED: NodeAPI): void {
  function VstarcamConfigure(this: Node, config: Definition): void {
    RED.nodes.createNode(this, config);
    const closing = new AbortController();
    const { path, address, heartbeat } = config;
    const place = {
      device: RED.nodes.getNode(config.device ?? '') as VstarcamDeviceNode | null,
      listener: RED.nodes.getNode(config.listener ?? '') as AlarmListenerNode | null,
      path,
      address,
      heartbeat,
      memory: new DeviceMemory(RED.settings.userDir),
      owner: this.id,
      signal: closing.signal,
    };

    this.on('input', (message: NodeMessage, send, done) => {
      this.status({ fill: 'blue', shape: 'ring', text: RED._(`${CATALOGUE}asking`) });
      const run = async () => {
        const { action } = (message.payload ?? {}) as { readonly action?: unknown };
        return configureVstarcam(readAction(action, config.action, VSTARCAM_ACTIONS), place);
      };
      run().then(
        (report) => {
          const text = RED._(`${CATALOGUE}${outcomeOf(report)}`, { count: report.difference.length });
          this.status({ fill: 'green', shape: 'dot', text: `${clock(new Date().toISOString())} ${text}` });
          send({ ...message, topic: deviceTopic('vstarcam', report.device, 'configure'), payload: report });
          done();
        },
        (error: unknown) => {
          const problem = asAlarmError(error, 'INTERNAL');
          this.status(deviceErrorStatus(problem, deviceSayer(RED)));
          done(problem);
        },
      );
    });

    this.on('close', (done: () => void) => {
      closing.abort(new AlarmError('DEVICE_CLOSED'));
      done();
    });
  }

  RED.nodes.registerType('vstarcam-configure', VstarcamConfigure);
}

/** What the status says of it. */
function outcomeOf({ action, changed, difference }: VstarcamReport): string {
  if (action === 'plan') return difference.length === 0 ? 'same' : 'planned';
  if (action === 'apply' && !changed) return 'same';
  return action;
}
