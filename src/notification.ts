import type { Alarm, AlarmEvent, Attachment, Device, Draft, Transport, VendorId } from './event.js';
import type { Limits } from './limits.js';

/** What the first bytes of a part say it is. */
export type PartKind = 'xml' | 'json' | 'jpeg' | 'png' | 'empty' | 'unknown';

/** One part of a delivery; a body that is not multipart is one part. */
export interface BodyPart {
  /** Lower-case names. A map, so that no name from the wire becomes an object key. */
  readonly headers: ReadonlyMap<string, string>;
  readonly name?: string;
  /** A label only: the last step of the path the device gave, without control characters. */
  readonly filename?: string;
  readonly contentType?: string;
  readonly contentId?: string;
  readonly kind: PartKind;
  readonly bytes: Buffer;
  /** The part was cut: by its limit or because the delivery ended too soon. */
  readonly truncated: boolean;
}

/** One delivery as received, before anyone knows what it says. */
export interface Notification {
  readonly transport: Transport;
  readonly receivedAt: Date;
  /** Network address of the sender, IPv4 without the IPv6 prefix. */
  readonly address: string;
  readonly parts: readonly BodyPart[];
  /** What stood behind the `?` of the path, undecoded; some devices put the whole event there. */
  readonly query?: string;
  /** It came on the {@link Vendor.keepAlivePath}. */
  readonly keepAlive?: true;
  /** The delivery ended before its announced end. */
  readonly truncated: boolean;
}

/** An alarm as the vendor read it: ids and words are still empty, the inbox fills them in. */
export interface AlarmDraft {
  readonly event: Draft<AlarmEvent>;
  readonly attachments: Draft<Attachment>[];
  /**
   * Says how something is rather than that it happened: a camera that is offline, a disk that is full. Devices repeat
   * it with every delivery; `active` is the trouble, `inactive` that there is none.
   */
  readonly condition?: true;
  /** With a condition: what it is about, where a device has several of its kind. */
  readonly about?: string;
  /** The device states it with every delivery, also that it does not go on. */
  readonly restated?: true;
  /** The device's name for a picture that belongs to this and came not with it; another delivery may bring it. */
  readonly awaits?: string;
  /** The device's name for the picture that this is, and that no event of its delivery asked for. */
  readonly brings?: string;
  /** The same for a delivery that a device sends twice, as to its main and its second server. */
  readonly key?: string;
  /** The bytes as received, where nobody could read them. */
  readonly raw?: Buffer;
}

/** What became of a delivery; `heartbeat` when it was a sign of life and nothing to tell. */
export type Outcome = 'accepted' | 'heartbeat' | 'undecodable';

/** The answer to a device. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How many signs of life may stay away. */
export interface Patience {
  /** Until it is in doubt whether a device is there; absent where nobody is told of a doubt. */
  readonly stale?: number;
  /** Until it is gone. */
  readonly offline: number;
}

/** One maker's wire format. Pure: no socket, no file, no clock. */
export interface Vendor {
  readonly id: VendorId;
  /** Its devices also send events in the query of a request, by POST without a body or by GET. */
  readonly takesQuery?: boolean;
  /** Its documents hold pictures as text, so that one may be as large as a body. */
  readonly embedsPictures?: boolean;
  /** Its devices send clean form data, as any HTTP library makes it. */
  readonly sendsFormData?: boolean;
  /** What is below its path is its own too. */
  readonly takesSubpaths?: boolean;
  /** Where its devices send their sign of life, whatever path they were told; in lower case. */
  readonly keepAlivePath?: string;
  /** Its devices give signs of life at a steady pace, so that one that falls silent is missed. */
  readonly steadyHeartbeat?: Patience;
  /** The device, when the delivery is nothing but its sign of life. Much faster than `decode`; may always give up. */
  heartbeat?(notification: Notification): Device | undefined;
  /** @throws AlarmError when the delivery holds nothing this vendor sends. */
  decode(notification: Notification, limits: Limits): AlarmDraft[];
  /**
   * What of a document is the same whichever way the event came: over a stream and in a push. Absent where there is one
   * way only.
   */
  sameOf?(document: AlarmEvent['document']): unknown;
  /** The answer the vendor's devices want when their delivery was taken. */
  reply(outcome: Outcome): Reply;
  /** The answer in the vendor's own form when a delivery was refused; plain text unless given. */
  refusal?(status: number): Pick<Reply, 'headers' | 'body'>;
}

/** What a listener or stream tells about a device or a sender, other than alarms. */
export interface DeviceSign {
  readonly event:
    | 'online'
    | 'stale'
    | 'offline'
    | 'auth-failed'
    | 'heartbeat'
    | 'undecodable'
    | 'denied'
    | 'overload'
    | 'undelivered'
    | 'disk'
    | 'video-loss';
  readonly vendor: VendorId;
  readonly device: AlarmEvent['device'];
  /** With what is about one camera of a recorder. */
  readonly channel?: number;
  readonly channelName?: string;
  /** With `disk` and `video-loss`: whether the trouble began or is over. */
  readonly state?: 'active' | 'inactive';
  /** ISO 8601, UTC. */
  readonly since: string;
  /** Plain words; begins with a stable code where it is about an error. */
  readonly reason?: string;
  readonly nextRetry?: string;
  /** `correlationId`s of alarms that went on when the device got out of reach: they may have ended since. */
  readonly unknown?: readonly string[];
  /** The bytes as received, at most `LIMITS.rawBytes`; undecodable only. */
  readonly raw?: Buffer;
  /** What nobody confirmed; undelivered only. */
  readonly alarm?: Alarm;
}

/** Who takes what comes out of the core. Must not throw. What it is given is its own. */
export interface Subscriber {
  /** Of `title` and `text`; English unless given. */
  readonly language?: string;
  alarm(alarm: Alarm): void;
  sign(sign: DeviceSign): void;
}
