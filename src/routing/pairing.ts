import type { Clock } from '../clock.js';
import type { Alarm, AlarmEvent, Device, Draft } from '../event.js';
import { LIMITS, type Limits } from '../limits.js';
import type { DeviceSign, Subscriber } from '../notification.js';
import { describe } from '../wording.js';
import { placeOf } from './place.js';
import { Stage } from './stage.js';

/** How starts and ends are made: not at all, by what the device says, or by time as well. */
export type PairingMode = 'off' | 'device' | 'time';

export interface PairingSettings {
  readonly mode: Exclude<PairingMode, 'off'>;
  /** Milliseconds without a repeat after which an alarm has ended; with mode `time`. */
  readonly endAfterMs: number;
}

/** An alarm that goes on. */
interface Episode {
  readonly start: AlarmEvent;
  /** Milliseconds by `Clock.ticks`. */
  readonly startedAt: number;
  /** What it began with; one of these that ended and comes back is this alarm again. */
  readonly named: ReadonlySet<string>;
  /** What is still open of it. */
  readonly regions: Set<string>;
  count: number;
  /** Milliseconds by `Clock.ticks`. */
  heardAt: number;
  /** The device was out of reach since then: it may have ended, and begun again. */
  doubtful: boolean;
  /** Whether a picture of it was handed on. */
  pictured: boolean;
  cancel: () => void;
}

/** An alarm that goes on, as told to the outside; `unknown` while its device is offline. */
export interface OpenAlarm {
  readonly event: AlarmEvent;
  readonly state: 'active' | 'unknown';
  readonly count: number;
}

/**
 * Makes one start and one end of what devices repeat about once a second (isapi.md §5). Per device, channel, type
 * and region at most one alarm is open; repeats keep it open, and nothing ends that did not start. Pulses pass as
 * they are. Stands between an inbox and who subscribed.
 */
export class Pairing extends Stage {
  readonly #settings: PairingSettings;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #limits: Limits;
  /** In order of their starts. */
  readonly #episodes = new Set<Episode>();
  readonly #byPlace = new Map<string, Set<Episode>>();
  readonly #offline = new Set<string>();
  /** What was made of alarms that the flow has to confirm, by the id of their event, without their documents. */
  readonly #handed = new Map<string, AlarmEvent>();

  constructor(
    settings: PairingSettings,
    next: Subscriber,
    newId: () => string,
    clock: Clock,
    limits: Limits = LIMITS,
  ) {
    super(next);
    this.#settings = settings;
    this.#newId = newId;
    this.#clock = clock;
    this.#limits = limits;
  }

  alarm(alarm: Alarm): void {
    const { event } = alarm;
    this.#setOffline(event.device, false);
    const before = event.redelivered === true ? this.#handed.get(event.id) : undefined;
    if (before !== undefined)
      this.next.alarm({ ...alarm, event: { ...structuredClone(before), ...again(event) } });
    // What comes out of a device's memory is over.
    else if (event.history === true) this.next.alarm(alarm);
    else if (event.state === 'active') this.#goOn(alarm);
    else if (event.state === 'inactive') this.#end(alarm);
    else this.next.alarm(alarm);
  }

  /** What a device does while it cannot be heard is not known: its alarms neither go on nor end. */
  override sign(sign: DeviceSign): void {
    const { event, device } = sign;
    if (event === 'online') this.#setOffline(device, false);
    if (event !== 'offline' && event !== 'auth-failed' && event !== 'stale') {
      super.sign(sign);
      return;
    }
    this.#setOffline(device, true);
    const unknown = this.#of(device).map(({ start }) => start.id);
    super.sign(unknown.length > 0 ? { ...sign, unknown } : sign);
  }

