import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { type Clock, SYSTEM_CLOCK } from '../../src/clock.js';
import type { Alarm } from '../../src/event.js';
import type { KeepOptions } from '../../src/inbox/backlog.js';
import type { Inbox } from '../../src/inbox/inbox.js';
import type { Sender } from '../../src/inbox/subscriptions.js';
import { LIMITS, type Limits } from '../../src/limits.js';
import type { DeviceSign } from '../../src/notification.js';
import { HttpListener, type ListenerSettings } from '../../src/sources/http-listener.js';
import type { PortState } from '../../src/sources/http-port.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import type { Build } from '../promises/support/promise.js';
import { Mailbox } from './mailbox.js';
import { SECRET } from './secrets.js';

export { SECRET };
export const PATH = `/${SECRET}/isapi`;

/** Open to whoever knows the secret, on a free port of this machine. */
export const SETTINGS: ListenerSettings = {
  host: '127.0.0.1',
  port: 0,
  secret: SECRET,
  auth: 'none',
  username: '',
  password: '',
  allow: '',
};

export interface ListenerPlan {
  readonly settings?: Partial<ListenerSettings>;
  readonly limits?: Partial<Limits>;
  readonly now?: () => number;
  readonly clock?: Clock;
  /** Whose alarms the subscriber wants. */
  readonly sender?: Sender;
  /** How alarms are kept; nowhere unless given. */
  readonly keep?: KeepOptions;
  /** Who is told of errors, where some may come; none may unless given. */
  readonly onError?: (error: unknown) => void;
  /** Where the classes are from; our own build unless given. */
  readonly build?: Build;
}

/** What one subscriber got. */
export interface Subscribed {
  readonly alarms: Mailbox<Alarm>;
  readonly signs: Mailbox<DeviceSign>;
  readonly leave: () => void;
}

export interface TestListener extends Subscribed {
  readonly listener: HttpListener;
  readonly inbox: Inbox;
  readonly port: number;
  /** States after the first one, which was `listening`. */
  readonly states: Mailbox<PortState>;
  /** The listener's ends of all connections, oldest first. */
  readonly sockets: readonly Socket[];
  /** Waits until so many connections came. */
  readonly accepted: (connections: number) => Promise<void>;
  /** Waits until so many connections came, all of them are over, and what that caused is done. */
  readonly quiet: (connections: number) => Promise<void>;
  /** Waits until the listener has so many connections and has read so many bytes from the newest of them. */
  readonly read: (connections: number, bytes: number) => Promise<void>;
}

/** A listener that has its port and an inbox at `/isapi`; closed when the test is over. It must not report errors. */
export async function startListener(t: TestContext, plan: ListenerPlan = {}): Promise<TestListener> {
  const { now, clock, sender, settings, limits } = plan;
  const states = new Mailbox<PortState>();
  const errors: unknown[] = [];
  const classes = classesOf(plan.build);
  const listener = new classes.HttpListener(
    { ...SETTINGS, ...settings },
    {
      // Tests send the same push again and again, and want to see each.
      limits: { ...LIMITS, sameNotificationMs: 0, ...limits },
      onState: (state) => states.put(state),
      onError: plan.onError ?? ((error) => errors.push(error)),
      ...(now !== undefined && { clock: { ...SYSTEM_CLOCK, now } }),
      ...(clock !== undefined && { clock }),
      keep: plan.keep,
    },
  );
  const inbox = listener.inbox('/isapi', classes.isapi);
  const subscribed = joinInbox(inbox, sender);
  listener.start();
  const state = await states.take();
  assert.equal(state.state, 'listening');
  const { port } = state as Extract<PortState, { state: 'listening' }>;
  const watched = watchSockets(port);
  t.after(async () => {
    try {
      await stopInTime(listener);
    } finally {
      watched.stop();
      const outlived = watched.sockets.filter((socket) => !socket.destroyed);
      for (const socket of outlived) socket.destroy();
      assert.equal(outlived.length, 0, 'connections outlived the listener');
    }
    assert.deepEqual(errors, []);
  });
  const { sockets, accepted, quiet, read } = watched;
  return { ...subscribed, listener, inbox, port, states, sockets, accepted, quiet, read };
}

/** Of one build: an error of another one is none of its own. */
function classesOf(build: Build | undefined) {
  if (build === undefined) return { HttpListener, isapi };
  const listener = build.load<typeof import('../../src/sources/http-listener.js')>(
    'src/sources/http-listener.js',
  );
  const vendor = build.load<typeof import('../../src/vendors/isapi/index.js')>('src/vendors/isapi/index.js');
  return { ...listener, ...vendor };
}

/** Subscribes with mailboxes. */
export function joinInbox(inbox: Inbox, sender?: Sender): Subscribed {
  const alarms = new Mailbox<Alarm>();
  const signs = new Mailbox<DeviceSign>();
  const subscriber = {
    alarm: (alarm: Alarm) => alarms.put(alarm),
    sign: (sign: DeviceSign) => signs.put(sign),
  };
  return { alarms, signs, leave: inbox.subscribe(subscriber, sender) };
}

interface WatchedSockets extends Pick<TestListener, 'sockets' | 'accepted' | 'quiet' | 'read'> {
  readonly stop: () => void;
}

/** Stops a listener. @throws when that takes longer than it may */
export async function stopInTime(listener: HttpListener, withinMs = 2_000): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`stop() took longer than ${withinMs} ms`)), withinMs);
  });
  await Promise.race([listener.stop(), late]);
  clearTimeout(timer);
}

/** Sockets accepted on a port of this process from now on. */
export function watchSockets(port: number): WatchedSockets {
  const sockets: Socket[] = [];
  const open = new Set<Socket>();
  const changes = new EventEmitter();
  const onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    if (socket.localPort !== port) return;
    sockets.push(socket);
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      changes.emit('change');
    });
    changes.emit('change');
  };
  const when = async (holds: () => boolean) => {
    while (!holds()) await once(changes, 'change');
    await nextTurn();
  };
  const accepted = (connections: number) => when(() => sockets.length >= connections);
  const quiet = (connections: number) => when(() => sockets.length >= connections && open.size === 0);
  // Node tells nobody when it reads on behalf of its HTTP parser: looked for at every turn.
  const read = async (connections: number, bytes: number) => {
    while (sockets.length < connections || (sockets.at(-1)?.bytesRead ?? 0) < bytes) await nextTurn();
    await nextTurn();
  };
  subscribe('net.server.socket', onSocket);
  return { sockets, accepted, quiet, read, stop: () => unsubscribe('net.server.socket', onSocket) };
}

/** Lets everything run that is already due. */
export const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** All that is in a mailbox now. */
export async function drain<T>(mailbox: Mailbox<T>): Promise<T[]> {
  const things: T[] = [];
  while (mailbox.size > 0) things.push(await mailbox.take());
  return things;
}

/** Takes from a mailbox up to the first thing that fits; what came before it is dropped. */
export async function takeUntil<T>(mailbox: Mailbox<T>, fits: (thing: T) => boolean): Promise<T> {
  for (;;) {
    const thing = await mailbox.take();
    if (fits(thing)) return thing;
  }
}

/** What was told to a subscriber by now, other than that a device is online: event and code. */
export async function complaints({ signs }: Subscribed): Promise<string[]> {
  const told = await drain(signs);
  return told
    .filter(({ event }) => event !== 'online')
    .map(({ event, reason = '' }) => {
      assert.match(reason, /^[A-Z_]+: \w/);
      return `${event} ${reason.split(':')[0]}`;
    });
}
