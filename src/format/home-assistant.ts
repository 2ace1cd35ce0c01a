import type { Clock } from '../clock.js';
import type { Alarm, AlarmEvent, AlarmKind, AlarmState, Attachment } from '../event.js';
import type { Limits } from '../limits.js';
import type { Wording } from '../wording.js';
import {
  alarmEntity,
  availabilityTopic,
  type Entity,
  type Place,
  pictureEntity,
  placeTopic,
  statusTopic,
} from './home-assistant-entities.js';
import type { State } from './incoming.js';
import { isFilm, type Outgoing } from './message.js';
import { topicPrefix } from './mqtt.js';

/** What is remembered of an entity. */
interface Known {
  config: string;
  /** Its alarms have ends, so that Home Assistant must not end them. */
  lasting: boolean;
  /** One goes on just now: a pulse does not end it. */
  on: boolean;
  /** Calls off the end of a pulse. */
  calm?: () => void;
}

/** Kept by the broker and given to everyone who comes later: so all is there when Home Assistant starts. */
const KEPT = { qos: 1, retain: true } as const;

/** What signs say of whether a device is there; what is in doubt is not shown as sure. */
const THERE: Readonly<Record<string, boolean>> = {
  online: true,
  stale: false,
  offline: false,
  'auth-failed': false,
};

/**
 * Alarms for Home Assistant by MQTT discovery: what comes for the first time is described, then told.
 */
export class HomeAssistant {
  readonly #prefix: string;
  readonly #language: string;
  readonly #say: (messages: Outgoing[]) => void;
  readonly #clock: Clock;
  readonly #limits: Limits;
  /** By id, the longest known first. */
  readonly #known = new Map<string, Known>();
  /** By the topic it is told on, whether a device, or Node-RED itself, is there. */
  readonly #there = new Map<string, boolean>();

  /** @param say is given what is due later: the end of a pulse */
  constructor(
    prefix: string,
    language: string,
    say: (messages: Outgoing[]) => void,
    clock: Clock,
    limits: Limits,
  ) {
    this.#prefix = topicPrefix(prefix === '' ? 'camera-alarms' : prefix);
    this.#language = language;
    this.#say = say;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** @returns its state last: when that is with the broker, all of it is */
  alarm({ event, attachments }: Pick<Alarm, 'event' | 'attachments'>, { title, text }: Wording): Outgoing[] {
    const { document: _document, pictureUrls: _urls, ...rest } = event;
    const told = this.#told(event, event.kind, event.state, { ...rest, title, text });
    return [...this.#presence(event, true), ...this.#picture(event, attachments), ...told];
  }

  /** Nothing for what Home Assistant has no place for. */
  state({ vendor, sign }: State, { title, text }: Wording): Outgoing[] {
    const place = { ...sign, vendor };
    const there = THERE[sign.event];
    if (there !== undefined) return this.#presence(place, there);
    if (sign.event !== 'disk' && sign.event !== 'video-loss') return [];
    const { raw: _raw, ...rest } = sign;
    const told = this.#told(place, sign.event, sign.state ?? 'active', { ...rest, title, text });
    return [...this.#presence(place, true), ...told];
  }

  /** No message comes of its own any more. */
  close(): void {
    for (const { calm } of this.#known.values()) calm?.();
    this.#known.clear();
  }

  #told(place: Place, kind: AlarmKind, state: AlarmState, attributes: object): Outgoing[] {
    const topic = `${placeTopic(this.#prefix, place)}/${kind}`;
    const offDelay = Math.ceil(this.#limits.pulseMs / 1000);
    const describe = (lasting: boolean) =>
      alarmEntity(place, kind, this.#prefix, this.#language, lasting ? undefined : offDelay);
    const lasting = this.#known.get(describe(true).id)?.lasting === true || state !== 'pulse';
    const description = describe(lasting);
    const [known, messages] = this.#announced(description);
    known.lasting = lasting;
    const switched = (payload: string): Outgoing => ({ topic: `${topic}/state`, payload, ...KEPT });
    known.calm?.();
    delete known.calm;
    if (state !== 'pulse') known.on = state === 'active';
    // The broker keeps the state: without an end, Home Assistant would see each pulse again whenever it starts.
    if (!known.on && state === 'pulse')
      known.calm = this.#clock.after(this.#limits.pulseMs, () => {
        delete known.calm;
        this.#say([switched('OFF')]);
      });
    return [
      ...messages,
      { topic: `${topic}/attributes`, payload: JSON.stringify(attributes), ...KEPT },
      switched(state === 'inactive' ? 'OFF' : 'ON'),
    ];
  }

  #picture(event: AlarmEvent, attachments: readonly Attachment[]): Outgoing[] {
    const picture = attachments.find((each) => !isFilm(each) && each.content.length > 0);
    if (picture === undefined) return [];
    const description = pictureEntity(event, picture.contentType, this.#prefix, this.#language);
    const [, messages] = this.#announced(description);
    const topic = `${placeTopic(this.#prefix, event)}/picture`;
    return [...messages, { topic, payload: picture.content, ...KEPT }];
  }

  /** Node-RED is there too: should it go without a word, the broker says so, where it was told to. */
  #presence(place: Place, there: boolean): Outgoing[] {
    return [
      ...this.#isThere(statusTopic(this.#prefix), true),
      ...this.#isThere(availabilityTopic(this.#prefix, place), there),
    ];
  }

  #isThere(topic: string, there: boolean): Outgoing[] {
    if (this.#there.get(topic) === there) return [];
    this.#there.delete(topic);
    this.#there.set(topic, there);
    for (const [oldest] of this.#there)
      if (this.#there.size > this.#limits.announced) this.#there.delete(oldest);
    return [{ topic, payload: there ? 'online' : 'offline', ...KEPT }];
  }

  /** What is remembered of it, and its description where that is news. */
  #announced({ id, topic, config }: Entity): [Known, Outgoing[]] {
    const payload = JSON.stringify(config);
    const known = this.#known.get(id) ?? { config: '', lasting: false, on: false };
    if (known.config === payload) return [known, []];
    known.config = payload;
    this.#known.set(id, known);
    if (this.#known.size > this.#limits.announced) this.#forgetOldest();
    return [known, [{ topic, payload, ...KEPT }]];
  }

  #forgetOldest(): void {
    const [oldest] = this.#known;
    if (oldest === undefined) return;
    const [id, { calm }] = oldest;
    calm?.();
    this.#known.delete(id);
  }
}
