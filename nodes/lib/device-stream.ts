import type { Node } from 'node-red';
import {
  AlertStream,
  createIds,
  type Device,
  type DeviceClient,
  Inbox,
  isapi,
  openAlertStream,
  type Sender,
  type StreamState,
  type Subscriber,
  type SubscriptionWish,
  SYSTEM_CLOCK,
} from '../../src/index.js';
import { seenEvents } from './seen.js';

/** What a flow node gives its device. */
export interface StreamUser {
  readonly node: Node;
  readonly subscriber: Subscriber;
  onState(state: StreamState): void;
}

/** The one alertStream of a device, however many nodes use it: open while there is one. */
export class DeviceStream {
  readonly #inbox: Inbox;
  readonly #stream: AlertStream;
  readonly #users = new Set<StreamUser>();
  readonly #sender: Sender;
  #starting: NodeJS.Immediate | undefined;

  constructor(
    client: DeviceClient,
    wish: SubscriptionWish | undefined,
    device: Device,
    sender: Sender,
    onError: (error: unknown) => void,
  ) {
    const limits = client.generalLimits;
    this.#sender = sender;
    this.#inbox = new Inbox(isapi, createIds(), limits, {
      announces: false,
      shared: seenEvents(limits),
    });
    this.#stream = new AlertStream(openAlertStream(client, wish), this.#inbox, device, {
      limits,
      clock: SYSTEM_CLOCK,
      random: Math.random,
      onState: (state) => {
        for (const user of this.#users) user.onState(state);
      },
      onError,
      pausedMs: () => client.loginPauseMs,
    });
  }

  get state(): StreamState['state'] {
    return this.#stream.state.state;
  }

  /** @returns how to leave */
  join(user: StreamUser): () => void {
    const { name, channelOf } = this.#sender;
    // All that comes over the stream of a device is its own, whatever MAC address a recorder puts into it.
    const leave = this.#inbox.subscribe(user.subscriber, {
      ...(name !== undefined && { name }),
      ...(channelOf !== undefined && { channelOf }),
    });
    this.#users.add(user);
    user.onState(this.#stream.state);
    // One that joins later, as after a deploy of it alone, would not hear of it before the next change.
    const { sign } = this.#stream;
    if (sign !== undefined) setImmediate(() => this.#users.has(user) && user.subscriber.sign(sign));
    // Not before all nodes of the flow are there: what came in earlier would find nobody.
    this.#starting ??= setImmediate(() => this.#stream.start());
    return () => {
      leave();
      this.#users.delete(user);
      if (this.#users.size > 0) return;
      clearImmediate(this.#starting);
      this.#starting = undefined;
      void this.#stream.stop();
    };
  }

  /** Resolves when the connection is gone. */
  stop(): Promise<void> {
    clearImmediate(this.#starting);
    return this.#stream.stop();
  }
}
