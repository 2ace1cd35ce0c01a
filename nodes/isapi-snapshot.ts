import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { AlarmError, type Attachment, asAlarmError, pictureAttachment, takeSnapshot } from '../src/index.js';
import type { IsapiDeviceNode } from './isapi-device.js';
import { deviceSayer } from './lib/emitter.js';
import { type Raw, readNumber } from './lib/settings.js';
import { clock } from './lib/status.js';

type Definition = NodeDef & { readonly device?: string; readonly channel?: Raw; readonly stream?: Raw };

/** What is looked at of a message, and what is added to it. */
interface SnapshotMessage extends NodeMessage {
  attachments?: unknown;
  filename?: unknown;
}

export default function register(RED: NodeAPI): void {
  function IsapiSnapshot(this: Node, config: Definition): void {
    RED.nodes.createNode(this, config);
    const say = deviceSayer(RED);
    const device = RED.nodes.getNode(config.device ?? '') as IsapiDeviceNode | null;

    const picture = async (message: SnapshotMessage): Promise<Attachment> => {
      if (device?.client === undefined) throw device?.problem ?? new AlarmError('DEVICE_MISSING');
      // For this message alone: the next one without a channel gets the one set in the node.
      const channel = readNumber(channelOf(message.payload), readNumber(config.channel, 1));
      const bytes = await takeSnapshot(device.client, channel, readNumber(config.stream, 1));
      const before = Array.isArray(message.attachments) ? message.attachments.length : 0;
      return pictureAttachment(bytes, 'scene', before + 1, RED.util.generateId());
    };

    this.on('input', (message: SnapshotMessage, send, done) => {
      this.status({ fill: 'blue', shape: 'ring', text: say('asking', {}) });
      picture(message).then(
        (attachment) => {
          const before: unknown[] = Array.isArray(message.attachments) ? message.attachments : [];
          message.attachments = [...before, attachment];
          message.filename ??= attachment.filename;
          const kilobytes = Math.ceil(attachment.content.length / 1024);
          const text = `${clock(new Date().toISOString())} ${kilobytes} KB`;
          this.status({ fill: 'green', shape: 'dot', text });
          send(message);
          done();
        },
        (error: unknown) => {
          const problem = asAlarmError(error, 'INTERNAL');
          this.status({ fill: 'red', shape: 'dot', text: say(`error.${problem.code}`, {}) });
          done(problem);
        },
      );
    });
  }

  RED.nodes.registerType('isapi-snapshot', IsapiSnapshot);
}

function channelOf(payload: unknown): Raw {
  if (typeof payload !== 'object' || payload === null || !('channel' in payload)) return undefined;
  const { channel } = payload;
  return typeof channel === 'string' || typeof channel === 'number' ? channel : undefined;
}
