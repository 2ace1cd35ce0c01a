import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { openAlertStream } from '../../src/device/alert-stream-door.js';
import {
  DeviceClient,
  type DeviceClientOptions,
  type DeviceSettings,
} from '../../src/device/device-client.js';
import type { SubscriptionWish } from '../../src/device/subscription.js';
import type { Alarm, Device } from '../../src/event.js';
import { createIds } from '../../src/event-id.js';
import { Inbox } from '../../src/inbox/inbox.js';
import { LIMITS, type Limits } from '../../src/limits.js';
import type { DeviceSign } from '../../src/notification.js';
import {
  StreamDevice,
  type StreamDeviceOptions,
  type StreamDeviceSettings,
} from '../../src/simulator/alert-stream.js';
import { AlertStream, type StreamDoor, type StreamState } from '../../src/sources/alert-stream.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import type { Build } from '../promises/support/promise.js';
import { ManualClock } from './manual-clock.js';

export const LOGIN = { username: 'admin', password: 'Simulated-1' };

/** What a stream told, in order. */
export class Told {
  readonly alarms: Alarm[] = [];
  readonly signs: DeviceSign[] = [];
  readonly states: StreamState[] = [];
  readonly errors: unknown[] = [];

  /** The signs in short: `offline DEVICE_REFUSED`. */
  get story(): string[] {
    return this.signs.map(({ event, reason }) => `${event} ${reason?.split(':', 1)[0] ?? ''}`.trim());
  }
}

export interface Setup {
  readonly device?: Partial<StreamDeviceSettings>;
  readonly simulator?: StreamDeviceOptions;
  readonly client?: Partial<DeviceSettings>;
  readonly options?: DeviceClientOptions;
  readonly limits?: Partial<Limits>;
  readonly random?: () => number;
  /** Instead of a client and its device. */
  readonly door?: StreamDoor;
  readonly about?: Device;
  readonly wish?: SubscriptionWish;
  /** Where the classes are from; our own build unless given. */
  readonly build?: Build;
}

/** Of one build: an error of another one is none of its own. */
function classesOf(build: Build | undefined) {
  if (build === undefined) return { AlertStream, DeviceClient, Inbox, isapi, openAlertStream };
  return {
    ...build.load<typeof import('../../src/sources/alert-stream.js')>('src/sources/alert-stream.js'),
    ...build.load<typeof import('../../src/device/device-client.js')>('src/device/device-client.js'),
    ...build.load<typeof import('../../src/inbox/inbox.js')>('src/inbox/inbox.js'),
    ...build.load<typeof import('../../src/vendors/isapi/index.js')>('src/vendors/isapi/index.js'),
    ...build.load<typeof import('../../src/device/alert-stream-door.js')>('src/device/alert-stream-door.js'),
  };
}

/** A simulated device, a client of it and its stream, with time in the hands of the test. */
export async function streamOf(t: TestContext, setup: Setup = {}) {
  const time = new ManualClock();
  const told = new Told();
  const classes = classesOf(setup.build);
  const device = await StreamDevice.start(
    { heartbeatMs: 0, ...setup.device },
    { now: () => time.now(), ...setup.simulator },
  );
  const client = new classes.DeviceClient(
    { protocol: 'http', host: '127.0.0.1', port: device.port, verifyTls: true, ...LOGIN, ...setup.client },
    { now: () => time.ticks(), ...setup.options },
  );
  const inbox = new classes.Inbox(
    classes.isapi,
    createIds(),
    { ...LIMITS, sameNotificationMs: 0 },
    { announces: false },
  );
  inbox.subscribe({
    alarm: (alarm) => told.alarms.push(alarm),
    sign: (sign) => told.signs.push(sign),
  });
  const stream = new classes.AlertStream(
    setup.door ?? classes.openAlertStream(client, setup.wish),
    inbox,
    setup.about ?? { id: '127.0.0.1', address: '127.0.0.1' },
    {
      clock: time,
      random: setup.random ?? (() => 0.5),
      limits: { ...LIMITS, ...setup.limits },
      onState: (state) => told.states.push(state),
      onError: (error) => told.errors.push(error),
      pausedMs: () => client.loginPauseMs,
    },
  );
  t.after(async () => {
    await stream.stop();
    await client.close();
    await device.close();
  });
  return { time, told, device, client, inbox, stream };
}

/** Resolves when something has become true. @throws when it has not in time */
export async function until(what: () => boolean, text = String(what), withinMs = 10_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!what()) {
    assert.ok(performance.now() < end, `not within ${withinMs} ms: ${text}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Lets everything happen that is under way in this process, sockets included. */
export async function settle(turns = 50): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Numbers that look random and are the same in every run. @returns a die of so many sides, from 0 */
export function dice(seed: number): (sides: number) => number {
  let state = seed * 2_654_435_761;
  return (sides) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return (state >>> 0) % sides;
  };
}

/** TCP sockets that the operating system and Node.js keep open for this process. */
export const openSockets = () =>
  process.getActiveResourcesInfo().filter((what) => /TCPSocketWrap|TLSWrap/.test(what)).length;
