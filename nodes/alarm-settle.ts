import type { Node, NodeAPI, NodeDef } from 'node-red';
import { confirm } from './lib/confirmations.js';

export default function register(RED: NodeAPI): void {
  function AlarmSettle(this: Node, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    let confirmed = 0;
    this.on('input', (message, send, done) => {
      const isOne = confirm(message);
      if (isOne) confirmed++;
      const key = isOne ? 'confirmed' : 'nothing';
      const text = RED._(`@camera-alarms/node-red-camera-alarms/alarm-settle:status.${key}`, {
        number: confirmed,
      });
      this.status({ fill: isOne ? 'green' : 'grey', shape: 'dot', text });
      send(message);
      done();
    });
  }

  RED.nodes.registerType('alarm-settle', AlarmSettle);
}
