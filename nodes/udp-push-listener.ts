import type { Node, NodeAPI, NodeDef } from 'node-red';
import { type AlarmError, asAlarmError, datagram, UdpListener, type UdpSettings } from '../src/index.js';
import { closeInTime } from './lib/closing.js';
import { limitsOf } from './lib/limits.js';
import { type ListenerNode, Listening } from './lib/listening.js';
import { readUdpListener, type UdpListenerConfig } from './lib/settings.js';

type Definition = NodeDef & UdpListenerConfig;

/** What a flow node wants of this listener. */
export interface UdpUser {
  /** So many datagrams were dropped since the listener was opened. */
  onDropped(dropped: number): void;
}

export interface UdpPushListenerNode extends Node, ListenerNode<UdpUser> {
  /** By node id: with it, Node-RED hands this node's errors to the Catch nodes of the flows that use it. */
  users: Record<string, Node>;
  /** How it receives. @throws AlarmError why it is not open */
  here(): UdpSettings;
}

export default function register(RED: NodeAPI): void {
  function UdpPushListener(this: UdpPushListenerNode, config: Definition): void {
    RED.nodes.createNode(this, config);
    const listening = new Listening<UdpUser>(this);
    const { limits } = limitsOf(RED);
    let listener: UdpListener | undefined;
    let refusal: AlarmError | undefined;
    try {
      listener = new UdpListener(readUdpListener(config), datagram, {
        limits,
        onState: listening.setState,
        onDropped: (dropped) => {
          for (const user of listening.users) user.onDropped(dropped);
        },
        onError: (error) => this.error(error as Error, {}),
      });
    } catch (error) {
      refusal = asAlarmError(error, 'INTERNAL');
    }

    this.here = () => ({ ...readUdpListener(config), port: listening.port });

    this.join = (user) => {
      const leave = listener?.subscribe(user.subscriber);
      listening.add(user, () => {
        if (refusal !== undefined) listening.setState({ state: 'refused', error: refusal });
        else listener?.start();
      });
      return () => {
        leave?.();
        listening.remove(user);
      };
    };

    this.on('close', (done: () => void) => {
      listening.stop();
      closeInTime([listener?.stop()], limits, done);
    });
  }

  RED.nodes.registerType('udp-push-listener', UdpPushListener);
}
