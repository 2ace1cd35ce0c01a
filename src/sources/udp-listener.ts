import { type BlockList, isIP } from 'node:net';
import { type Clock, SYSTEM_CLOCK } from '../clock.js';
import { type AlarmErrorCode, reasonOf } from '../errors.js';
import { createIds } from '../event-id.js';
import { Inbox } from '../inbox/inbox.js';
import type { Sender } from '../inbox/subscriptions.js';
import { LIMITS, type Limits } from '../limits.js';
import type { DeviceSign, Subscriber, Vendor } from '../notification.js';
import { bodyPartOf } from '../wire/body-part.js';
import { parseAllow } from './access.js';
import { Allowances } from './allowances.js';
import { type Datagram, DatagramQueue } from './datagram-queue.js';
import type { PortState } from './http-port.js';
import type { Networks } from './memberships.js';
import { Pace } from './pace.js';
import { UdpPort, type UdpPortSettings } from './udp-port.js';

/** Where a listener receives and who may send to it. */
export interface UdpSettings extends UdpPortSettings {
  /** Addresses and CIDR ranges separated by commas; empty for any. */
  readonly allow: string;
}

export interface UdpOptions {
  readonly onState?: (state: PortState) => void;
  /** So many datagrams were dropped in all; told at most once a second, and only when it has grown. */
  readonly onDropped?: (dropped: number) => void;
  /** An error of our own code. */
  readonly onError?: (error: unknown) => void;
  readonly limits?: Limits;
  readonly clock?: Clock;
  /** Those of this machine unless given. */
  readonly networks?: () => Networks;
}

/** Why a datagram was not taken. */
export interface Dropped {
  /** Too many were waiting, or for too long. */
  queue: number;
  /** Its sender had sent too many in this second. */
  rate: number;
  size: number;
  /** Its sender is not among the allowed ones. */
  denied: number;
}

/** Datagrams since the listener was made: `received` is the sum of all others. What the kernel lost is in none. */
export interface UdpCounters {
  readonly received: number;
  /** Given to the vendor. */
  readonly accepted: number;
  readonly waiting: number;
  readonly dropped: Readonly<Dropped>;
}

/**
 * One UDP port for many devices of one wire format. Best effort, but counted: what is dropped is known and told. Never
 * sends: a sender's address can be forged, and an answer would go to someone who did not ask (reliability.md §5.5).
 */
export class UdpListener {
  readonly #vendor: Vendor;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #allowed: BlockList | undefined;
  readonly #inbox: Inbox;
  readonly #port: UdpPort;
  readonly #queue: DatagramQueue;
  readonly #rates: Allowances;
  readonly #complaints: Allowances;
  readonly #shown: Pace;
  readonly #told: Pace;
  readonly #dropped: Dropped = { queue: 0, rate: 0, size: 0, denied: 0 };
  #received = 0;
  #accepted = 0;
  /** Of `queue` and `rate`, since it was last told. */
  #untold = 0;
  #lastDropped = '';

