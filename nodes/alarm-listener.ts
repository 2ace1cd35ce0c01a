import { networkInterfaces } from 'node:os';
import type { TlsOptions } from 'node:tls';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import {
  AlarmError,
  asAlarmError,
  HttpListener,
  type PortState,
  type PushTarget,
  type Sender,
  type Subscriber,
  type Vendor,
} from '../src/index.js';
import { type ListenerConfig, type ListenerCredentials, readListener, readText } from './lib/settings.js';

type Definition = NodeDef & ListenerConfig & { readonly tls?: string };

/** State of the port, or why it is not opened at all with these settings. */
export type ListenerState = PortState | { readonly state: 'refused'; readonly error: AlarmError };

/** What a flow node gives its listener. */
export interface ListenerUser {
  readonly node: Node;
  readonly path: string;
  readonly vendor: Vendor;
  readonly subscriber: Subscriber;
  readonly sender?: Sender;
  onState(state: ListenerState): void;
}

export interface AlarmListenerNode extends Node<ListenerCredentials> {
  /** By node id: with it, Node-RED hands this node's errors to the Catch nodes of the flows that use it. */
  users: Record<string, Node>;
  /**
   * @returns how to leave; `removed` when the node is gone for good, not only restarted
   * @throws AlarmError `PATH_TAKEN`
   */
  join(user: ListenerUser): (removed: boolean) => void;
  /** What a device has to be told to push to this listener. @throws AlarmError why the listener cannot be used */
  pushTarget(path: string): Omit<PushTarget, 'host' | 'events'>;
}

/** The core `tls-config` node. */
interface TlsConfigNode extends Node {
  addTLSOptions(options: TlsOptions): TlsOptions;
}

export default function register(RED: NodeAPI): void {
  function AlarmListener(this: AlarmListenerNode, config: Definition): void {
    RED.nodes.createNode(this, config);
    const users = new Set<ListenerUser>();
    let state: ListenerState = { state: 'closed' };
    let complaint: string | undefined;
    let starting: NodeJS.Immediate | undefined;

    const setState = (next: ListenerState) => {
      state = next;
      for (const user of users) user.onState(next);
      if (next.state === 'listening') this.log(`waiting for alarms on port ${next.port}`);
      // Told once, however often the port is tried again.
      const error = 'error' in next ? next.error : undefined;
      if (error !== undefined && error.code !== complaint) this.error(error, {});
      complaint = error?.code;
    };

    let listener: HttpListener | undefined;
    let refusal: AlarmError | undefined;
    try {
      const tls = readTls(config.tls);
      listener = new HttpListener(
        { ...readListener(config, this.credentials ?? {}), ...(tls !== undefined && { tls }) },
        { onState: setState, onError: (error) => this.error(error as Error, {}) },
      );
    } catch (error) {
      refusal = asAlarmError(error, 'INTERNAL');
    }

    this.pushTarget = (path) => {
      if (refusal !== undefined) throw refusal;
      const { port, secret, auth, username, password } = readListener(config, this.credentials ?? {});
      const whole = `/${[secret, path.replace(/^\/+/, '')].filter((part) => part !== '').join('/')}`;
      return { port, tls: readText(config.tls) !== '', path: whole, secret, auth, username, password };
    };

    this.users = {};
    this.join = (user) => {
      const inbox = listener?.inbox(user.path, user.vendor);
      const leave = inbox?.subscribe(user.subscriber, user.sender);
      users.add(user);
      this.users[user.node.id] = user.node;
      user.onState(state);
      // Not before all nodes of the flow are there: what came in earlier would find nobody.
      starting ??= setImmediate(() => {
        if (refusal !== undefined) setState({ state: 'refused', error: refusal });
        else listener?.start();
      });
      return (removed) => {
        leave?.();
        users.delete(user);
        delete this.users[user.node.id];
        if (removed && inbox?.deserted) listener?.abandon(user.path);
      };
    };

    this.on('close', (done: () => void) => {
      clearImmediate(starting);
      if (listener === undefined) done();
      else listener.stop().then(done, done);
    });
  }

  /** @throws AlarmError `LISTENER_NO_CERTIFICATE` */
  function readTls(id: string | undefined): TlsOptions | undefined {
    if (id === undefined || id === '') return undefined;
    const node = RED.nodes.getNode(id) as TlsConfigNode | null;
    const options = node?.addTLSOptions({}) ?? {};
    if (options.cert === undefined && options.pfx === undefined)
      throw new AlarmError('LISTENER_NO_CERTIFICATE');
    return options;
  }

  RED.nodes.registerType<AlarmListenerNode, Definition, object, ListenerCredentials>(
    'alarm-listener',
    AlarmListener,
    {
      credentials: { secret: { type: 'text' }, username: { type: 'text' }, password: { type: 'password' } },
    },
  );

  /** For the editor: what to type into a device as the address of this machine. */
  RED.httpAdmin.get(
    '/camera-alarms/addresses',
    RED.auth.needsPermission('camera-alarms.read'),
    (_, response) => {
      const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
      response.json(
        all.filter((each) => !each.internal && each.family === 'IPv4').map((each) => each.address),
      );
    },
  );
}
