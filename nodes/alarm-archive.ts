import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { type ArchiveMessage, asAlarmError } from '../src/index.js';
import { ARCHIVES } from './lib/archives.js';
import { closeInTime } from './lib/closing.js';
import { limitsOf } from './lib/limits.js';
import { type ArchiveConfig, readArchive } from './lib/settings.js';
import { clock } from './lib/status.js';

/** What is looked at of a message, and what is added to it. */
type KeptMessage = NodeMessage & ArchiveMessage & { filename?: string; files?: readonly string[] };

export default function register(RED: NodeAPI): void {
  function AlarmArchive(this: Node, config: NodeDef & ArchiveConfig): void {
    RED.nodes.createNode(this, config);
    const say = (key: string, values: Record<string, string | number>) =>
      RED._(`@camera-alarms/node-red-camera-alarms/alarm-archive:status.${key}`, values);
    const { limits } = limitsOf(RED);
    const { folder, days } = readArchive(config);
    const tell = (problem: Error) => this.error(problem, {});
    const { archive, leave } = ARCHIVES.open(folder, RED.settings.userDir ?? '', { days, tell }, limits);

    this.on('input', (message: KeptMessage, send, done) => {
      archive
        .keep(message)
        .then((files) => {
          const [first] = files;
          if (first !== undefined) {
            message.filename = first;
            message.files = files;
            const values = { clock: clock(new Date().toISOString()), number: files.length };
            this.status({ fill: 'green', shape: 'dot', text: say('kept', values) });
          }
          send(message);
          done();
        })
        .catch((error: unknown) => {
          const problem = asAlarmError(error, 'INTERNAL');
          this.status({ fill: 'red', shape: 'ring', text: say('failed', {}) });
          done(problem);
        });
    });

    this.on('close', (done: () => void) => closeInTime([leave()], limits, done));
  }

  RED.nodes.registerType('alarm-archive', AlarmArchive);
}
