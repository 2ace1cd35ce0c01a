import { networkInterfaces } from 'node:os';
import type { TlsOptions } from 'node:tls';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import {
  AlarmError,
  asAlarmError,
  HttpListener,
  type Pushers,
  type PushTarget,
  type Sender,
  type Vendor,
} from '../src/index.js';
import { closeInTime } from './lib/closing.js';
import { takeConfirmations } from './lib/confirmations.js';
import { duringDeploys } from './lib/deploys.js';
import { limitsOf } from './lib/limits.js';
import { type ListenerNode, Listening } from './lib/listening.js';
import { seenEvents } from './lib/seen.js';
import {
  type ListenerConfig,
  type ListenerCredentials,
  readKeep,
  readListener,
  readText,
} from './lib/settings.js';
import { spoolFolder } from './lib/spool-folder.js';
import { afterEnd, noteEnd } from './lib/succession.js';

type Definition = NodeDef & ListenerConfig & { readonly tls?: string };

/** What a flow node wants of this listener. */
export interface PathUser {
  readonly path: string;
  readonly vendor: Vendor;
  readonly sender?: Sender;
  /** Milliseconds between the signs of life of the sender, where they are set. */
  readonly heartbeatMs?: number;
}

export interface AlarmListenerNode extends Node<ListenerCredentials>, ListenerNode<PathUser> {
  /** By node id: with it, Node-RED hands this node's errors to the Catch nodes of the flows that use it. */
  users: Record<string, Node>;
  /** What a device has to be told to push to this listener. @throws AlarmError why the listener cannot be used */
  pushTarget(path: string): Omit<PushTarget, 'host' | 'events'>;
  /** Where this machine itself reaches it. @throws AlarmError why it is not open */
  here(): Pick<PushTarget, 'host' | 'port'>;
}

/** The core `tls-config` node. */
interface TlsConfigNode extends Node {
  addTLSOptions(options: TlsOptions): TlsOptions;
}

/** Who has pushed to which listener: recorders that are silent would be strangers after each deploy. */
const PUSHERS = new Map<string, Pushers>();

/** Those of this listener with this secret. */
function pushersOf(id: string, secret: string): Pushers {
  const key = JSON.stringify([id, secret]);
  const pushers = PUSHERS.get(key) ?? new Map();
  PUSHERS.set(key, pushers);
  return pushers;
}

export default function register(RED: NodeAPI): void {
  function AlarmListener(this: AlarmListenerNode, config: Definition): void {
    RED.nodes.createNode(this, config);
    const listening = new Listening<PathUser>(this);
    let listener: HttpListener | undefined;
    let refusal: AlarmError | undefined;
    let forget = () => undefined as unknown;
    let callOff = () => undefined as unknown;
    let goOn = () => undefined as unknown;
    const { limits } = limitsOf(RED);
    const { userDir } = RED.settings;
    const folder = userDir && spoolFolder(userDir, this.id);
    try {
      const tls = readTls(config.tls);
      const settings = readListener(config, this.credentials ?? {});
      listener = new HttpListener(
        { ...settings, ...(tls !== undefined && { tls }) },
        {
          limits,
          onState: listening.setState,
          onError: (error) => this.error(error as Error, {}),
          pushers: pushersOf(this.id, settings.secret),
          keep: readKeep(config, folder),
          shared: seenEvents(limits),
        },
      );
      forget = takeConfirmations(listener);
      goOn = duringDeploys(RED, listener);
    } catch (error) {
      refusal = asAlarmError(error, 'INTERNAL');
    }

    this.pushTarget = (path) => {
      if (refusal !== undefined) throw refusal;
      const { port, secret, auth, username, password } = readListener(config, this.credentials ?? {});
      const whole = `/${[secret, path.replace(/^\/+/, '')].filter((part) => part !== '').join('/')}`;
      return { port, tls: readText(config.tls) !== '', path: whole, secret, auth, username, password };
    };

    this.here = () => {
      const { port } = listening;
      const { host } = readListener(config, this.credentials ?? {});
      return { host: host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port };
    };

    this.join = (user) => {
      const inbox = listener?.inbox(user.path, user.vendor);
      const leave = inbox?.subscribe(user.subscriber, user.sender);
      const { sender: { id, name } = {}, heartbeatMs } = user;
      if (id !== undefined && heartbeatMs !== undefined)
        inbox?.expect({ id, ...(name !== undefined && { name }) }, heartbeatMs);
      listening.add(user, () => {
        if (refusal !== undefined) listening.setState({ state: 'refused', error: refusal });
        else callOff = afterEnd(this.id, () => listener?.start());
      });
      return (removed) => {
        leave?.(removed);
        if (removed && id !== undefined) inbox?.forget(id);
        listening.remove(user);
        if (removed && inbox?.deserted) listener?.abandon(user.path);
      };
    };

    this.on('close', (done: () => void) => {
      listening.stop();
      goOn();
      forget();
      callOff();
      const end = listener?.stop();
      if (end !== undefined) noteEnd(this.id, end);
      closeInTime([end], limits, done);
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
