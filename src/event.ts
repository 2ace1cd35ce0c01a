/** What happened, in our words. The vendor's own word stays in {@link AlarmEvent.type}. */
export const ALARM_KINDS = [
  'motion',
  'line-crossing',
  'intrusion',
  'region-entrance',
  'region-exit',
  'loitering',
  'object-left',
  'object-removed',
  'tamper',
  'scene-change',
  'video-loss',
  'audio',
  'alarm-input',
  'pir',
  'doorbell',
  'person',
  'vehicle',
  'face',
  'plate',
  'access',
  'counting',
  'fire',
  'smoke',
  'temperature',
  'baby-cry',
  'absence',
  'disk',
  'network',
  'online',
  'offline',
  'heartbeat',
  'unknown',
] as const;

export type AlarmKind = (typeof ALARM_KINDS)[number];

/** `active` begins, `inactive` ends, `pulse` happened at one moment and has no end. */
export type AlarmState = 'active' | 'inactive' | 'pulse';

/** Whose wire format the event came in. */
export type VendorId = 'isapi' | 'vstarcam' | 'raysharp' | 'unknown';

/** How the event reached us. */
export type Transport = 'http-push' | 'alertstream' | 'http-get' | 'udp';

/** What a picture shows: the whole view, the object, the number plate, the face; or a film. */
export type AttachmentRole = 'scene' | 'target' | 'plate' | 'face' | 'video';

/** The device an event is about. `id` is its MAC address, or the network address when no MAC is known. */
export interface Device {
  readonly id: string;
  readonly name?: string;
  /** Lower case with colons. */
  readonly mac?: string;
  readonly serial?: string;
  /** Where the bytes came from, as seen by us. */
  readonly address?: string;
}

/** A place in the picture the device was told to watch. */
export interface Region {
  readonly id: string;
  readonly name?: string;
  /** Corners as [x, y] in 0..1 of the picture; two corners are a line. */
  readonly polygon?: ReadonlyArray<readonly [number, number]>;
}

/** One event of a device, whichever way it came. Plain JSON; `alarm-event.schema.json` describes it. */
export interface AlarmEvent {
  readonly schema: 1;
  /** Ours, unique, sorts by arrival. */
  readonly id: string;
  readonly vendor: VendorId;
  readonly transport: Transport;
  readonly device: Device;
  /** From 1; absent when the event is about the device itself or names no channel. */
  readonly channel?: number;
  readonly channelName?: string;
  /** The channel as the device wrote it. */
  readonly channelRaw?: string;
  /** The vendor's word, untouched. */
  readonly type: string;
  readonly kind: AlarmKind;
  readonly state: AlarmState;
  /** ISO 8601 by the device's clock, with its offset where the device gave one; our clock where it gave none. */
  readonly time: string;
  /** The time as the device wrote it. */
  readonly timeRaw?: string;
  /** ISO 8601 by our clock, UTC. */
  readonly receivedAt: string;
  /** Device clock minus ours, seconds; absent when the device gave no zone. */
  readonly clockSkew?: number;
  readonly targets: readonly string[];
  readonly regions: readonly Region[];
  /** One line for people, in the language of who receives it. */
  readonly title: string;
  /** A few lines for people, without any HTML. */
  readonly text: string;
  /** The vendor's whole document; text stays text. */
  readonly document: Readonly<Record<string, unknown>>;
  /** Something of the delivery is missing: the connection broke, or a part was larger than its limit. */
  readonly truncated?: true;
}

/** Something of ours while it is being made. */
export type Draft<T> = { -readonly [name in keyof T]: T[name] };

/** A picture or film of an event, in the form the e-mail node takes. */
export interface Attachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
  /** Unique content id, for a mail that shows the picture in its text. */
  readonly cid: string;
  readonly role: AttachmentRole;
}

/** An event with what it shows. */
export interface Alarm {
  readonly event: AlarmEvent;
  readonly attachments: readonly Attachment[];
}
