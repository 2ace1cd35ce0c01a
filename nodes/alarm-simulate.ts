import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { AlarmError, asAlarmError, SYSTEM_CLOCK } from '../src/index.js';
import { closeInTime } from './lib/closing.js';
import { sayer } from './lib/emitter.js';
import { limitsOf } from './lib/limits.js';
import {
  type Order,
  type Outlet,
  outletTo,
  readEnd,
  readOrder,
  type SimulateConfig,
  STAGE,
} from './lib/simulate.js';
import { clock, type Say } from './lib/status.js';

type Definition = NodeDef & SimulateConfig & { readonly target?: string };

/** What is put into the message: what the simulated device got for its alarm. */
export interface SimulateResult {
  readonly ok: true;
  /** Of the answer; 0 by UDP, which has none. */
  readonly status: number;
  readonly answer: string;
  readonly vendor: string;
  readonly kind: string;
  /** That were sent. */
  readonly bytes: number;
  readonly tookMs: number;
}

export default function register(RED: NodeAPI): void {
  const say: Say = (key, values) =>
    RED._(`@camera-alarms/node-red-camera-alarms/alarm-simulate:${key}`, values);
  const { limits } = limitsOf(RED);

  function AlarmSimulate(this: Node, config: Definition): void {
    RED.nodes.createNode(this, config);
    const endMs = readEnd(config);
    let turn = Promise.resolve();
    let waiting = 0;
    let isClosed = false;
    let cutOff = () => undefined as unknown;
    /** What goes on and is to end by itself, and how to stop waiting for that. */
    let ending: { readonly order: Order; readonly callOff: () => void } | undefined;

    /** One at a time: a device has one connection for each alarm, and waits for its answer. */
    const inTurn = (act: () => Promise<void>) => {
      waiting++;
      turn = turn
        .then(act)
        .catch((error: unknown) => {
          if (!isClosed) this.error(tell(error), {});
        })
        .finally(() => waiting--);
    };
    const perform = async <Result>(path: string, act: (outlet: Outlet) => Promise<Result>) => {
      const call = new AbortController();
      cutOff = () => call.abort();
      const late = () => call.abort(new AlarmError('SIMULATE_NO_ANSWER', `${limits.simulateMs} ms`));
      const callOff = SYSTEM_CLOCK.after(limits.simulateMs, late);
      try {
        return await act(outletTo(RED.nodes.getNode(config.target ?? ''), path, call.signal));
      } finally {
        callOff();
      }
    };
    const finish = async () => {
      const over = ending;
      ending = undefined;
      over?.callOff();
      if (over !== undefined && !isClosed)
        await perform(over.order.path, (outlet) => STAGE.end(over.order.play, outlet));
    };
    const start = async (payload: unknown): Promise<SimulateResult> => {
      if (isClosed) throw new AlarmError('LISTENER_CLOSED');
      const order = readOrder(config, payload);
      const { vendor, kind } = order.play;
      const began = SYSTEM_CLOCK.ticks();
      await finish();
      const sent = await perform(order.path, (outlet) => STAGE.start(order.play, outlet));
      if (endMs !== undefined && !isClosed)
        ending = { order, callOff: SYSTEM_CLOCK.after(endMs, () => inTurn(finish)) };
      const { status, answer, bytes } = sent;
      const tookMs = Math.round(SYSTEM_CLOCK.ticks() - began);
      return { ok: true, status, answer: answer || say('udp', {}), vendor, kind, bytes, tookMs };
    };
    const tell = (error: unknown): AlarmError => {
      const problem = asAlarmError(error, 'INTERNAL');
      this.status({ fill: 'red', shape: 'dot', text: errorText(problem) });
      return problem;
    };

    this.on('input', (message: NodeMessage, send, done) => {
      if (waiting >= limits.simulateWaiting) {
        done(tell(new AlarmError('SIMULATE_BUSY')));
        return;
      }
      inTurn(() =>
        start(message.payload).then(
          (result) => {
            this.status({ fill: 'green', shape: 'dot', text: resultText(result) });
            message.payload = result;
            send(message);
            done();
          },
          (error: unknown) => (isClosed ? done() : done(tell(error))),
        ),
      );
    });

    this.on('close', (done: () => void) => {
      isClosed = true;
      ending?.callOff();
      cutOff();
      closeInTime([turn], limits, done);
    });
  }

  const ofListener = sayer(RED);
  const errorText = ({ code }: AlarmError) =>
    code.startsWith('SIMULATE_') ? say(`error.${code}`, {}) : ofListener(`error.${code}`, {});
  const resultText = ({ kind, status }: SimulateResult) =>
    `${clock(new Date().toISOString())} ${say(`kind.${kind}`, {})}: ${status || 'UDP'}`;

  RED.nodes.registerType('alarm-simulate', AlarmSimulate);

  /** The button on the node. */
  RED.httpAdmin.post(
    '/camera-alarms/alarm-simulate/:id',
    RED.auth.needsPermission('alarm-simulate.write'),
    (request, response) => {
      const node = RED.nodes.getNode(String(request.params['id']));
      if (node?.type === 'alarm-simulate') node.receive({});
      response.sendStatus(node?.type === 'alarm-simulate' ? 200 : 404);
    },
  );
}