  /** Alarms that go on, oldest first. */
  open(): OpenAlarm[] {
    return [...this.#episodes].map(({ start, count }) => ({
      event: structuredClone(start),
      state: this.#isOffline(start.device) ? 'unknown' : 'active',
      count,
    }));
  }

  /** No end comes any more. */
  stop(): void {
    for (const episode of this.#episodes) this.#remove(episode);
  }

  /** What a flow has to confirm may come again: then it is the same, not a repeat of what goes on. */
  #hand(alarm: Alarm): void {
    if (alarm.receipt?.awaited) {
      const [oldest] = this.#handed.keys();
      if (oldest !== undefined && this.#handed.size >= LIMITS.episodes) this.#handed.delete(oldest);
      this.#handed.set(alarm.event.id, structuredClone({ ...alarm.event, document: {} }));
    }
    this.next.alarm(alarm);
  }

  /** What names no region may be any of those that are open: a repeat of it keeps all of them open. */
  #goOn(alarm: Alarm): void {
    const { event } = alarm;
    this.#endDoubtful(event);
    const mine = [...(this.#byPlace.get(placeOf(event)) ?? [])];
    const regions = regionsOf(event);
    const covers = (episode: Episode, region: string) =>
      region === NO_REGION || episode.named.has(region) || episode.regions.has(NO_REGION);
    for (const episode of mine) {
      if (!regions.some((region) => covers(episode, region))) continue;
      for (const region of regions) if (episode.named.has(region)) episode.regions.add(region);
      episode.count++;
      episode.heardAt = this.#clock.ticks();
      episode.doubtful = false;
      this.#expect(episode);
    }
    const isMore = this.#addPicture(alarm, mine, regions);
    const fresh = regions.filter((region) => !mine.some((episode) => covers(episode, region)));
    if (fresh.length > 0) this.#start(alarm, fresh);
    else if (!isMore) alarm.receipt?.settle();
  }

  /** What is said again after an outage that was long enough for an end is another alarm. */
  #endDoubtful(event: AlarmEvent): void {
    for (const episode of this.#byPlace.get(placeOf(event)) ?? []) {
      const silent = this.#clock.ticks() - episode.heardAt;
      if (episode.doubtful && silent > this.#settings.endAfterMs) this.#endByTime(episode);
    }
  }

  /**
   * The first picture of an alarm may come with a repeat: rather one message twice than no picture.
   * @returns whether it did
   */
  #addPicture(alarm: Alarm, mine: readonly Episode[], regions: readonly string[]): boolean {
    if (alarm.attachments.length === 0) return false;
    const episode = mine.find(({ named }) =>
      regions.some((region) => region === NO_REGION || named.has(region)),
    );
    if (episode === undefined || episode.pictured) return false;
    episode.pictured = true;
    const event = { ...alarm.event, correlationId: episode.start.id, count: episode.count };
    this.#hand({ ...alarm, event });
    return true;
  }

  #start(alarm: Alarm, regions: readonly string[]): void {
    const [oldest] = this.#episodes;
    if (oldest !== undefined && this.#episodes.size >= this.#limits.episodes) this.#endByTime(oldest);
    const event: Draft<AlarmEvent> = { ...alarm.event, correlationId: alarm.event.id };
    if (event.regions.some(({ id }) => !regions.includes(id))) {
      // The others belong to alarms that are open.
      event.regions = event.regions.filter(({ id }) => regions.includes(id));
      Object.assign(event, describe(event, this.language));
    }
    const place = placeOf(event);
    const mine = this.#byPlace.get(place) ?? new Set();
    const [first] = mine;
    if (first !== undefined && mine.size >= this.#limits.episodesAtAPlace) this.#endByTime(first);
    const episode: Episode = {
      // Flows change what they are given. The document is large, and an end by time has none of its own.
      start: structuredClone({ ...event, document: {} }),
      startedAt: this.#clock.ticks(),
      named: new Set(regions),
      regions: new Set(regions),
      count: 1,
      heardAt: this.#clock.ticks(),
      doubtful: false,
      pictured: alarm.attachments.length > 0,
      cancel: () => undefined,
    };
    this.#episodes.add(episode);
    this.#byPlace.set(place, mine.add(episode));
    this.#expect(episode);
    this.#hand({ ...alarm, event });
  }

  /** An end without a region ends all that is open at its place: recorders leave the region out (isapi.md §4). */
  #end(alarm: Alarm): void {
    const { event } = alarm;
    const named = event.regions.some(({ id }) => id !== '');
    const ended: Episode[] = [];
    for (const episode of this.#byPlace.get(placeOf(event)) ?? []) {
      if (named) {
        const before = episode.regions.size;
        for (const region of [...regionsOf(event), NO_REGION]) episode.regions.delete(region);
        if (episode.regions.size === before || episode.regions.size > 0) continue;
      }
      this.#remove(episode);
      ended.push(episode);
    }
    // All are made before the first one is handed on: flows change what they are given.
    const ends = ended.map((episode, index) =>
      index === 0
        ? { ...alarm, event: this.#endOf(episode, { ...event, endedBy: 'device' }) }
        : {
            event: this.#endOf(episode, { ...structuredClone(event), id: this.#newId(), endedBy: 'device' }),
            attachments: [],
          },
    );
    for (const end of ends) this.#hand(end);
    if (ends.length > 0) return;
    // Its start was handed on by an earlier run, which nobody remembers.
    if (event.redelivered === true) this.next.alarm(alarm);
    else alarm.receipt?.settle();
  }

  #endByTime(episode: Episode): void {
    this.#remove(episode);
    const now = new Date(this.#clock.now()).toISOString();
    const { timeRaw: _raw, clockSkew: _skew, truncated: _cut, pictureUrls: _urls, ...start } = episode.start;
    const event = this.#endOf(episode, {
      ...start,
      id: this.#newId(),
      state: 'inactive',
      time: now,
      receivedAt: now,
      endedBy: 'time',
    });
    this.next.alarm({ event, attachments: [] });
  }

  #endOf(episode: Episode, end: AlarmEvent): AlarmEvent {
    const event: Draft<AlarmEvent> = end;
    event.correlationId = episode.start.id;
    event.duration = Math.round((this.#clock.ticks() - episode.startedAt) / 1000);
    event.count = episode.count;
    return Object.assign(event, describe(event, this.language));
  }

  /** Waits for the next repeat; not while the device is offline. */
  #expect(episode: Episode): void {
    episode.cancel();
    // Panels say the end of an alarm, and nothing in between, however long it lasts.
    const byTime = this.#settings.mode === 'time' && episode.start.panel === undefined;
    if (!byTime || this.#isOffline(episode.start.device)) return;
    episode.cancel = this.#clock.after(this.#settings.endAfterMs, () => this.#endByTime(episode));
  }

  #setOffline(device: Device, offline: boolean): void {
    const names = namesOf(device);
    if (offline === names.some((name) => this.#offline.has(name))) return;
    for (const name of names) {
      if (offline) this.#offline.add(name);
      else this.#offline.delete(name);
    }
    for (const episode of this.#of(device)) {
      if (offline) {
        episode.cancel();
        episode.doubtful = true;
      } else this.#expect(episode);
    }
  }

  #of(device: Device): Episode[] {
    const names = namesOf(device);
    return [...this.#episodes].filter(({ start }) =>
      namesOf(start.device).some((name) => names.includes(name)),
    );
  }

  #isOffline(device: Device): boolean {
    return this.#offline.size > 0 && namesOf(device).some((name) => this.#offline.has(name));
  }

  #remove(episode: Episode): void {
    episode.cancel();
    this.#episodes.delete(episode);
    const place = placeOf(episode.start);
    const mine = this.#byPlace.get(place);
    mine?.delete(episode);
    if (mine?.size === 0) this.#byPlace.delete(place);
  }
}

/** What a sign and an event may call the same device: who tells that it is offline may not know its MAC address. */
const namesOf = ({ id, address }: Device) => (address === undefined || address === id ? [id] : [id, address]);

/** What an event that comes once more has of its own. */
const again = ({ document }: AlarmEvent) => ({ document, redelivered: true as const });

/** Stands for an event that names no region. */
const NO_REGION = '';

function regionsOf({ regions }: AlarmEvent): string[] {
  const ids = [...new Set(regions.map(({ id }) => id))];
  return ids.length > 0 ? ids : [NO_REGION];
}
