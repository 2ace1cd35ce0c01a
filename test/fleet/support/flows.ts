import path from 'node:path';
import { LINE, OUTPUT } from '../../promises/support/killed-node-red.js';
import { exampleFlow, type FlowNode } from '../../support/node-red.js';

/**
 * When a gateway takes an alarm for dealt with: as the example does it, or too early: as soon as the broker has taken
 * it, or when it was given to the MQTT node.
 */
export type Settled = 'by a worker' | 'by the broker' | 'when handed over';

/** What a gateway writes down: `acknowledged` and `settled`, each with the id of an alarm, in the order they happened. */
export const JOURNAL = 'journal.txt';

/** A mail server takes its time; an alarm is in a worker for that long. */
const MAIL_MS = 200;
const SLOW_LINE = `${LINE.replace('return msg;', '')}
setTimeout(() => { node.send(msg); node.done(); }, ${MAIL_MS});`;

const broker = (port: number) => ({ broker: '127.0.0.1', port: String(port) });
const changed = (flow: FlowNode[], changes: Readonly<Record<string, object>>): FlowNode[] =>
  flow.map((node) => ({ ...node, ...changes[node.id] }));
const file = (filename: string) => ({
  type: 'file',
  filename,
  filenameType: 'str',
  appendNewline: true,
  overwriteFile: 'false',
  wires: [[]],
});

/** The example of a gateway, which also keeps a journal of what became of its alarms. */
export function gatewayFlow(
  name: string,
  folder: string,
  ports: { readonly listener: number; readonly broker: number },
  settled: Settled = 'by a worker',
): FlowNode[] {
  const flow = exampleFlow('20-fleet-gateway', {
    tab: { env: [{ name: 'DONE', value: `alarms-done/${name}`, type: 'str' }] },
    'alarm-listener': { host: '127.0.0.1', port: String(ports.listener) },
    'mqtt-broker': broker(ports.broker),
    // Alarms are told apart by their numbers, which stand in each of them.
    'isapi-alarm-in': { pairing: 'off' },
    'alarm-settle': { wires: [['note-settled']] },
  });
  const z = 'fleet-gateway';
  const shown = { z, x: 1, y: 1 };
  const note = (id: string, func: string): FlowNode => ({
    ...shown,
    id,
    type: 'function',
    outputs: 1,
    func,
    wires: [['journal']],
  });
  const early: Readonly<Record<Settled, FlowNode[]>> = {
    'by a worker': flow,
    'by the broker': changed(flow, { 'fleet-gateway-done': { wires: [[]] } }),
    'when handed over': changed(flow, {
      'fleet-gateway-done': { wires: [[]] },
      'fleet-gateway-format': { wires: [['fleet-gateway-out', 'fleet-gateway-settle']] },
    }),
  };
  const acknowledged = settled === 'by the broker' ? ['note', 'fleet-gateway-settle'] : ['note'];
  return [
    ...early[settled],
    { ...shown, id: 'taken', type: 'complete', scope: ['fleet-gateway-out'], wires: [acknowledged] },
    note('note', "return { payload: 'acknowledged ' + msg._msgid };"),
    note('note-settled', "return { payload: 'settled ' + (msg.payload.id ?? msg._msgid) };"),
    { ...shown, id: 'journal', ...file(path.join(folder, JOURNAL)) },
  ];
}

/** The example of a worker, which writes the alarms to a file in place of mailing them. */
export function workerFlow(folder: string, brokerPort: number): FlowNode[] {
  const flow = exampleFlow('21-fleet-worker', { 'mqtt-broker': broker(brokerPort) });
  return changed(flow, {
    'fleet-worker-text': { type: 'function', outputs: 1, func: SLOW_LINE },
    'fleet-worker-mail': file(path.join(folder, OUTPUT)),
  });
}
