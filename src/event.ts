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

/** How soon somebody should look: now, when there is time, or not at all. */
export type AlarmSeverity = 'low' | 'medium' | 'high';

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

/** A picture that is still on the device. */
export interface PictureUrl {
  readonly url: string;
  readonly role: AttachmentRole;
}

/** A number plate as a camera read it. Numbers of plates stay text: `12E34` is one. */
export interface Plate {
  /** Absent when the camera saw a plate and could not read it. */
  readonly number?: string;
  /** 0..100, how sure the camera is. */
  readonly confidence?: number;
  /** Of travel, as the camera says: `forward`, `reverse`. */
  readonly direction?: string;
  readonly lane?: string;
  readonly country?: string;
  /** The camera's own list the plate stands in, such as a block list. */
  readonly list?: string;
  readonly vehicle?: { readonly type?: string; readonly color?: string };
}

/** A face as a camera saw it; what it did not say is absent. */
export interface Face {
  readonly age?: number;
  readonly ageGroup?: string;
  readonly gender?: string;
  readonly glasses?: string;
  readonly mask?: string;
  /** 0..100, how well the picture shows the face. */
  readonly score?: number;
  /** Name in the face library the face was found in. */
  readonly person?: string;
  /** Likeness to that entry as the camera gives it: up to 1, or up to 100. */
  readonly similarity?: number;
}

/** What happened at a door or terminal. */
export interface Access {
  readonly major: number;
  readonly minor: number;
  /** The pair in words, such as `face-accepted`; absent for a pair that has no public meaning. */
  readonly event?: string;
  readonly outcome?: 'granted' | 'denied';
  readonly person?: string;
  /** Text: `00042` is not 42. */
  readonly employee?: string;
  readonly card?: string;
  readonly door?: string;
  readonly reader?: string;
  /** Counts up with each event of the terminal. */
  readonly serial?: string;
}

/** What an alarm panel said in Contact ID (SIA DC-05). */
export interface Panel {
  /** Four digits as sent: 1 or 3 for begin or restore, then the event. */
  readonly code: string;
  /** The event in words, such as `burglary`; absent for a code that has no public meaning. */
  readonly event?: string;
  /** As sent; some panels count from 0. */
  readonly zone?: string;
  readonly zoneName?: string;
  readonly area?: string;
}

/** A measured temperature that broke a rule. */
export interface Temperature {
  readonly unit?: string;
  readonly current?: number;
  readonly threshold?: number;
  readonly rule?: string;
  readonly preset?: string;
}

/** People counted. */
export interface Counting {
  readonly enter?: number;
  readonly exit?: number;
  /** Children among them. */
  readonly childEnter?: number;
  readonly childExit?: number;
  /** How: `realTime` counts up since midnight or reset, `timeRange` is one span of time. */
  readonly method?: string;
  readonly from?: string;
  readonly to?: string;
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
  readonly severity: AlarmSeverity;
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
  readonly plate?: Plate;
  readonly face?: readonly Face[];
  readonly access?: Access;
  readonly panel?: Panel;
  readonly temperature?: Temperature;
  readonly counting?: Counting;
  /** Number of the alarm input, as sent. */
  readonly input?: string;
  /** Loudness in decibels. */
  readonly decibel?: number;
  /** Where the device keeps pictures of this event that it did not send along. */
  readonly pictureUrls?: readonly PictureUrl[];
  /** The device sends it again, or from its memory: it did not happen just now. */
  readonly history?: true;
  /** Joins the start of an alarm with its end. */
  readonly correlationId?: string;
  /** At an end: seconds since the start, by our clock. */
  readonly duration?: number;
  /** At an end: how often the device said that the cause lasts, the start included. */
  readonly count?: number;
  /** At an end: who said so; `time` when the device fell silent about it. */
  readonly endedBy?: 'device' | 'time';
  /** It stands for alarms that were held back: how many, and when the first and the last came. ISO 8601, UTC. */
  readonly summary?: { readonly count: number; readonly from: string; readonly to: string };
  /** One line for people, in the language of who receives it. */
  readonly title: string;
  /** A few lines for people, without any HTML. */
  readonly text: string;
  /** The vendor's whole document; text stays text. */
  readonly document: Readonly<Record<string, unknown>>;
  /** Something of the delivery is missing: the connection broke, or a part was larger than its limit. */
  readonly truncated?: true;
  /** It comes once more: it may have reached the flow before, and nobody said that it was dealt with. */
  readonly redelivered?: true;
  /** It came in a way that anyone on the network can forge: no login, no secret. */
  readonly unauthenticated?: true;
  /** The document was not in the character set it claims: letters with marks may be wrong. */
  readonly guessed?: true;
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

/** Says what became of an alarm that is kept. Who drops one settles it; who hands one to a flow says so. */
export interface Receipt {
  /** Of the message; the same when it comes again. */
  readonly id: string;
  /** The flow has to say that the alarm is dealt with; until then it comes again. */
  readonly awaited: boolean;
  /** It is in the flow. That settles it, unless the flow has to confirm it. */
  handed(): void;
  /** It is dealt with, and never comes again. */
  settle(): void;
}

/** An event with what it shows. */
export interface Alarm {
  readonly event: AlarmEvent;
  readonly attachments: readonly Attachment[];
  /** Absent for an alarm that is kept nowhere. */
  readonly receipt?: Receipt;
  /** The bytes as received, where nobody could read them. */
  readonly raw?: Buffer;
}
