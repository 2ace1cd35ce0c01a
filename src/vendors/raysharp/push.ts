import { pictureAttachment } from '../../attachment.js';
import { bareEvent } from '../../bare-event.js';
import { AlarmError } from '../../errors.js';
import type { AlarmKind, AlarmState, AttachmentRole, Device, Draft } from '../../event.js';
import type { Limits } from '../../limits.js';
import type { AlarmDraft, Notification } from '../../notification.js';
import { pictureFromBase64 } from '../../wire/base64.js';
import { isCutPicture } from '../../wire/classify.js';
import { type Fields, put, text } from '../../wire/fields.js';
import type { LongStrings } from '../../wire/long-strings.js';
import { readMac } from '../../wire/mac.js';
import { readDeviceTime } from './device-time.js';
import type { Channel } from './names.js';

/** What is known of an event before it is one. */
export interface Happening {
  readonly type: string;
  readonly kind: AlarmKind;
  readonly state: AlarmState;
  readonly channel?: Channel | undefined;
  readonly channelName?: string | undefined;
  /** As the device wrote it. */
  readonly time?: string | undefined;
  readonly document: Fields;
}

/** A picture as text, and what it shows. */
export type Shown = readonly [value: unknown, role: AttachmentRole];

/** One delivery that is being read: who sent it, when, and its long values. */
export class Push {
  readonly device: Device;
  readonly #notification: Notification;
  readonly #long: LongStrings | undefined;
  readonly #limits: Limits;
  #drafts = 0;

  /** @param identity what the delivery says of its sender, names in lower case */
  constructor(notification: Notification, long: LongStrings | undefined, identity: Fields, limits: Limits) {
    this.#notification = notification;
    this.#long = long;
    this.#limits = limits;
    const { address } = notification;
    const mac = readMac(text(identity, 'macaddress', 'mac'));
    const device: Draft<Device> = { id: mac ?? address };
    put(device, 'name', text(identity, 'devicename', 'device_name'));
    put(device, 'mac', mac);
    device.address = address;
    this.device = device;
  }

  /** By UDP no picture ever comes (raysharp-vstarcam-others.md §1.9): nobody need wait for one. */
  get mayBringPictures(): boolean {
    return this.#notification.transport !== 'udp';
  }

  /** @throws AlarmError `JSON_TOO_COMPLEX` for one more than a document may hold */
  draft(happening: Happening, pictures: readonly Shown[] = []): AlarmDraft {
    if (++this.#drafts > this.#limits.alertsPerDocument) throw new AlarmError('JSON_TOO_COMPLEX');
    const { receivedAt } = this.#notification;
    const { type, kind, state, channel, channelName, document } = happening;
    const time = readDeviceTime(happening.time, receivedAt);
    const event = bareEvent('raysharp', this.#notification, { ...this.device }, type);
    event.kind = kind;
    event.state = state;
    event.document = this.#told(document);
    if (time !== undefined) event.time = time.iso;
    put(event, 'channel', channel?.number);
    put(event, 'channelRaw', channel?.raw);
    put(event, 'channelName', channelName);
    put(event, 'timeRaw', happening.time);
    // `|| 0` for the minus zero that rounding gives, which JSON does not know.
    if (time?.epoch !== undefined)
      event.clockSkew = Math.round((time.epoch - receivedAt.getTime()) / 1000) || 0;
    const draft: AlarmDraft = { event, attachments: [] };
    this.show(draft, pictures);
    return draft;
  }

  /** Adds pictures to an event: what is in base64 and begins as one does. */
  show({ event, attachments }: AlarmDraft, pictures: readonly Shown[]): void {
    for (const [value, role] of pictures) {
      const picture = this.#picture(value);
      if (picture === undefined) continue;
      attachments.push(pictureAttachment(picture, role, attachments.length + 1, ''));
      if (isCutPicture(picture)) event.truncated = true;
    }
  }

  /** Adds to what is told of an event; several of a name are a list. */
  tell({ event }: AlarmDraft, name: string, document: Fields): void {
    const before = event.document[name];
    const told = this.#told(document);
    event.document = { ...event.document, [name]: before === undefined ? told : [before, told].flat() };
  }

  #told(document: Fields): Record<string, unknown> {
    return this.#long?.told(document) ?? { ...document };
  }

  #picture(value: unknown): Buffer | undefined {
    const base64 = this.#long?.whole(value) ?? (typeof value === 'string' ? value : '');
    // Cut like any other part that is too large, which shows.
    return pictureFromBase64(base64)?.subarray(0, this.#limits.pictureBytes);
  }
}
