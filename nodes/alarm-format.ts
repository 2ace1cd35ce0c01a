import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { asAlarmError, Formatter, type Outgoing, SYSTEM_CLOCK } from '../src/index.js';
import { type FormatConfig, readFormat } from './lib/format.js';
import { registerFormatAdmin } from './lib/format-admin.js';
import { limitsOf } from './lib/limits.js';

type Definition = NodeDef & FormatConfig;

/** What an alarm brings that a target may not want, and what `mqtt in` leaves behind for `mqtt out`. */
const NOT_KEPT = ['attachments', 'filename', 'raw', 'qos', 'retain'] as const;

type Sent = NodeMessage & { [name in (typeof NOT_KEPT)[number]]?: unknown };

export default function register(RED: NodeAPI): void {
  const say = (key: string, values?: object) =>
    RED._(`@camera-alarms/node-red-camera-alarms/alarm-format:status.${key}`, { ...values });

  function AlarmFormat(this: Node, config: Definition): void {
    RED.nodes.createNode(this, config);
    let number = 0;
    const extra = (message: Outgoing) => ({ _msgid: RED.util.generateId(), ...message });
    const later = (messages: readonly Outgoing[]) => {
      try {
        this.send([messages.map(extra)]);
      } catch (error) {
        this.error(error as Error, {});
      }
    };
    const options = readFormat(config, RED);
    const formatter = new Formatter(options, later, SYSTEM_CLOCK, limitsOf(RED).limits);
    const { problem } = formatter;
    const show = () => {
      if (problem === undefined) this.status({ fill: 'blue', shape: 'dot', text: say('sent', { number }) });
      else this.status({ fill: 'yellow', shape: 'ring', text: say(`error.${problem.code}`) });
    };
    if (problem !== undefined) show();

    this.on('input', (message: Sent, send, done) => {
      try {
        const messages = formatter.format(message);
        const last = messages.pop();
        if (last !== undefined) {
          // What came goes out as the last one: an alarm is confirmed by the id of its message.
          for (const name of NOT_KEPT) delete message[name];
          send([[...messages.map(extra), Object.assign(message, last)]]);
          // Each alarm goes out all the same, so that once is enough.
          if (number === 0 && problem !== undefined) this.warn(`${problem.code}: ${problem.message}`);
          number++;
          show();
        }
        done();
      } catch (error) {
        const reason = asAlarmError(error, 'INTERNAL');
        this.status({ fill: 'red', shape: 'dot', text: say(`error.${reason.code}`) });
        done(reason);
      }
    });
    this.on('close', () => formatter.close());
  }

  RED.nodes.registerType('alarm-format', AlarmFormat);
  registerFormatAdmin(RED);
}
