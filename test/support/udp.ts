import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { Clock } from '../../src/clock.js';
import type { Alarm } from '../../src/event.js';
import { LIMITS, type Limits } from '../../src/limits.js';
import type { DeviceSign, Vendor } from '../../src/notification.js';
import type { PortState } from '../../src/sources/http-port.js';
import type { Networks } from '../../src/sources/memberships.js';
import { UdpListener, type UdpSettings } from '../../src/sources/udp-listener.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import type { Build } from '../promises/support/promise.js';
import { Mailbox } from './mailbox.js';

export const HERE = '127.0.0.1';

/** On a free port of this machine, from anyone. */
export const UDP_SETTINGS: UdpSettings = { port: 0, mode: 'unicast', group: '', interface: HERE, allow: '' };

export interface UdpPlan {
  readonly settings?: Partial<UdpSettings>;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  readonly vendor?: Vendor;
  readonly networks?: () => Networks;
  /** Where the class is from; our own build unless given. */
  readonly build?: Build;
}

export interface TestUdpListener {
  readonly listener: UdpListener;
  readonly states: Mailbox<PortState>;
  readonly alarms: Mailbox<Alarm>;
  readonly signs: Mailbox<DeviceSign>;
  /** Each sum of what was dropped that was told. */
  readonly drops: Mailbox<number>;
  readonly leave: () => void;
}

/** A listener that is not started, closed when the test is over. It must not report errors. */
export function makeUdpListener(t: TestContext, plan: UdpPlan = {}): TestUdpListener {
  const [states, alarms, signs, drops, errors] = [
    new Mailbox<PortState>(),
    new Mailbox<Alarm>(),
    new Mailbox<DeviceSign>(),
    new Mailbox<number>(),
    [] as unknown[],
  ];
  const classes = plan.build?.load<typeof import('../../src/sources/udp-listener.js')>(
    'src/sources/udp-listener.js',
  );
  const listener = new (classes?.UdpListener ?? UdpListener)(
    { ...UDP_SETTINGS, ...plan.settings },
    plan.vendor ?? isapi,
    {
      limits: { ...LIMITS, listenRetryMs: 20, sameNotificationMs: 0, ...plan.limits },
      onState: (state) => states.put(state),
      onDropped: (dropped) => drops.put(dropped),
      onError: (error) => errors.push(error),
      ...(plan.clock !== undefined && { clock: plan.clock }),
      ...(plan.networks !== undefined && { networks: plan.networks }),
    },
  );
  const leave = listener.subscribe({
    alarm: (alarm) => alarms.put(alarm),
    sign: (sign) => signs.put(sign),
  });
  t.after(async () => {
    await listener.stop();
    assert.deepEqual(errors, []);
  });
  return { listener, states, alarms, signs, drops, leave };
}

/** A listener that has its port. */
export async function startUdpListener(
  t: TestContext,
  plan: UdpPlan = {},
): Promise<TestUdpListener & { port: number }> {
  const made = makeUdpListener(t, plan);
  made.listener.start();
  return { ...made, port: await portOf(made.states) };
}

/** The port that was opened, however often it was tried before. */
export async function portOf(states: Mailbox<PortState>): Promise<number> {
  for (;;) {
    const state = await states.take();
    if (state.state === 'listening') return state.port;
    assert.equal(state.state, 'retrying');
  }
}

/** A socket of another program, closed when the test is over. */
export async function openUdp(
  t: TestContext,
  address = HERE,
  { port = 0, reuseAddr = false } = {},
): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr });
  let open = true;
  socket.once('close', () => {
    open = false;
  });
  t.after(() => {
    if (open) socket.close();
  });
  socket.bind(port, address);
  await once(socket, 'listening');
  return socket;
}

/** Sends one datagram; resolves when the kernel has it. */
export function sendUdp(socket: Socket, bytes: Buffer | string, port: number, host = HERE): Promise<void> {
  return promisify((done: (error: Error | null) => void) => socket.send(bytes, port, host, done))();
}