  /** Opens nothing yet. @throws AlarmError `UDP_GROUP_INVALID`, `ALLOW_INVALID` */
  constructor(settings: UdpSettings, vendor: Vendor, options: UdpOptions = {}) {
    const { limits = LIMITS, clock = SYSTEM_CLOCK, onDropped = () => undefined } = options;
    this.#vendor = vendor;
    this.#limits = limits;
    this.#clock = clock;
    this.#onError = options.onError ?? (() => undefined);
    this.#allowed = parseAllow(settings.allow);
    this.#inbox = new Inbox(vendor, createIds(), limits, { clock });
    this.#rates = new Allowances(
      { each: limits.udpPerSender, windowMs: limits.udpWindowMs, senders: limits.udpSenders },
      clock,
    );
    this.#complaints = new Allowances(
      { each: 1, windowMs: limits.complaintIntervalMs, senders: limits.complaintKeys },
      clock,
    );
    this.#shown = new Pace(clock, limits.udpDropsMs, limits.udpDropsMs, () => {
      const { queue, rate, size, denied } = this.#dropped;
      onDropped(queue + rate + size + denied);
    });
    this.#told = new Pace(clock, limits.udpDropsMs, limits.complaintIntervalMs, () => this.#tellOverload());
    this.#queue = new DatagramQueue(limits, clock, {
      ready: () => !this.#inbox.deserted,
      take: (datagram) => this.#take(datagram),
      drop: ({ address }) => this.#drop('queue', address),
    });
    this.#port = new UdpPort(
      settings,
      limits,
      clock,
      {
        onState: options.onState ?? (() => undefined),
        onDatagram: (bytes, address) => this.#receive(bytes, address),
      },
      options.networks,
    );
  }

  get counters(): UdpCounters {
    const [received, accepted, waiting] = [this.#received, this.#accepted, this.#queue.size];
    return { received, accepted, waiting, dropped: { ...this.#dropped } };
  }

  /** Whether nobody listens just now, as between the two halves of a redeploy. */
  get deserted(): boolean {
    return this.#inbox.deserted;
  }

  /** @returns how to stop */
  subscribe(subscriber: Subscriber, sender?: Sender): () => void {
    const leave = this.#inbox.subscribe(subscriber, sender);
    this.#queue.resume();
    return leave;
  }

  /** Opens the port, and tries again for as long as it cannot be had. The state tells how it went. */
  start(): void {
    this.#port.start();
  }

  /** Frees the port; what waits is still handed on. */
  async stop(): Promise<void> {
    await this.#port.stop();
    this.#queue.empty();
    this.#shown.stop();
    this.#told.stop();
    this.#inbox.stop();
  }

  /** Runs for every datagram of a flood: decides and queues, nothing else. Node gives each a buffer of its own. */
  #receive(bytes: Buffer, address: string): void {
    this.#received++;
    if (this.#allowed?.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4') === false) {
      this.#drop('denied', address);
      this.#complain('denied', address, 'ADDRESS_DENIED');
    } else if (bytes.length > this.#limits.udpDatagramBytes) {
      this.#drop('size', address);
      this.#complain('undecodable', address, 'DATAGRAM_TOO_LARGE', bytes);
    } else if (!this.#rates.take(address)) this.#drop('rate', address);
    else {
      const [receivedAt, since] = [this.#clock.now(), this.#clock.ticks()];
      if (!this.#queue.put({ bytes, address, receivedAt, since })) this.#drop('queue', address);
    }
  }

  #drop(why: keyof Dropped, address: string): void {
    this.#dropped[why]++;
    if (why === 'queue' || why === 'rate') {
      this.#untold++;
      this.#lastDropped = address;
      this.#told.ask();
    }
    // Behind what is told, so that the number is what stays to be seen.
    this.#shown.ask();
  }

  #take({ bytes, address, receivedAt }: Datagram): void {
    this.#accepted++;
    try {
      // Kept nowhere, so that nothing is waited for.
      void this.#inbox.accept({
        notification: {
          transport: 'udp',
          receivedAt: new Date(receivedAt),
          address,
          parts: [bodyPartOf(new Map(), bytes, false)],
          truncated: false,
        },
        raw: () => bytes,
      });
    } catch (error) {
      this.#onError(error);
    }
  }

  /** Once in a while for each sender. */
  #complain(event: DeviceSign['event'], address: string, code: AlarmErrorCode, bytes?: Buffer): void {
    if (!this.#complaints.take(`${address} ${code}`)) return;
    // A copy: what is kept must not keep the rest alive.
    const raw = bytes && { raw: Buffer.from(bytes.subarray(0, this.#limits.udpDatagramBytes)) };
    this.#tell(event, address, reasonOf(code), raw);
  }

  #tellOverload(): void {
    const dropped = `${this.#untold} dropped since it was last told, the last of this sender`;
    this.#untold = 0;
    this.#tell('overload', this.#lastDropped, `${reasonOf('UDP_OVERLOAD')} (${dropped})`);
  }

  #tell(event: DeviceSign['event'], address: string, reason: string, raw?: { readonly raw: Buffer }): void {
    const since = new Date(this.#clock.now()).toISOString();
    const device = { id: address, address };
    try {
      this.#inbox.tell({ event, vendor: this.#vendor.id, device, since, reason, ...raw });
    } catch (error) {
      this.#onError(error);
    }
  }
}
