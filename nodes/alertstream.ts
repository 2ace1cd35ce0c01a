import type { Node, NodeAPI, NodeDef } from 'node-red';
import { AlarmError, asAlarmError, type StreamState } from '../src/index.js';
import type { IsapiDeviceNode } from './isapi-device.js';
import { deviceSayer, emitter } from './lib/emitter.js';
import { limitsOf } from './lib/limits.js';
import { type RouteConfig, route } from './lib/route.js';
import { readNumber } from './lib/settings.js';
import { deviceErrorStatus, streamStatus } from './lib/status.js';

type Definition = NodeDef & Omit<RouteConfig, 'pairing'> & { readonly device?: string };

/** How often the age of what is known is shown anew. */
const AGE_MS = 30_000;

export default function register(RED: NodeAPI): void {
  function AlertStreamIn(this: Node, config: Definition): void {
    RED.nodes.createNode(this, config);
    const device = RED.nodes.getNode(config.device ?? '') as IsapiDeviceNode | null;
    const say = deviceSayer(RED);
    const pictures = device?.client === undefined ? undefined : { client: device.client, host: device.host };
    const pairing = readNumber(config.endAfter, 10) === 0 ? 'device' : 'time';
    const onError = (error: unknown) => this.error(error as Error, {});
    const { limits } = limitsOf(RED);
    const way = route({ ...config, pairing }, emitter(RED, this), pictures, onError, limits);
    let state: StreamState | undefined;
    const show = () => {
      if (state !== undefined) this.status(streamStatus(state, say, Date.now()));
    };
    try {
      if (device === null) throw new AlarmError('DEVICE_MISSING');
      const leave = device.join({
        node: this,
        subscriber: way.entrance,
        onState: (next) => {
          state = next;
          show();
        },
      });
      const timer = setInterval(show, AGE_MS);
      this.on('close', (_removed: boolean, done: () => void) => {
        clearInterval(timer);
        leave();
        way.close();
        done();
      });
    } catch (error) {
      const problem = asAlarmError(error, 'INTERNAL');
      this.status(deviceErrorStatus(problem, say));
      this.error(problem, {});
    }
  }

  RED.nodes.registerType('alertstream', AlertStreamIn);
}
